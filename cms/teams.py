"""Who may write in a course's pages: the group «Course team CODE», and whether a review stands before publishing."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import GroupApprovalTask, GroupPagePermission, Workflow, WorkflowPage

from accounts import audit
from accounts.models import Role
from accounts.roles import RIGHTS

from .models import CoursePage

WRITES = ("add_page", "change_page")
TEAM = "Course team "


def group_of(course):
    """The team's group, made if there is none. It is known by the pages it writes in: a code, and so the name, may change hands."""
    pages = CoursePage.objects.filter(translation_key=course.key, alias_of=None)
    teams = Group.objects.filter(name__startswith=TEAM).order_by("pk")
    group = teams.filter(page_permissions__page__in=pages).first()
    wanted = f"{TEAM}{course.code or course.key}"
    if group and group.name == wanted:
        return group
    if teams.filter(name=wanted, page_permissions__isnull=False).exists():
        wanted = f"{TEAM}{course.key}"  # the name is another team's, still
    if group is None:
        return Group.objects.get_or_create(name=wanted)[0]
    Group.objects.filter(name=wanted).exclude(pk=group.pk).delete()  # of a team that writes nowhere any more
    group.name = wanted
    group.save(update_fields=["name"])
    return group


def ensure(course):
    """Make the team's group, its permissions on the course's trees in every language, and the workflow. Safe to repeat."""
    if not course.archived:
        let_in(course)


def let_in(course):
    """The same for a course that is not published yet, as a copy is."""
    group = group_of(course)
    pages = list(CoursePage.objects.filter(translation_key=course.key, alias_of=None))
    wanted = {(page.pk, codename) for page in pages for codename in _codenames(course)}
    present = set(GroupPagePermission.objects.filter(group=group).values_list("page_id", "permission__codename"))
    if wanted != present:
        GroupPagePermission.objects.filter(group=group).delete()
        rights = {
            right.codename: right
            for right in Permission.objects.filter(content_type__app_label="wagtailcore", content_type__model="page")
        }
        GroupPagePermission.objects.bulk_create(
            GroupPagePermission(group=group, page_id=page, permission=rights[codename])
            for page, codename in sorted(wanted)
        )
    _review(course, pages)


def _codenames(course):
    return WRITES if course.review_required else (*WRITES, "publish_page")


def review_workflow():
    """The workflow made by cms/setup.py, or None. It is known by whose approval it asks: its name may be written anew."""
    asked = GroupApprovalTask.objects.filter(groups__name=RIGHTS[Role.EDITOR].group)
    return Workflow.objects.filter(workflow_tasks__task__in=asked).order_by("pk").first()


def _review(course, pages):
    review = review_workflow()
    if not (review and review.active):
        return
    under_review = set(WorkflowPage.objects.filter(page__in=pages).values_list("page_id", flat=True))
    for page in pages:
        if course.review_required and page.pk not in under_review:
            WorkflowPage.objects.create(workflow=review, page=page)
        elif not course.review_required and page.pk in under_review:
            WorkflowPage.objects.filter(page=page).delete()


@transaction.atomic
def join(*, course, person, by=None):
    """Make a trainer part of the team: the row that our pages ask, and the group that Wagtail asks. `by`: None for the set-up."""
    if course.trainers.get_or_create(person=person)[1]:
        audit.record(actor=by, deed="course team joined", subject=f"course {course.pk}", person=person.pk)
    person.groups.add(group_of(course), Group.objects.get_or_create(name=RIGHTS[Role.TRAINER].group)[0])
