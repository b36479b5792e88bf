"""What accounts, Wagtail, allauth and Django hold of people. See accounts/personal.py."""

from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from wagtail.models import ModelLogEntry

from . import devices
from .models import Job, User
from .personal import DELETED, Held, Rule, older

RECORD = (
    "username", "email", "last_name", "first_name", "patronymic", "certificate_name", "certificate_name_confirmed_at",
    "personnel_number", "library__code", "position__code", "language", "date_joined", "last_login", "is_active",
)  # fmt: skip
SIGN_IN = "a secret of signing in: of no use to the person, and of much to a thief"


def empty_record(person):
    """The row stays, so that counts, certificates and the log stay; it names nobody."""
    row = User.objects.select_for_update().get(pk=person)
    row.username, row.email, row.personnel_number = f"left-{row.pk}", None, ""
    row.last_name = row.first_name = row.patronymic = row.certificate_name = ""
    row.certificate_name_confirmed_at = row.last_login = None
    row.consent_due = False
    row.set_unusable_password()
    row.save()
    row.groups.clear()
    row.user_permissions.clear()


def end_sessions(person):
    """Every session of the person, with the answers that were kept in it."""
    for session in Session.objects.iterator(chunk_size=1_000):
        if session.get_decoded().get("_auth_user_id") == str(person):
            session.delete()


def unname_in_wagtails_log(person):
    """Wagtail notes changes made in /cms/users/ with the name of who was changed."""
    kind = ContentType.objects.get_for_model(User)
    ModelLogEntry.objects.filter(content_type=kind, object_id=str(person)).update(label="", data={})


HELD = (
    Held("accounts.User", "pk", RECORD, erase=empty_record),
    Held("accounts.User_groups", "user", ("group__name",), erase=DELETED),
    Held("accounts.User_user_permissions", "user", ("permission__codename",), erase=DELETED),
    Held("accounts.RoleGrant", "person", ("role", "library__code"), erase=DELETED),
    Held("accounts.Employment", "person", ("library__code", "position__code", "since", "until", "is_main"),
        why="counted by library; names nobody any more"),
    Held("accounts.OneTimeCode", "person", ("purpose", "made_at", "expires_at", "used_at", "withdrawn_at"), erase=DELETED),
    Held("accounts.MergeRecord", "kept", ("at", "reason"), erase={"steps": [], "left": [], "not_undone": [], "reason": ""}),
    Held("accounts.MergeRecord", "gone", ("at", "reason"), erase={"steps": [], "left": [], "not_undone": [], "reason": ""}),
    Held("accounts.StaffImport", "made_by", ("made_at", "file_name", "counts"), erase={"file_name": ""}),
    Held("accounts.StaffImportRow", "person", ("of__made_at", "given", "verdict", "changes", "outcome"), erase=DELETED),
    Held("usersessions.UserSession", "user", ("created_at", "last_seen_at", "ip", "user_agent"), erase=DELETED),
    Held("socialaccount.SocialAccount", "user", ("provider", "last_login", "date_joined"), erase=DELETED,
        why="who comes by a provider is matched each time"),
    Held("socialaccount.SocialToken", "account__user", erase=DELETED, why=SIGN_IN),
    Held("accounts.Notice", "person", ("kind", "subject", "details", "created_at", "read_at", "mailed_at"), erase=DELETED),
    Held("accounts.Consent", "person", ("version__number", "accepted_at"), why="proof that it was given; names nobody any more"),
    Held(
        "accounts.Job", "made_by", ("kind", "state", "made_at", "given_name", "made_name", "finished_at"),
        files=(("given", "given_name"), ("made", "made_name")), files_along=False,
        erase={"given": "", "made": "", "given_name": "", "made_name": "", "fault": ""},
    ),
    Held(
        "accounts.AuditEntry", "person", ("at", "deed", "subject", "reason", "details"),
        why="the log is only added to; reasons and the salt of digests are erased (accounts/audit.py: forget)",
    ),
    Held("accounts.AuditEntry", "actor", ("at", "deed", "subject"), why="the same: deeds of the person"),
    Held("accounts.PersonSalt", "person", erase=DELETED, why="of no use to the person"),
    Held("sessions.Session", "pk", erase=end_sessions, why="found by its content"),
    Held("account.EmailAddress", "user", ("email", "verified", "primary"), erase=DELETED),
    Held("account.EmailConfirmation", "email_address__user", ("created", "sent"), erase=DELETED),
    Held("mfa.Authenticator", "user", ("type", "created_at", "last_used_at"), erase=DELETED, why=SIGN_IN),
    Held("wagtailusers.UserProfile", "user", ("preferred_language", "current_time_zone"), files=(("avatar", ""),), erase=DELETED),
    Held("wagtailadmin.EditingSession", "user", ("last_seen_at",), erase=DELETED),
    Held("wagtailadmin.FormState", "user", erase=DELETED, why="a form half filled in, for hours"),
    Held("wagtailcore.APIToken", "user", erase=DELETED, why=SIGN_IN),
    Held("wagtailcore.UploadedFile", "uploaded_by_user", erase=DELETED, why="a file on its way, for minutes"),
    Held("wagtailcore.PageSubscription", "user", ("page__title", "comment_notifications"), erase=DELETED),
    Held("wagtailcore.Comment", "user", ("page__title", "text", "created_at"), why="work on a page, not about the person"),
    Held("wagtailcore.CommentReply", "user", ("text", "created_at"), why="the same"),
    Held("wagtailcore.ModelLogEntry", "user", ("timestamp", "action", "label"), erase=unname_in_wagtails_log),
    Held("wagtailcore.PageLogEntry", "user", ("timestamp", "action", "label"), why="who worked on a page: a row that names nobody"),
    Held("wagtailcore.Revision", "user", ("created_at", "object_str"), why="the same"),
    Held("wagtaildocs.Document", "uploaded_by_user", ("title", "created_at"), why="part of the courses"),
    Held("wagtailimages.Image", "uploaded_by_user", ("title", "created_at"), why="part of the courses"),
)  # fmt: skip

# Columns in which a person stands as who did something to a row of others, and generic references that never hold a person.
WORKED = "who worked on it: after depersonalising a row that names nobody"
NAMED = {
    "wagtail_localize.StringTranslation.last_translated_by": WORKED,
    "wagtail_localize.SegmentOverride.last_translated_by": WORKED,
    "wagtailcore.WorkflowState.requested_by": WORKED,
    "wagtailcore.TaskState.finished_by": WORKED,
    "wagtailcore.Page.locked_by": WORKED,
    "wagtailcore.Page.owner": WORKED,
    "wagtailcore.Comment.resolved_by": WORKED,
    "accounts.ConsentVersion.made_by": WORKED,
    "accounts.OneTimeCode.made_by": WORKED,
    "accounts.LibraryChange.by": WORKED,
    "accounts.MergeRecord.by": WORKED,
    "accounts.MergeRecord.undone_by": WORKED,
    "accounts.RoleGrant.deputy_for": WORKED,
    "accounts.RoleGrant.given_by": WORKED,
    "accounts.User.merged_into": "the key of the record that took this one in",
    "modelsearch.IndexEntry.content_object": "people are not indexed by it (accounts/models/people.py has its own column)",
    "wagtailadmin.EditingSession.content_object": "pages and snippets; the person in it is `user`",
    "wagtailadmin.FormState.content_object": "pages and snippets; the person in it is `user`",
    "wagtailcore.Revision.content_object": "people have no revisions",
    "wagtailcore.WorkflowState.content_object": "people go through no workflow",
    "taggit.TaggedItem.content_object": "people have no tags",
}


# --- How long ----------------------------------------------------------------------------------------------------------------


def drop_notices(now):
    return older("accounts.Notice", "created_at", 730, now).delete()[0]


def drop_names_of_files(now):
    rows = older("accounts.Job", "finished_at", 90, now).exclude(given_name="", made_name="")
    return Job.objects.filter(pk__in=rows.values("pk"), given="", made="").update(given_name="", made_name="")


def drop_confirmations(now):
    return older("account.EmailConfirmation", "created", 90, now).delete()[0]


def drop_editing(now):
    return older("wagtailadmin.EditingSession", "last_seen_at", 90, now).delete()[0]


def drop_devices(now):
    return devices.drop_ended(now) + older("usersessions.UserSession", "last_seen_at", 90, now).delete()[0]


def drop_sessions(now):
    return Session.objects.filter(expire_date__lt=now).delete()[0]


RETENTION = (
    Rule("sessions, with the answers kept in them", 14, "what is signed in; ends by itself", drop_sessions),
    Rule("devices: network address and browser", 90, "people see where they are signed in", drop_devices),
    Rule("notices", 730, "people look up what they were told", drop_notices),
    Rule("names of the files of jobs", 90, "the files themselves go after 30 days", drop_names_of_files),
    Rule("letters that confirm an e-mail", 90, "to see why a letter did not come", drop_confirmations),
    Rule("who had a page of /cms/ open", 90, "two who edit at once", drop_editing),
)
