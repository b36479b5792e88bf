"""Every address as every role, GET and POST, and as the same role of another region."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
WHO = ["nobody", "learner", "trainer", "trainer2", "editor", "hr", "hr2", "director", "director2", "admin"]


def only(*, nobody=302, refused=404, **others):
    return {who: others.get(who, nobody if who == "nobody" else refused) for who in WHO}


# `here` is a person of the region of hr, in the library of director; `there` one of the other region; `above` one of the nation's.
TABLE = {
    ("board", None, "GET"): only(hr=200, hr2=200, director=200, director2=200, admin=200),
    ("board", None, "POST"): only(refused=405),
    ("half_year", None, "GET"): only(hr=200, hr2=200, director=200, director2=200, admin=200),
    ("half_year", None, "POST"): only(refused=405),
    ("people", None, "GET"): only(hr=200, hr2=200, director=200, director2=200, admin=200),
    ("people", None, "POST"): only(refused=405),
    ("person", "here", "GET"): only(hr=200, director=200, admin=200),
    ("person", "there", "GET"): only(hr2=200, director2=200, admin=200),
    ("person", "above", "GET"): only(admin=200),
    ("person", "nobody", "GET"): only(),
    ("person", "here", "POST"): only(refused=405),
    ("attendance", None, "GET"): only(hr=200, hr2=200, director=200, director2=200, admin=200),
    ("attendance", None, "POST"): only(refused=405),
    ("certificates", None, "GET"): only(hr=200, hr2=200, admin=200),
    ("certificates_paper", None, "GET"): only(hr=200, hr2=200, admin=200),
    ("certificates_archive", None, "GET"): only(refused=405),
    ("certificates_archive", None, "POST"): only(hr=200, hr2=200, admin=200),
    ("to_look_at", None, "GET"): only(hr=200, hr2=200, admin=200),
    ("external_queue", None, "GET"): only(hr=200, hr2=200, admin=200),
    ("transcript", "here", "GET"): only(hr=200, admin=200),
    ("transcript", "there", "GET"): only(hr2=200, admin=200),
    ("transcript", "above", "GET"): only(admin=200),
    ("transcript", "nobody", "GET"): only(),
    ("invitations", None, "GET"): only(hr=200, hr2=200, admin=200),
    ("invitations", None, "POST"): only(hr=422, hr2=422, admin=422),  # nobody chosen
    ("code", "here", "GET"): only(hr=200, admin=200),
    ("code", "here", "POST"): only(hr=200, admin=200),
    ("code", "there", "POST"): only(admin=200),  # who has a staff role
    ("withdraw_code", "here", "GET"): only(refused=405),
    ("withdraw_code", "here", "POST"): only(hr=302, admin=302),
    ("lost_second_factor", "here", "GET"): only(admin=200),
    ("lost_second_factor", "here", "POST"): only(admin=422),
    ("requirements", None, "GET"): only(hr=200, hr2=200, director=200, director2=200, admin=200),
    ("new_requirement", None, "GET"): only(hr=200, hr2=200, admin=200),
    ("new_requirement", None, "POST"): only(hr=422, hr2=422, admin=422),  # an empty form
    ("required_people", None, "GET"): only(hr=200, hr2=200, director=200, director2=200, admin=200),
    ("requirement", "nobody", "GET"): only(),  # those that are there stand in tests/access/ and test_requirements.py
    ("edit_requirement", "nobody", "GET"): only(),
    ("remind", "nobody", "POST"): only(),
    ("log", None, "GET"): only(admin=200),
    ("exports", None, "GET"): only(hr=200, hr2=200, director=200, director2=200, admin=200),
    ("exports", None, "POST"): only(refused=405),
    ("withdraw", "here", "GET"): only(refused=405),
    ("libraries", None, "GET"): only(hr=200, hr2=200, director=200, director2=200, admin=200),
    ("libraries", None, "POST"): only(admin=422),
    ("person_new", None, "GET"): only(hr=200, hr2=200, admin=200),
    ("person_new", None, "POST"): only(hr=422, hr2=422, admin=422),
    ("person_edit", "here", "GET"): only(hr=200, admin=200),
    ("person_edit", "here", "POST"): only(hr=422, admin=422),
    ("person_edit", "there", "POST"): only(hr2=422, admin=422),
    ("person_edit", "above", "POST"): only(admin=422),
    ("work", "here", "GET"): only(hr=200, director=200, admin=200),
    ("work", "there", "GET"): only(hr2=200, director2=200, admin=200),
    ("work", "above", "GET"): only(admin=200),
    ("merge", "here", "GET"): only(hr=200, admin=200),
    ("merge", "there", "GET"): only(admin=200),  # who has a staff role is merged by an administrator
    ("duplicates", None, "GET"): only(hr=200, hr2=200, admin=200),
    ("merges", None, "GET"): only(hr=200, hr2=200, admin=200),
    ("withdraw", "here", "POST"): only(),  # no such requirement: those that are there stand in test_requirements.py
}


@pytest.mark.parametrize(("name", "whose", "method"), TABLE)
def test_who_may_open_what(as_user, people, name, whose, method):
    person = {"here": people.learner, "there": people.hr2, "above": people.admin}.get(whose)
    address = reverse(f"reports:{name}", args=[] if whose is None else [person.pk if person else 999_999])

    answers = {who: as_user(getattr(people, who, None)).generic(method, address) for who in WHO}

    assert {who: response.status_code for who, response in answers.items()} == TABLE[name, whose, method]
    assert answers["nobody"].url.startswith("/accounts/login/")


def test_every_address_of_the_room_has_its_row():
    from reports.urls import urlpatterns

    # test_board.py; test_learner_page.py; test_certificates_page.py, test_external_certificates.py
    elsewhere = {"learner", "begin_again", "requirement_person", "certificate", "external", "own_transcript"}
    elsewhere |= {"invitation_sheet", "invitation_sheet_file"}  # test_invitations.py
    elsewhere |= {"api_clients", "api_client", "api_withdraw", "api_tell_no_more", "api_again"}  # api/test_pages.py
    elsewhere |= {"library", "merged"}  # test_library_pages.py
    elsewhere |= {"take", "export", "export_file"}  # test_exports.py
    assert {pattern.name for pattern in urlpatterns} == {name for name, _whose, _method in TABLE} | elsewhere


def test_a_superuser_without_a_role_sees_everybody(as_user, people):
    people.learner.is_superuser = True
    people.learner.save()

    assert as_user(people.learner).get("/hr/").context["board"].sums.staff == 9
