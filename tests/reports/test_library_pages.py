"""HR's pages of libraries and of records: what is seen, what may be done, and by whom."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import employment, merging, roles
from accounts.models import Employment, Library, MergeRecord, Role, RoleGrant, User
from tests.seminars import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def branch(libraries):
    return making.library("SAM-URG-1", libraries.district, "library")


def deed(client, address, **data):
    return client.post(address, data)


def names(response):
    """The deeds that a page offers."""
    return list(response.context["forms"])


# --- Libraries ----------------------------------------------------------------------------------------------------------


def test_a_library_shows_its_people_history_and_those_who_left(as_user, people, libraries):
    gone = making.person("gone-1", family="Ketgan", library=libraries.district)
    employment.leave(person=gone, by=people.admin, reason="x")

    response = as_user(people.hr).get("/hr/libraries/SAM-URG/?lang=en")

    assert [one.username for one in response.context["staff"]] == ["director", "learner"]
    assert [row.person.username for row in response.context["left"]] == ["gone-1"]
    assert [one.code for one in response.context["children"]] == ["SAM-URG-1"]
    assert response.context["with_all"] == 2
    assert "Nothing has changed since the history is kept." in response.text


@pytest.mark.parametrize(
    ("who", "code", "deeds"),
    [
        ("hr", "SAM-URG", ["add", "change", "move", "merge", "close"]),
        ("hr", "SAM", ["add", "change"]),
        ("director", "SAM-URG", []),
        ("admin", "SAM", ["add", "change", "move", "merge", "close"]),
    ],
)
def test_the_top_of_a_scope_is_not_its_hr_s_to_move(as_user, people, who, code, deeds):
    assert names(as_user(getattr(people, who)).get(f"/hr/libraries/{code}/")) == deeds


@pytest.mark.parametrize("sent", ["move", "merge", "close", "add", "change"])
def test_a_director_changes_nothing(as_user, people, sent):
    assert deed(as_user(people.director), "/hr/libraries/SAM-URG/", deed=sent).status_code == 404


def test_a_library_is_added_below_moved_merged_and_closed_by_form(as_user, people, libraries):
    client = as_user(people.hr)
    for code in ("NEW-1", "NEW-2"):
        added = deed(
            client, "/hr/libraries/SAM/", deed="add", code=code, title_uz="Yangi o'quv", level="district", type="school"
        )
        assert added.headers["Location"] == f"/hr/libraries/{code}/"
    assert Library.objects.get(code="NEW-1").titles == {"uz": "Yangi oʻquv"}

    moved = deed(client, "/hr/libraries/SAM-URG-1/", deed="move", other="NEW-1", reason="x")
    merged = deed(client, "/hr/libraries/NEW-1/", deed="merge", other="NEW-2", reason="y")
    closed = deed(client, "/hr/libraries/SAM-URG-1/", deed="close", reason="z")

    assert [one.headers["Location"] for one in (moved, merged, closed)] == [
        "/hr/libraries/SAM-URG-1/", "/hr/libraries/NEW-2/", "/hr/libraries/SAM-URG-1/",
    ]  # fmt: skip
    text = client.get("/hr/libraries/SAM-URG-1/?lang=en").text
    assert "Belongs to: NEW-1, before that SAM-URG" in text
    assert "Belongs to: NEW-2, before that NEW-1" in text
    text = client.get("/hr/libraries/NEW-1/?lang=en").text
    assert "into:" in text and 'href="/hr/libraries/NEW-2/"' in text
    assert names(client.get("/hr/libraries/NEW-1/")) == []


def test_why_a_deed_is_refused_is_said(as_user, people):
    client = as_user(people.hr)

    circle = deed(client, "/hr/libraries/SAM-URG/?lang=en", deed="move", other="SAM-URG-1", reason="x")
    taken = deed(
        client, "/hr/libraries/SAM/?lang=en", deed="add", code="sam-urg", title_uz="x", level="district", type="public"
    )
    level = deed(
        client, "/hr/libraries/SAM-URG/?lang=en", deed="add", code="Y", title_uz="x", level="region", type="public"
    )
    busy = deed(client, "/hr/libraries/SAM-URG/?lang=en", deed="close", reason="x")
    foreign = deed(client, "/hr/libraries/SAM-URG/?lang=en", deed="merge", other="TSH", reason="x")

    assert [one.status_code for one in (circle, taken, level, busy, foreign)] == [422] * 5
    assert "Another library has this code." in taken.text
    assert "That does not fit the levels" in level.text
    assert "Libraries still belong to it." in busy.text
    assert circle.context["forms"]["move"].errors["other"]
    assert foreign.context["forms"]["merge"].errors["other"]


def test_the_page_costs_the_same_for_one_and_for_three(as_user, people, libraries, django_assert_num_queries):
    client = as_user(people.hr)
    for n in range(3):
        with django_assert_num_queries(25):
            client.get("/hr/libraries/SAM-URG/")
        making.person(f"more-{n}", library=libraries.district)
        making.library(f"MORE-{n}", libraries.district, "library")


# --- Records --------------------------------------------------------------------------------------------------------------


def test_a_person_is_added_and_changed_by_form(as_user, people):
    client = as_user(people.hr)
    words = {"last_name": "G`aniyeva  ", "first_name": "Zuhra", "language": "ru", "position": "librarian"}

    added = client.post("/hr/people/new/", {**words, "library": "SAM-URG", "email": "z@example.org"})

    made = User.objects.get(last_name="Gʻaniyeva")
    assert added.headers["Location"] == f"/hr/people/{made.pk}/"
    assert (made.username, made.library.code, made.position.code, made.language) == (
        "SAM-0001",
        "SAM-URG",
        "librarian",
        "ru",
    )
    changed = client.post(f"/hr/people/{made.pk}/edit/", {**words, "patronymic": "Salim qizi", "email": ""})
    assert changed.status_code == 302
    made.refresh_from_db()
    assert (made.patronymic, made.email, made.library.code) == ("Salim qizi", None, "SAM-URG")


def test_nobody_is_brought_into_a_foreign_library_or_with_somebody_s_email(as_user, people):
    User.objects.filter(pk=people.learner.pk).update(email="taken@example.org")
    words = {"last_name": "A", "first_name": "B", "language": "uz"}
    client = as_user(people.hr)

    foreign = client.post("/hr/people/new/", {**words, "library": "TSH"})
    taken = client.post("/hr/people/new/", {**words, "library": "SAM", "email": "Taken@example.org"})

    assert (foreign.status_code, taken.status_code) == (422, 422)
    assert (list(foreign.context["form"].errors), list(taken.context["form"].errors)) == (["library"], ["email"])


def test_the_email_of_a_staff_role_is_an_administrators(as_user, people):
    words = {"last_name": "Yangi", "first_name": "B", "language": "uz", "email": "new@example.org"}
    address = f"/hr/people/{people.director.pk}/edit/"

    assert "email" not in as_user(people.hr).get(address).context["form"].fields
    as_user(people.hr).post(address, words)
    assert User.objects.get(pk=people.director.pk).email == people.director.email
    assert User.objects.get(pk=people.director.pk).last_name == "Yangi"
    as_user(people.admin).post(address, words)
    assert User.objects.get(pk=people.director.pk).email == "new@example.org"


@pytest.mark.parametrize(
    ("who", "whom", "deeds"),
    [
        ("hr", "learner", ["transfer", "second", "leave"]),
        ("hr", "director", ["transfer"]),
        ("hr", "hr", ["transfer", "deputy"]),
        ("director", "learner", []),
        ("director", "director", ["deputy"]),
        ("admin", "director", ["transfer", "second", "leave", "deputy", "hand_over"]),
        ("admin", "admin", ["transfer"]),
        ("admin", "hr", ["transfer", "second", "leave", "deputy", "hand_over"]),
    ],
)
def test_who_may_do_what_with_whom(as_user, people, who, whom, deeds):
    assert names(as_user(getattr(people, who)).get(f"/hr/people/{getattr(people, whom).pk}/work/")) == deeds


def test_what_is_not_offered_is_not_done(as_user, people):
    today = timezone.localdate().isoformat()
    address = f"/hr/people/{people.director.pk}/work/"

    left = deed(as_user(people.hr), address, deed="leave", on=today, reason="x")
    withdrawn = deed(as_user(people.hr), address, deed="withdraw", row=people.director.role_grants.get().pk)

    assert (left.status_code, withdrawn.status_code) == (404, 404)
    assert User.objects.get(pk=people.director.pk).is_active
    assert people.director.role_grants.count() == 1


def test_transfer_second_workplace_leaving_and_return_by_form(as_user, people):
    client, today = as_user(people.hr), timezone.localdate().isoformat()
    address = f"/hr/people/{people.learner.pk}/work/"

    assert deed(client, address, deed="transfer", library="SAM", on=today, reason="x").status_code == 302
    assert deed(client, address, deed="second", library="SAM-URG", on=today).status_code == 302
    second = Employment.objects.second().get()
    assert deed(client, address, deed="end_second", row=second.pk).status_code == 302
    assert deed(client, address, deed="leave", on=today, reason="x").status_code == 302
    assert not User.objects.get(pk=people.learner.pk).is_active
    assert names(client.get(address)) == ["return"]
    assert deed(client, address, deed="return", library="SAM-URG", on=today).status_code == 302
    assert User.objects.get(pk=people.learner.pk).library.code == "SAM-URG"
    found = Employment.objects.filter(person=people.learner).order_by("pk").values_list("library__code", flat=True)
    assert list(found) == ["SAM-URG", "SAM", "SAM-URG", "SAM-URG"]


def test_a_transfer_out_of_the_own_libraries_is_for_who_is_responsible_for_both(as_user, people):
    today = timezone.localdate().isoformat()
    address = f"/hr/people/{people.learner.pk}/work/"

    assert deed(as_user(people.hr), address, deed="transfer", library="TSH", on=today).status_code == 422
    assert deed(as_user(people.admin), address, deed="transfer", library="TSH", on=today).status_code == 302
    assert as_user(people.hr).get(address).status_code == 404
    assert as_user(people.hr2).get(address).status_code == 200


def test_a_director_names_a_deputy_and_takes_it_back(as_user, people):
    client, address = as_user(people.director), f"/hr/people/{people.director.pk}/work/"
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    words = {
        "grant": people.director.role_grants.get().pk,
        "since": timezone.localdate().isoformat(),
        "until": until,
        "reason": "x",
    }

    unknown = deed(client, f"{address}?lang=en", deed="deputy", person="director2", **words)
    assert (unknown.status_code, unknown.context["forms"]["deputy"].errors["__all__"]) == (
        422, ["Nobody among the people whom you see has this login."],
    )  # fmt: skip
    assert deed(client, address, deed="deputy", person="LEARNER", **words).status_code == 302
    assert as_user(people.learner).get("/hr/").status_code == 200

    row = RoleGrant.objects.get(deputy_for=people.director)
    assert deed(as_user(people.director), address, deed="withdraw", row=row.pk).status_code == 302
    assert as_user(people.learner).get("/hr/").status_code == 404


def test_an_administrator_hands_a_scope_over(as_user, people):
    address = f"/hr/people/{people.hr.pk}/work/"

    assert deed(as_user(people.admin), address, deed="hand_over", person="learner", reason="x").status_code == 302

    assert list(people.learner.role_grants.values_list("role", "library__code")) == [("hr", "SAM")]
    assert as_user(people.hr).get("/hr/").status_code == 404


# --- Twice ------------------------------------------------------------------------------------------------------------------


def twins(libraries, *extra):
    rows = [("t1", "Gʻaniyeva", "Zuhra", ""), ("t2", "Ғаниева", "Зуҳра", "Salim qizi"), *extra]
    made = []
    for login, family, given, patronymic in rows:
        one = making.person(login, family=family, given=given, library=libraries.district)
        one.patronymic = patronymic
        one.save()
        made.append(one)
    return made


def groups(response):
    return [[one.username for one in group] for group in response.context["page_obj"]]


def test_one_name_in_two_spellings_is_found_in_scope_alone(as_user, people, libraries):
    User.objects.filter(username__in=["director", "learner"]).update(folded_name="a b", patronymic="")
    User.objects.filter(username="learner").update(folded_name="c d")
    User.objects.exclude(username__in=["learner"]).update(folded_name="")
    twins(libraries, ("t3", "G'aniyeva", "Zuxra", "Karim qizi"))
    making.person("far-1", family="Gʻaniyeva", given="Zuhra", library=libraries.other)

    assert groups(as_user(people.hr).get("/hr/people/duplicates/")) == [["t2", "t1"], ["t3", "t1"]]
    assert groups(as_user(people.hr2).get("/hr/people/duplicates/")) == []


def test_two_records_are_merged_and_taken_apart_by_form(as_user, people, libraries):
    first, second = twins(libraries)
    client = as_user(people.hr)
    assert [one.pk for one in client.get(f"/hr/people/{first.pk}/merge/").context["found"]] == [second.pk]

    merged = client.post(f"/hr/people/{first.pk}/merge/?with={second.pk}", {"reason": "one person"})

    record = MergeRecord.objects.get()
    assert merged.headers["Location"] == f"/hr/people/merges/{record.pk}/"
    assert not User.objects.get(pk=second.pk).is_active
    assert [one.pk for one in client.get("/hr/people/merges/").context["page_obj"]] == [record.pk]
    assert client.get(merged.headers["Location"]).status_code == 200
    assert client.post(merged.headers["Location"], {"reason": "no"}).status_code == 302
    assert client.post(merged.headers["Location"], {"reason": "no"}).status_code == 404
    assert User.objects.get(pk=second.pk).is_active


def test_hr_merges_nobody_with_a_staff_role(as_user, people, libraries):
    first, second = twins(libraries)
    roles.grant(person=second, role=Role.EDITOR)

    assert as_user(people.hr).get(f"/hr/people/{second.pk}/merge/").status_code == 404
    address = f"/hr/people/{first.pk}/merge/?with={second.pk}"
    assert as_user(people.hr).post(address, {"reason": "x"}).status_code == 404
    assert as_user(people.admin).post(address, {"reason": "x"}).status_code == 302


def test_a_merge_of_another_region_is_not_seen(as_user, people, libraries):
    first, second = twins(libraries)
    record = merging.merge(kept=first, gone=second, by=people.hr, reason="x")

    assert as_user(people.hr2).get(f"/hr/people/merges/{record.pk}/").status_code == 404
    assert list(as_user(people.hr2).get("/hr/people/merges/").context["page_obj"]) == []


def test_who_has_only_the_second_workplace_sees_the_record_and_does_not_change_it(as_user, people, libraries):
    row = employment.add_second(person=people.learner, library=libraries.other, by=people.admin)
    client, today = as_user(people.hr2), timezone.localdate().isoformat()
    address = f"/hr/people/{people.learner.pk}/work/"

    assert names(client.get(address)) == []
    for words in (
        {"deed": "transfer", "library": "TSH", "on": today}, {"deed": "leave", "on": today, "reason": "x"},
    ):  # fmt: skip
        assert deed(client, address, **words).status_code == 404
    assert client.get(f"/hr/people/{people.learner.pk}/edit/").status_code == 404
    assert client.get(f"/hr/people/{people.learner.pk}/merge/").status_code == 404
    assert User.objects.get(pk=people.learner.pk).library.code == "SAM-URG"
    assert deed(client, address, deed="end_second", row=row.pk).status_code == 302
    assert Employment.objects.second().count() == 0


@pytest.mark.parametrize(("name", "fits"), [
    ("Oʻrinova-Ли", True), ("<b>Ali</b>", False), ("Ali 2", False), ("\u200b", False), ("\u202eila", False), ("Xуршid", False),
])  # fmt: skip
def test_a_name_by_form_is_as_one_by_import(as_user, people, name, fits):
    words = {"last_name": name, "first_name": "Ali", "library": "SAM-URG", "language": "uz"}

    assert as_user(people.hr).post("/hr/people/new/", words).status_code == (302 if fits else 422)
    assert User.objects.filter(first_name="Ali").count() == fits
