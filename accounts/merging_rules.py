"""What becomes of the rows of accounts, and of Wagtail's and allauth's own, when two records of a person are merged."""

from django.apps import apps
from django.utils import timezone

from .merging import follows, follows_once, rules, stays
from .models import Employment, RoleGrant


def workplaces(journal, relation):
    """The history of both; of two main workplaces of today the kept record's is the main one, the other has ended."""
    today = timezone.localdate()
    kept, gone = journal.kept, journal.gone
    main = Employment.objects.open().filter(person=kept, is_main=True).exists() or kept.library_id
    open_there = set(Employment.objects.open().filter(person=kept).values_list("library", flat=True))
    for row in Employment.objects.open().filter(person=gone).order_by("pk"):
        if (row.is_main and main) or row.library_id in {*open_there, kept.library_id}:
            journal.change(row, until=max(row.since, today))
    journal.move(Employment, "person")


def roles(journal, relation):
    """A role that both have for the same library is there once."""
    mine = RoleGrant.objects.filter(person=journal.kept).own()
    there = set(mine.values_list("role", "library"))
    rows = list(journal.rows(RoleGrant, "person").exclude(deputy_for=journal.kept))
    twice = [row for row in rows if row.deputy_for_id is None and (row.role, row.library_id) in there]
    own_deputy = list(journal.rows(RoleGrant, "person").filter(deputy_for=journal.kept))
    journal.leave(RoleGrant, "person", [*twice, *own_deputy])
    journal.move(RoleGrant, "person", rows=[row for row in rows if row not in twice])


def deputies(journal, relation):
    rows = journal.rows(RoleGrant, "deputy_for")
    journal.leave(RoleGrant, "deputy_for", list(rows.filter(person=journal.kept)))
    journal.move(RoleGrant, "deputy_for", rows=rows.exclude(person=journal.kept))


def addresses(journal, relation):
    """The confirmed e-mail addresses of a record without any; else they stay, and open nothing."""
    address = apps.get_model("account.EmailAddress")
    rows = journal.rows(address, "user")
    if journal.kept.email is None and not address.objects.filter(user=journal.kept).exists():
        journal.move(address, "user", rows=rows)
    else:
        journal.leave(address, "user", list(rows))


rules("accounts", {
    "AuditEntry.actor": stays,  # the log is never changed
    "AuditEntry.person": stays,
    "Consent.person": follows_once("version"),
    "ConsentVersion.made_by": follows,
    "Employment.person": workplaces,
    "Job.made_by": follows,
    "LibraryChange.by": follows,
    "MergeRecord.by": follows,
    "MergeRecord.gone": stays,  # what was merged into the record closed before: taken apart in the order in which it was done
    "MergeRecord.kept": stays,
    "MergeRecord.undone_by": follows,
    "Notice.person": follows_once("kind", "subject"),
    "OneTimeCode.made_by": follows,
    "OneTimeCode.person": stays,  # it opens the record that is closed
    "PersonSalt.person": stays,  # of the entries of the log, which stay
    "RoleGrant.deputy_for": deputies,
    "RoleGrant.given_by": follows,
    "RoleGrant.person": roles,
    "StaffImport.made_by": follows,
    "StaffImportRow.person": follows,
    "User.merged_into": stays,
    "User_groups.user": follows_once("group"),
    "User_user_permissions.user": follows_once("permission"),
    # Sign-in: that of the record kept is the person's.
    "account.EmailAddress.user": addresses,
    "mfa.Authenticator.user": stays,
    "socialaccount.SocialAccount.user": stays,
    "usersessions.UserSession.user": stays,
    # Wagtail. Its logs are logs; what is open in an editor is open there.
    "wagtail_localize.SegmentOverride.last_translated_by": follows,
    "wagtail_localize.StringTranslation.last_translated_by": follows,
    "wagtailadmin.EditingSession.user": stays,
    "wagtailadmin.FormState.user": stays,
    "wagtailcore.APIToken.user": stays,
    "wagtailcore.Comment.resolved_by": follows,
    "wagtailcore.Comment.user": follows,
    "wagtailcore.CommentReply.user": follows,
    "wagtailcore.ModelLogEntry.user": stays,
    "wagtailcore.Page.locked_by": follows,
    "wagtailcore.Page.owner": follows,
    "wagtailcore.PageLogEntry.user": stays,
    "wagtailcore.PageSubscription.user": follows_once("page"),
    "wagtailcore.Revision.user": follows,
    "wagtailcore.TaskState.finished_by": follows,
    "wagtailcore.UploadedFile.uploaded_by_user": follows,
    "wagtailcore.WorkflowState.requested_by": follows,
    "wagtaildocs.Document.uploaded_by_user": follows,
    "wagtailimages.Image.uploaded_by_user": follows,
    "wagtailusers.UserProfile.user": follows_once(),
})  # fmt: skip
