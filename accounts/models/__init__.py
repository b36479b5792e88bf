"""People, the libraries they work in, their roles, and what the platform told them or did about them."""

from .imports import StaffImport, StaffImportRow
from .libraries import Library, Position
from .log import AuditEntry
from .logins import LoginSeries
from .notices import Notice
from .people import Role, RoleGrant, User
from .work import Job, job_file, private_storage

__all__ = [
    "AuditEntry", "Job", "Library", "LoginSeries", "Notice", "Position", "Role", "RoleGrant", "StaffImport", "StaffImportRow",
    "User", "job_file", "private_storage",
]  # fmt: skip
