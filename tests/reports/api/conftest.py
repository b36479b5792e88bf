from tests.reports.conftest import *  # noqa: F403
from tests.reports.test_certificates_page import graduates  # noqa: F401
