"""Seminars in /cms/: topic in three languages, module or free-standing, hours, materials; the page that is made of it."""

import json

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from wagtail.documents import get_document_model

from courses.models import Module
from seminars.models import Seminar, SeminarMaterial
from tests.seminars import making

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rights")]


def rich(text):
    block = {"key": "a", "text": text, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    return json.dumps({"blocks": [block], "entityMap": {}})


def form(seminar=None, *, materials=(), **fields):
    """What a browser sends."""
    data = {"code": seminar.code if seminar else "new-1", "planned_hours": "2", "materials-count": len(materials)}
    for code in ("uz", "ru", "en"):
        for prefix in ("title", "result", "venue"):
            data[f"{prefix}_{code}"] = f"{prefix} {code}"
        data[f"about_{code}"] = rich(f"Haqida {code}")
    for n, (title, document, link) in enumerate(materials):
        prefix = f"materials-{n}"
        data |= {
            f"{prefix}-type": "material", f"{prefix}-order": n, f"{prefix}-deleted": "", f"{prefix}-id": "",
            f"{prefix}-value-title_uz": title, f"{prefix}-value-title_ru": "", f"{prefix}-value-title_en": "",
            f"{prefix}-value-document": document, f"{prefix}-value-link": link,
        }  # fmt: skip
    return data | fields


@pytest.fixture
def document(db):
    made = get_document_model()(title="Fayl")
    made.file.save("fayl.pdf", ContentFile(b"%PDF-1.7"))
    return made


def faults(response):
    return {name: [str(one) for one in some] for name, some in response.context["form"].errors.items()}


def test_a_trainer_writes_a_seminar_of_a_module_with_materials_and_sees_its_page(as_user, people, sec, document):
    module, client = Module.objects.get(course=sec), as_user(people.trainer)
    materials = [("Jadval", document.pk, ""), ("Qonun", "", "https://lex.uz/docs/1")]

    response = client.post("/cms/seminar-topics/new/", form(course=sec.pk, module=module.pk, materials=materials))

    assert response.status_code == 302
    seminar = Seminar.objects.get()
    assert seminar.titles == {"uz": "title uz", "ru": "title ru", "en": "title en"}
    assert (seminar.course, seminar.module, seminar.made_by) == (sec, module, people.trainer)
    rows = seminar.materials.values_list("titles", "document", "link")
    assert list(rows) == [({"uz": "Jadval"}, document.pk, ""), ({"uz": "Qonun"}, None, "https://lex.uz/docs/1")]
    page = client.get(f"/seminars/{seminar.pk}/?lang=ru").content.decode()
    assert [text in page for text in ("title ru", "Haqida ru", "https://lex.uz/docs/1", document.url)] == [True] * 4


def test_the_module_brings_its_course_and_another_courses_module_is_refused(as_user, people, sec):
    module, foreign = Module.objects.get(course=sec), making.course("web")
    client = as_user(people.editor)

    client.post("/cms/seminar-topics/new/", form(module=module.pk))
    refused = client.post("/cms/seminar-topics/new/?lang=en", form(code="b", course=foreign.pk, module=module.pk))

    assert list(Seminar.objects.values_list("code", "course")) == [("new-1", sec.pk)]
    assert faults(refused) == {"module": ["This module belongs to another course."]}


def test_a_free_standing_seminar_is_its_makers_to_change_and_to_plan(as_user, people):
    as_user(people.trainer).post("/cms/seminar-topics/new/", form())
    seminar = Seminar.objects.get()

    def reach(who):
        client = as_user(who)
        offered = client.get("/cms/runs/new/").context["form"].fields["seminar"].queryset
        return client.get(f"/cms/seminar-topics/edit/{seminar.pk}/").status_code, seminar in offered

    assert [reach(who) for who in (people.trainer, people.trainer2, people.editor)] == [
        (200, True),
        (404, False),
        (200, True),
    ]


def test_a_trainer_cannot_put_a_seminar_into_a_foreign_course(as_user, people):
    foreign = making.course("web")

    response = as_user(people.trainer).post("/cms/seminar-topics/new/", form(course=foreign.pk))

    assert list(faults(response)) == ["course"]
    assert not Seminar.objects.exists()


def test_the_topic_is_needed_in_the_first_language_and_hours_are_more_than_none(as_user, people, sec):
    response = as_user(people.trainer).post(
        "/cms/seminar-topics/new/", form(course=sec.pk, title_uz="", planned_hours="0")
    )

    assert {"title_uz"} <= set(faults(response))
    assert not Seminar.objects.exists()


@pytest.mark.parametrize("both", [True, False])
def test_a_material_is_a_document_or_a_link(as_user, people, sec, document, both):
    material = ("X", document.pk, "https://lex.uz/") if both else ("X", "", "")

    response = as_user(people.trainer).post("/cms/seminar-topics/new/", form(course=sec.pk, materials=[material]))

    assert list(faults(response)) == ["materials"]
    assert not Seminar.objects.exists()


def test_the_database_keeps_what_a_material_is(topic, document):
    for document_, link in ((document, "https://lex.uz/"), (None, "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            SeminarMaterial.objects.create(seminar=topic, position=0, document=document_, link=link)


def test_an_edited_seminar_keeps_what_the_form_does_not_show(as_user, people, topic):
    Seminar.objects.update(plan={"minutes": 90})

    as_user(people.trainer).post(f"/cms/seminar-topics/edit/{topic.pk}/", form(topic, course=topic.course_id))

    topic.refresh_from_db()
    assert (topic.plan, topic.titles["uz"], topic.made_by) == ({"minutes": 90}, "title uz", None)


def test_what_trainers_type_acts_nowhere(as_user, people, topic):
    Seminar.objects.update(about={"uz": '<p>Matn <img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a></p>'})

    page = as_user(None).get(f"/seminars/{topic.pk}/").content.decode()

    assert "Matn" in page
    assert ("onerror" in page, "javascript:" in page) == (False, False)


def test_a_trainer_sees_the_own_seminars_alone(as_user, people, topic):
    making.seminar("foreign")

    codes = [row.code for row in as_user(people.trainer).get("/cms/seminar-topics/").context["object_list"]]

    assert codes == ["sec-1"]


def test_the_page_shows_plan_and_way_to_change_it_to_who_may_and_cms_the_way_back(as_user, people, topic):
    topic.plan = {
        "group": {"from": 6, "to": 20, "helpers_per": 5},
        "bring": [making.three("Konvert")],
        "plan": [{"minutes": 10, "what": making.three("Tanishuv"), "trainer": making.three("Qoidalarni ayting")}],
        "if_it_goes_wrong": [making.three("Toʻxtating")],
    }
    topic.save()
    address, edit = f"/seminars/{topic.pk}/", f"/cms/seminar-topics/edit/{topic.pk}/"
    told = ("6 to 20", "Konvert en", "Tanishuv en", "10 min", "Qoidalarni ayting en", "Toʻxtating en", edit)

    seen = {
        who: [words in as_user(getattr(people, who)).get(address + "?lang=en").content.decode() for words in told]
        for who in ("trainer", "admin", "trainer2", "hr", "learner")
    }

    assert [who for who, found in seen.items() if all(found)] == ["trainer", "admin"]
    assert not any(any(seen[who]) for who in ("trainer2", "hr", "learner"))
    assert f'href="{address}"' in as_user(people.trainer).get(edit).content.decode()
