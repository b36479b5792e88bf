from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self):
        from wagtail.models import ReferenceIndex

        from . import merging, receivers, regrade_trials, regrading  # noqa: F401  (listeners; runners of accounts.jobs)
        from .exchange import working  # noqa: F401  (the same)
        from .models import VersionImage

        ReferenceIndex.register_model(VersionImage)  # the library then says that an image is used, and deletes it not
