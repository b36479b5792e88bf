"""People, the libraries they work in, their roles, and what the platform told them or did about them."""

from .codes import OneTimeCode
from .consent import Consent, ConsentVersion
from .libraries import Library, Position
from .log import AuditEntry, AuditLink, AuditSeal, PersonSalt
from .logins import LoginSeries
from .notices import Notice
from .people import Role, RoleGrant, User
from .work import Job, job_file, private_storage

__all__ = [
    "AuditEntry", "AuditLink", "AuditSeal", "Consent", "ConsentVersion", "Job", "Library", "LoginSeries", "Notice", "OneTimeCode",
    "PersonSalt", "Position", "Role", "RoleGrant", "User", "job_file", "private_storage",
]  # fmt: skip
