"""Taking in: what is written, once; what has changed meanwhile is told; all or nothing; a killed worker."""

import pytest

from accounts import jobs, people
from accounts.models import AuditEntry, Library, RoleGrant, StaffImport, User
from accounts.staff_import import applying, working
from tests.accounts.staff_import.test_plan import row, table

NEW = [
    row(last=f"Valiyev{letter}", first="Ali", patronymic="Soli oʻgʻli", number=str(n))
    for n, letter in enumerate("abcdefgh", 1)
]


def outcomes(made):
    return {one.line: (one.outcome, [key for key, _values in one.said]) for one in made.rows.all()}


def staff():
    return sorted(
        User.objects.filter(library__isnull=False).exclude(last_name="Kadrlarova").values_list("username", "last_name")
    )


def test_a_whole_file_and_the_second_time_nothing(nigora, look, take, hr):
    text = table(
        row(login="TSH-0001", library="tsh-2"),
        NEW[0],
        row(library="sam-1"),
        row(first="Nigorа", library="tsh-1", number="8"),
    )
    made = look(text)

    assert take(made) == {2: "changed", 3: "added", 4: "left_out", 5: "left_out"}
    added = made.rows.get(line=3)
    assert added.login == added.person.username == "TSH-0002"
    assert (added.person.position, added.person.email, added.person.language) == (None, None, "uz")
    assert not added.person.has_usable_password()
    assert staff() == [("TSH-0001", "Karimova"), ("TSH-0002", "Valiyeva")]
    entries = AuditEntry.objects.filter(actor=hr).order_by("pk").values_list("deed", "subject", "details")
    entries = [
        (deed, subject, {key: value for key, value in told.items() if key != "digests"})
        for deed, subject, told in entries
    ]
    assert entries == [
        ("person added", f"person {added.person.pk}", {"library": "tsh-1", "fields": ["username"]}),
        ("person transferred", f"person {nigora.pk}", {"before": "tsh-1", "after": "tsh-2"}),
        (
            "staff imported",
            f"staff import {made.pk}",
            {"all_or_nothing": False, "added": 1, "changed": 1, "left_out": 2},
        ),
    ]

    again = look(text)
    assert [one.verdict for one in again.rows.all()][:2] == ["same", "same"]


def test_a_second_look_at_what_was_taken_in_says_same_for_all(nigora, nation, look, take):
    text = table(
        row(), row(last="Каримова", first="Лола", patronymic=""), row(last="Zokirova", first="Lola", email="z@b.uz", position="smm"),
        row(last="G'ofurova", first="Ra'no", number="0077", library="tsh-2"), row(first="Nigoar", library="tsh-2"), *NEW,
    )  # fmt: skip
    first = look(text)
    assert working.answer(import_=first, by=first.made_by, all_open="another") == 1
    assert set(take(first).values()) == {"same", "added"}

    again = look(text)
    assert {one.verdict for one in again.rows.all()} == {"same"}
    assert not working.ask_to_apply(import_=again, by=again.made_by)


def test_an_answer_makes_of_a_question_the_same_person_or_another(nigora, look, take):
    made = look(table(row(last="Karimva", library="tsh-2")))
    one = made.rows.get()
    assert working.answer(import_=made, by=made.made_by, answers={2: ("same", one.candidates[0])}) == 1
    one.refresh_from_db()

    assert (one.verdict, one.person, one.changes["library"]) == ("changed", nigora, ["tsh-1", "tsh-2"])
    working.answer(import_=made, by=made.made_by, answers={2: ("another", {})})
    assert take(made) == {2: "added"}
    assert working.answer(import_=made, by=made.made_by, answers={2: ("same", one.candidates[0])}) == 0


def test_another_person_cannot_have_the_same_email_or_login(nigora, look):
    made = look(table(row(email="nigora@example.org", first="Zulfiya"), row(login="TSH-0001", first="Barno")))
    working.answer(import_=made, by=made.made_by, all_open="another")

    assert [(one.verdict, one.said[0][0]) for one in made.rows.all()] == [
        ("refused", "email_taken"),
        ("refused", "login_taken"),
    ]


def test_two_rows_answered_as_one_person(nigora, look):
    made = look(table(row(last="Karimva"), row(last="Karimvoa", library="tsh-2")))
    working.answer(
        import_=made, by=made.made_by, answers={n: ("same", made.rows.get(line=n).candidates[0]) for n in (2, 3)}
    )

    assert [one.verdict for one in made.rows.all()] == ["changed", "refused"]


def test_all_or_nothing_is_not_begun_while_a_row_is_refused(nation, look):
    made = look(table(NEW[0], row(library="sam-1")))

    assert not working.ask_to_apply(import_=made, by=made.made_by, all_or_nothing=True)
    assert working.ask_to_apply(import_=made, by=made.made_by)


@pytest.mark.parametrize("whole", [True, False])
def test_a_library_that_was_merged_meanwhile(nation, look, take, whole):
    made = look(table(NEW[0], row(library="tsh-2", last="Zokirova")))
    Library.objects.get(code="tsh-2").delete()

    done = take(made, all_or_nothing=whole)
    assert done == ({2: "left_out", 3: "left_out"} if whole else {2: "added", 3: "left_out"})
    assert outcomes(made)[3][1] == ["library_unknown"]
    if whole:
        assert outcomes(made)[2][1] == ["nothing_written"]
    assert len(staff()) == (0 if whole else 1)


def test_a_record_that_was_changed_meanwhile_is_not_overwritten(nigora, look, take, hr):
    made = look(table(row(login="TSH-0001", number="9"), NEW[0]))
    people.change(person=nigora, by=hr, personnel_number="55")

    assert take(made) == {2: "left_out", 3: "added"}
    assert outcomes(made)[2][1] == ["meanwhile"]
    assert User.objects.get(pk=nigora.pk).personnel_number == "55"


def test_somebody_alike_who_came_meanwhile_is_asked_about(nation, look, take, hr):
    made = look(table(row(), NEW[0]))
    people.add(by=hr, library=nation["tsh-2"], last_name="Karimova", first_name="Nigora", patronymic="Salim qizi")

    assert take(made) == {2: "left_out", 3: "added"}
    assert outcomes(made)[2][1] == ["meanwhile"]


def test_an_answer_does_not_hold_for_somebody_who_came_after_it(nigora, nation, look, take, hr):
    made = look(table(row(library="tsh-2"), NEW[0]))
    working.answer(import_=made, by=hr, all_open="another")
    people.add(by=hr, library=nation["tsh"], last_name="Karimova", first_name="Nigora", patronymic="Salim qizi")

    assert take(made) == {2: "left_out", 3: "added"}
    assert outcomes(made)[2][1] == ["meanwhile"]


def test_the_same_file_given_by_two(nation, look, take, hr):
    text = table(*NEW)
    one, other = look(text), look(text)

    assert set(take(one).values()) == {"added"}
    assert set(take(other).values()) == {"same"}
    assert outcomes(other)[2] == ("same", ["meanwhile_added", "by_number"])
    assert len(staff()) == 8


def test_a_role_that_was_taken_away_meanwhile(nation, look, hr):
    made = look(table(NEW[0]))
    RoleGrant.objects.all().delete()
    working.ask_to_apply(import_=made, by=hr)
    made.refresh_from_db()

    assert made.applying.state == "failed"
    assert staff() == []


def test_a_scope_that_was_made_smaller_meanwhile(nation, look, take, hr):
    made = look(table(NEW[0], row(library="tsh-2", last="Zokirova")))
    RoleGrant.objects.filter(person=hr).update(library=nation["tsh-2"])

    assert take(made) == {2: "left_out", 3: "added"}
    assert outcomes(made)[2][1] == ["library_outside"]


def test_a_double_click_takes_in_once(nation, look, take):
    made = look(table(NEW[0]))
    take(made)
    take(made)

    assert len(staff()) == 1


def test_a_worker_that_is_killed_midway_is_followed_by_one_that_goes_on(nation, look, take, monkeypatch):
    monkeypatch.setattr(applying, "BATCH", 3)
    monkeypatch.setattr(working, "AT_ONCE", 0)
    made = look(table(*NEW, row(last="Valiyeva"), row(last="Valiyeva", first="Ali", patronymic="", library="tsh-2")))
    working.answer(import_=made, by=made.made_by, all_open="another")
    working.ask_to_apply(import_=made, by=made.made_by)
    made.refresh_from_db()

    class Killed(BaseException):
        pass

    def die(job, done, total=None):
        if done == 6:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "progress", die)
        with pytest.raises(Killed):
            jobs.run_one(made.applying.pk)
    assert len(staff()) == 6
    type(made.applying).objects.update(claimed_at=None)  # as the lapse of its claim does
    jobs.run_one(made.applying.pk)

    assert {one.outcome for one in made.rows.all()} == {"added"}
    assert [login for login, _name in staff()] == [f"TSH-{n:04}" for n in range(1, 11)]
    assert {one.login for one in made.rows.all()} == {login for login, _name in staff()}


@pytest.mark.parametrize("how_many", [2, 8])
def test_queries_grow_by_two_a_new_person_for_the_log(nation, look, django_assert_num_queries, how_many):
    made = look(table(*NEW[:how_many]))
    with django_assert_num_queries(40 + 2 * how_many):
        applying.apply(made, made.made_by)


def test_rows_go_after_a_month_and_what_was_done_stays(nation, look, take):
    from datetime import timedelta

    from django.utils import timezone

    made = look(table(NEW[0]))
    take(made)
    assert working.drop_old_rows() == 0
    assert working.drop_old_rows(timezone.now() + timedelta(days=31)) == 1
    assert StaffImport.objects.get(pk=made.pk).counts == {"added": 1}
    assert not made.rows.exists()
