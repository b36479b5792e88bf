"""People, the libraries they work in, their roles, and what the platform told them or did about them."""

from .codes import OneTimeCode
from .consent import Consent, ConsentVersion
from .employment import Employment
from .imports import StaffImport, StaffImportRow
from .libraries import Library, LibraryChange, Position
from .log import AuditEntry, AuditLink, AuditSeal, PersonSalt
from .logins import LoginSeries
from .merging import MergeRecord
from .notices import Notice
from .people import Role, RoleGrant, User
from .work import Job, job_file, private_storage

__all__ = [
    "AuditEntry", "AuditLink", "AuditSeal", "Consent", "ConsentVersion", "Employment", "Job", "Library", "LibraryChange",
    "LoginSeries", "MergeRecord", "Notice", "OneTimeCode", "PersonSalt", "Position", "Role", "RoleGrant", "StaffImport",
    "StaffImportRow", "User", "job_file", "private_storage",
]  # fmt: skip
