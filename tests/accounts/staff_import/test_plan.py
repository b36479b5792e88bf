"""Who is meant by a row, and what would be done: recognised, asked, refused. Nothing is guessed, nothing is doubled."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import libraries, people
from accounts.models import Library, Role, RoleGrant, User
from accounts.roles import grant
from accounts.staff_import import likeness, working
from tests.making import person

HEAD = "Login,Familiya,Ism,Sharif,Kutubxona,Lavozim,Tabel,E-mail\n"


def row(
    login="",
    last="Karimova",
    first="Nigora",
    patronymic="Salim qizi",
    library="tsh-1",
    position="",
    number="",
    email="",
):
    return ",".join([login, last, first, patronymic, library, position, number, email])


def table(*rows):
    return HEAD + "".join(f"{one}\n" for one in rows)


@pytest.mark.parametrize("one", [
    row(), row(last="КАРИМОВА", first="нигора", patronymic="Салим қизи"), row(last="Nigora", first="Karimova"), row(patronymic="Salim  qizi"),
    row(login="tsh-0001"), row(number="123"), row(number="00123"), row(email="NIGORA@example.org"), row(library="Kutubxona TSH-1 uz"),
])  # fmt: skip
def test_the_same_person_in_any_spelling(nigora, verdicts, one):
    assert verdicts(table(one))[2][0] == "same"


@pytest.mark.parametrize("signs", ["'", "’", "‘", "ʻ", "ʼ", "`", "´"])
def test_apostrophes_of_every_kind_mean_the_same_person(nation, verdicts, signs):
    people.add(by=None, library=nation["tsh-1"], last_name="Oʻrinova", first_name="Maʼmura")

    assert verdicts(table(row(last=f"O{signs}rinova", first=f"Ma{signs}mura", patronymic="")))[2] == (
        "same",
        ["by_name"],
    )


def test_how_somebody_was_recognised_is_said(nigora, verdicts):
    found = [
        verdicts(table(one))[2]
        for one in (row(login="TSH-0001"), row(email="nigora@example.org"), row(number="123", library="tsh-2"))
    ]

    assert found == [("same", ["by_login"]), ("same", ["by_email"]), ("changed", ["by_number"])]


def test_what_would_change_is_said_with_old_and_new(nigora, look):
    made = look(
        table(
            row(
                login="TSH-0001",
                first="Nigorra",
                library="tsh-2",
                position="SMM ru",
                number="77",
                email="n@example.org",
            )
        )
    )
    changed = made.rows.get()

    assert changed.verdict == "changed"
    assert changed.changes == {
        "first_name": ["Nigora", "Nigorra"], "library": ["tsh-1", "tsh-2"], "position": ["", "smm"],
        "personnel_number": ["00123", "77"], "email": ["nigora@example.org", "n@example.org"],
    }  # fmt: skip


@pytest.mark.parametrize("one", [
    row(library="tsh-2"),  # elsewhere
    row(last="Karimva"), row(first="Nigoara"), row(last="Каримава"),  # a slip of the hand
    row(patronymic="Salimovna"), row(patronymic="S."), row(patronymic=""),  # the same father, perhaps
    row(number="9"),  # another number
    row(login="TSH-0001", first="Zulfiya"), row(email="nigora@example.org", last="Xasanova"), row(number="123", last="Xasanova"),
])  # fmt: skip
def test_what_is_only_probable_is_asked(nigora, look, one):
    asked = look(table(one)).rows.get()

    assert asked.verdict == "duplicate"
    assert asked.candidates == [
        {"person": nigora.pk, "login": "TSH-0001", "name": "Karimova Nigora Salim qizi", "library": "tsh-1"}
    ]


@pytest.mark.parametrize("one", [
    row(patronymic="Anvar qizi"), row(first="Sevara"), row(last="Rahimova"), row(library="tsh-2", patronymic="Botir qizi", number="8"),
])  # fmt: skip
def test_somebody_else_is_new(nigora, verdicts, one):
    assert verdicts(table(one))[2] == ("new", [])


@pytest.mark.parametrize(("one", "other"), [
    ("Юлдашева", "Yoʻldosheva"), ("Джураева", "Joʻrayeva"), ("Usmanova", "Usmonova"), ("Khodjaeva", "Xoʻjayeva"), ("Раҳимова", "Rakhimova"),
    ("Yusupova", "Yusupva"), ("Abdullayeva", "Abdulayeva"), ("Mirzayeva", "Mizrayeva"),
])  # fmt: skip
def test_family_names_that_sound_alike_are_near(one, other):
    plain = [likeness.plain(name) for name in (one, other)]

    assert likeness.near_keys(plain[0], "nigora") & likeness.near_keys(plain[1], "nigora")


@pytest.mark.parametrize(
    ("one", "other"), [("Ali", "Vali"), ("Karimova", "Rahimova"), ("Aziz", "Aziza"), ("Salimova", "Halilova")]
)
def test_names_of_different_people_are_not_near(one, other):
    plain = [likeness.plain(name) for name in (one, other)]

    assert not likeness.near_keys(plain[0], "nigora") & likeness.near_keys(plain[1], "nigora")


@pytest.mark.parametrize(("one", "why"), [
    (row(library="tsh-9"), "library_unknown"), (row(library="sam-1"), "library_outside"), (row(library="SAM-1"), "library_outside"),
    (row(library=""), "no_library"), (row(position="kosmonavt"), "position_unknown"), (row(login="TSH-7777"), "login_unknown"),
    (row(library="Kutubxona sam-1 uz"), "library_unknown"), (row(first="=1+1"), "formula"),
])  # fmt: skip
def test_why_a_row_is_refused(nation, verdicts, one, why):
    assert verdicts(table(one))[2] == ("refused", [why])


def test_a_name_of_two_libraries_means_none(nation, verdicts):
    Library.objects.filter(code="tsh-2").update(titles=Library.objects.get(code="tsh-1").titles)

    assert verdicts(table(row(library="Kutubxona tsh-1 uz")))[2] == ("refused", ["library_ambiguous"])


def test_who_has_a_single_library_need_not_name_it(nation, verdicts):
    hr = person("hr", library=nation["tsh-1"])
    grant(person=hr, role=Role.HR, library=nation["tsh-1"])

    assert verdicts("Familiya,Ism\nKarimova,Nigora\n", by=hr)[2] == ("new", [])


def test_people_of_others_are_not_told_of(nation, verdicts):
    """The neighbour's Nigora of the same name is nobody here; that an e-mail is taken is all that is said."""
    people.add(
        by=None,
        library=nation["sam-1"],
        last_name="Karimova",
        first_name="Nigora",
        patronymic="Salim qizi",
        email="n@example.org",
        personnel_number="5",
    )
    there = User.objects.get(email="n@example.org").username

    assert verdicts(table(row()))[2] == ("new", [])
    assert verdicts(table(row(login=there)))[2] == ("refused", ["login_unknown"])
    assert verdicts(table(row(email="N@example.org")))[2] == ("refused", ["email_elsewhere"])


def test_keys_of_different_people_are_refused(nigora, nation, verdicts):
    people.add(by=None, library=nation["tsh-1"], last_name="Valiyev", first_name="Ali", email="ali@example.org")

    assert verdicts(table(row(login="TSH-0001", email="ali@example.org")))[2] == ("refused", ["keys_disagree"])


@pytest.mark.parametrize("others", [{"email": "b@b.uz"}, {"position": "smm"}])
def test_two_people_of_one_name_in_one_library_are_asked_about(nation, look, take, others):
    """Nothing but who they are tells them apart: another e-mail or position says that they may be two."""
    first = row(email="a@b.uz", position="librarian")
    made = look(table(first, row(**{"email": "", "position": "librarian"} | others, last="Каримова", first="Нигора")))

    assert [(one.verdict, [c.get("line") for c in one.candidates]) for one in made.rows.all()] == [
        ("new", []), ("duplicate", [2]),
    ]  # fmt: skip
    working.answer(import_=made, by=made.made_by, answers={3: ("another", {})})
    assert take(made) == {2: "added", 3: "added"}
    assert User.objects.filter(library=nation["tsh-1"], last_name__in=["Karimova", "Каримова"]).count() == 2


def test_one_of_two_people_of_one_name_is_on_record(nigora, look, take):
    made = look(table(row(email="nigora@example.org"), row(email="b@b.uz")))

    assert [(one.verdict, [c["login"] for c in one.candidates]) for one in made.rows.all()] == [
        ("same", []), ("duplicate", ["TSH-0001"]),
    ]  # fmt: skip
    working.answer(import_=made, by=made.made_by, answers={3: ("another", {})})
    assert take(made) == {2: "same", 3: "added"}


def test_a_library_that_was_merged_away_means_the_one_it_went_into(nation, hr, verdicts, look, take):
    people.add(by=None, library=nation["tsh-2"], last_name="Karimova", first_name="Nigora")
    libraries.merge(library=nation["tsh-2"], into=nation["tsh-1"], by=None, reason="x")
    rows = table(row(library="TSH-2", patronymic=""), row(library="Kutubxona tsh-2 uz", last="Valiyev", first="Ali"))

    assert [verdict for verdict, _said in verdicts(rows).values()] == ["same", "new"]
    take(look(rows))
    assert set(User.objects.exclude(pk=hr.pk).values_list("library__code", flat=True)) == {"tsh-1"}
    assert [verdict for verdict, _said in verdicts(rows).values()] == ["same", "same"]


def test_a_library_that_went_into_a_foreign_region_is_not_the_importers_any_more(nation, verdicts):
    libraries.merge(library=nation["tsh-2"], into=nation["sam-1"], by=None, reason="x")

    assert verdicts(table(row(library="tsh-2")))[2] == ("refused", ["library_outside"])


def test_nobody_is_brought_into_a_library_that_was_closed(nation, verdicts):
    libraries.close(library=nation["tsh-2"], by=None, reason="x")

    assert verdicts(table(row(library="tsh-2")))[2] == ("refused", ["library_closed"])
    assert verdicts(table(row(library="Kutubxona tsh-2 uz")))[2] == ("refused", ["library_closed"])
    Library.objects.filter(code="tsh-1").update(titles=Library.objects.get(code="tsh-2").titles)
    assert verdicts(table(row(library="Kutubxona tsh-2 uz")))[2] == ("new", [])  # the one that is open


@pytest.mark.parametrize("rows", [
    (row(), row(last="Каримова", first="Нигора", patronymic="Салим қизи")), (row(email="a@b.uz"), row(email="A@b.uz", library="tsh-2")),
    (row(number="7"), row(number="007", patronymic="", library="tsh-2")), (row(), row(last="Nigora", first="Karimova")),
])  # fmt: skip
def test_a_row_that_repeats_another_is_refused(nation, verdicts, rows):
    assert verdicts(table(*rows)) == {2: ("new", []), 3: ("refused", ["repeats"])}


def test_two_rows_that_mean_one_person_on_record(nigora, verdicts):
    assert verdicts(table(row(login="TSH-0001"), row(number="123"))) == {
        2: ("same", ["by_login"]),
        3: ("refused", ["repeats"]),
    }


def test_rows_that_are_near_each_other_ask(nation, look):
    made = look(table(row(), row(library="tsh-2"), row(last="Karimva")))

    assert [(one.verdict, [c.get("line") for c in one.candidates]) for one in made.rows.all()] == [
        ("new", []), ("duplicate", [2]), ("duplicate", [2, 3]),
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["role", "superuser", "group"])
def test_of_a_staff_role_login_and_email_stay(nigora, look, take, how):
    if how == "role":
        grant(person=nigora, role=Role.DIRECTOR, library=nigora.library)
    elif how == "superuser":
        User.objects.update(is_superuser=True)
    else:
        from django.contrib.auth.models import Group

        nigora.groups.add(Group.objects.get(name="Editors"))
    made = look(table(row(login="TSH-0001", library="tsh-2", email="other@example.org")))

    assert made.rows.get().changes == {"library": ["tsh-1", "tsh-2"]}
    assert [key for key, _values in made.rows.get().said] == ["by_login", "role_kept", "role_email"]
    assert take(made) == {2: "changed"}
    nigora.refresh_from_db()
    assert (nigora.username, nigora.email, nigora.library.code) == ("TSH-0001", "nigora@example.org", "tsh-2")


@pytest.mark.parametrize(("ends", "kept"), [(-1, False), (0, True)])
def test_whose_days_as_a_deputy_are_over_has_no_staff_role(nigora, hr, look, ends, kept):
    today = timezone.localdate()
    RoleGrant.objects.create(
        person=nigora, role=Role.HR, library=nigora.library, deputy_for=hr, begins_on=today - timedelta(days=9),
        ends_on=today + timedelta(days=ends),
    )  # fmt: skip

    made = look(table(row(login="TSH-0001", email="other@example.org")))

    assert ("email" in made.rows.get().changes) != kept


def test_the_own_letters_of_a_name_stay_and_missing_signs_are_put_in(nation, look):
    people.add(by=None, library=nation["tsh-1"], last_name="Orinova", first_name="Lola")
    rows = (
        row(last="ЎРИНОВА", first="Лола", patronymic=""),
        row(last="ORINOVA", first="LOLA", patronymic=""),
        row(last="O'rinova", first="lola", patronymic=""),
    )
    found = [look(table(one)).rows.get() for one in rows]

    assert [(one.verdict, one.changes) for one in found] == [
        ("same", {}), ("same", {}), ("changed", {"last_name": ["Orinova", "Oʻrinova"]})
    ]  # fmt: skip


def test_empty_cells_change_nothing(nigora, verdicts):
    assert verdicts("Login,Familiya,Ism,Kutubxona\nTSH-0001,Karimova,Nigora,tsh-1\n")[2] == ("same", ["by_login"])


def test_who_has_left_is_not_brought_back(nigora, verdicts):
    User.objects.filter(pk=nigora.pk).update(is_active=False)

    assert verdicts(table(row(login="TSH-0001")))[2] == ("refused", ["has_left"])
    assert verdicts(table(row()))[2] == ("duplicate", ["why_name"])


@pytest.mark.parametrize("how_many", [1, 30])
def test_queries_do_not_grow_with_the_rows(nigora, hr, django_assert_num_queries, how_many):
    from accounts.models import StaffImportRow
    from accounts.staff_import import working

    rows = [
        StaffImportRow(
            line=n,
            given={
                "last_name": f"Ota{chr(97 + n % 20)}v",
                "first_name": f"Isim{chr(97 + n)}",
                "library": f"yoq-{n}",
                "email": f"e{n}@b.uz",
            },
        )
        for n in range(how_many)
    ]
    with django_assert_num_queries(8):
        working.judge(rows, hr)
