"""Completions, certificates with their versions and designs, what has to be looked at, and certificates of others."""

from ..badges.models import Badge
from .certificates import Certificate, CertificateVersion, NumberSeries, Seal
from .completions import PAUSES, CourseCompletion
from .designs import CourseDesign, Design, DesignVersion
from .external import ExternalCertificate, external_file
from .looks import Look
from .storage import private_storage
from .trusted import TrustedIssuer

__all__ = [
    "PAUSES", "Badge", "Certificate", "CertificateVersion", "CourseCompletion", "CourseDesign", "Design", "DesignVersion",
    "ExternalCertificate", "Look", "NumberSeries", "Seal", "TrustedIssuer", "external_file", "private_storage",
]  # fmt: skip
