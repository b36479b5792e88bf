"""What a browser sends from the forms of pages in /cms/."""

from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from accounts.models import Role
from accounts.roles import grant
from cms import teams
from cms.models import LessonPage
from tests import making


def trainer_of(course_page, name="trainer"):
    person = making.person(name)
    grant(person=person, role=Role.TRAINER)
    teams.join(course=making.row(course_page), person=person)
    return person


def typed(title="Yangi dars", slug="yangi", body=None, **more):
    """What the form of a lesson sends."""
    blocks = body or [
        ("text", rich_text("<p>Salom</p>")),
        ("callout", {"kind": "tip", "title": "Maslahat", "text": rich_text("<p>Shunday</p>")}),
    ]
    return nested_form_data(
        {
            "title": title, "slug": slug, "outcome": "Natija", "minutes": "12", "body": streamfield(blocks),
            "checked": "", "check_again": "", "to_check": "", "search_description": "", "go_live_at": "", "expire_at": "",
            "comments": inline_formset([]), **more,
        }
    )  # fmt: skip


def create(client, parent, data, deed=None, model="lessonpage"):
    return making.committed(
        lambda: client.post(
            f"/cms/pages/add/cms/{model}/{parent.pk}/", data | ({f"action-{deed}": "1"} if deed else {})
        )
    )


def edit(client, page, data, deed=None):
    return making.committed(
        lambda: client.post(f"/cms/pages/{page.pk}/edit/", data | ({f"action-{deed}": "1"} if deed else {}))
    )


def new_lesson():
    return LessonPage.objects.get(slug="yangi")


def titles(course_page):
    return [row.titles["uz"] for row in making.row(course_page).activities.live().order_by("position")]
