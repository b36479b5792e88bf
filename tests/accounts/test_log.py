"""The log: what is kept of people, that the database refuses changes, and that the seals find what was done all the same."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import audit, log_keys, log_triggers, people, roles, sealing
from accounts.models import AuditEntry, AuditLink, AuditSeal, PersonSalt

pytestmark = pytest.mark.django_db
TABLES = (AuditEntry, AuditSeal, AuditLink)


@pytest.fixture
def entries(learner, other):
    """Seven, sealed in three batches."""
    for n in range(7):
        audit.record(
            actor=other, deed="tried", subject=f"thing {n}", reason=f"why {n}", about=learner, count=n, word="oʻ"
        )
    sealing.BATCH, batch = 3, sealing.BATCH
    assert sealing.seal_all() == 7
    sealing.BATCH = batch
    return list(AuditEntry.objects.order_by("pk"))


@pytest.fixture
def by_force():
    """Statements of somebody who may drop the triggers."""

    def run(*statements):
        with connection.cursor() as cursor:
            for table in TABLES:
                names = ["stays", "remains"] + ["whole"] * (connection.vendor == "postgresql")
                for name in names:
                    on = f" ON {table._meta.db_table}" if connection.vendor == "postgresql" else ""
                    cursor.execute(f"DROP TRIGGER {table._meta.db_table}_{name}{on}")
            for statement in statements:
                cursor.execute(statement)
        log_triggers.install(connection)

    return run


def refused(change):
    with pytest.raises(IntegrityError, match=log_triggers.SAYS), transaction.atomic():
        change()


# --- Added to, and nothing else -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", [*log_triggers.FIXED[1:], "reason", "reason_salt"])
def test_the_database_refuses_to_change_a_column_of_an_entry(entries, other, field):
    value = {"at": timezone.now(), "details": {}, "actor_id": None, "person_id": None}.get(field, "x")
    refused(lambda: AuditEntry.objects.filter(pk=entries[0].pk).update(**{field: value}))


def test_the_database_refuses_to_delete_and_to_change_seals(entries):
    refused(lambda: AuditEntry.objects.all()._raw_delete("default"))
    refused(lambda: AuditLink.objects.all().delete())
    refused(lambda: AuditSeal.objects.all().delete())
    refused(lambda: AuditSeal.objects.update(mac="x"))
    refused(lambda: AuditLink.objects.filter(place=1).update(mac="x"))
    assert sealing.verify().fault == ""


def test_the_words_of_a_reason_can_be_erased_and_the_seals_hold(entries):
    assert AuditEntry.objects.filter(pk=entries[1].pk).update(reason="", reason_salt="") == 1

    assert (sealing.verify().fault, sealing.verify().erased) == ("", 1)


@pytest.mark.postgres
def test_the_log_cannot_be_emptied_at_once(entries):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        refused(lambda: cursor.execute("TRUNCATE accounts_auditseal, accounts_auditlink"))


# --- Seals find it ------------------------------------------------------------------------------------------------------


def test_a_whole_log_is_told_so(entries, capsys):
    seals = list(AuditSeal.objects.values_list("number", "first", "last", "count"))
    assert seals == [(1, 1, 3, 3), (2, 4, 6, 3), (3, 7, 7, 1)]
    audit.record(actor=None, deed="tried", subject="one more")

    call_command("verify_log", head=sealing.head())

    assert capsys.readouterr().out == (
        f"The log is whole: 7 entries sealed, 1 not yet sealed, 0 reasons erased.\nhead {sealing.head()}\n"
    )


@pytest.mark.parametrize(
    "change",
    [
        "deed = 'did'", "subject = 'thing 9'", "at = '2026-01-01 00:00:00'", "actor_id = NULL", "person_id = NULL",
        "details = '{\"count\": 5}'", "reason_digest = ''",
    ],
)  # fmt: skip
def test_one_altered_entry_is_found_and_named(entries, by_force, change):
    by_force(f"UPDATE accounts_auditentry SET {change} WHERE id = {entries[4].pk}")

    fault = sealing.verify().fault
    assert fault.startswith(f"entry {entries[4].pk} was altered or put in: ")
    with pytest.raises(CommandError) as exit:
        call_command("verify_log")
    assert (str(exit.value), exit.value.returncode) == (fault, 1)


def test_an_altered_reason_is_found(entries, by_force):
    by_force(f"UPDATE accounts_auditentry SET reason = 'another' WHERE id = {entries[2].pk}")

    assert sealing.verify().fault == f"the reason of entry {entries[2].pk} was altered: «tried thing 2»"


def test_a_missing_entry_is_found_in_the_middle_and_at_the_end_of_a_seal(entries, by_force):
    for gone, before in ((entries[5], entries[4]), (entries[3], "the beginning")):
        by_force(
            f"DELETE FROM accounts_auditlink WHERE entry_id = {gone.pk}",
            f"DELETE FROM accounts_auditentry WHERE id = {gone.pk}",
        )
        before = before if isinstance(before, str) else f"entry {before.pk}"
        place = entries.index(gone) + 1
        assert sealing.verify().fault == f"an entry is missing: place {place}, after {before}"


def test_an_entry_put_into_the_chain_is_found(entries, by_force):
    by_force(
        "UPDATE accounts_auditlink SET place = place + 100 WHERE place > 4",
        "UPDATE accounts_auditlink SET place = place - 99 WHERE place > 100",
    )
    forged = audit.record(actor=None, deed="tried", subject="forged")
    AuditLink.objects.create(place=5, entry=forged, mac="0" * 64)

    assert sealing.verify().fault == f"entry {forged.pk} was altered or put in: «tried forged», place 5"


def test_an_entry_put_in_with_an_old_date_is_found(entries):
    forged = AuditEntry.objects.create(at=timezone.now() - timedelta(days=3), deed="tried", subject="forged")

    assert sealing.verify().fault == (
        f"entry {forged.pk} was put in later: «tried forged» was not there when its time was sealed"
    )


def test_a_cut_off_end_is_found_by_the_head_of_a_backup(entries, by_force):
    head = sealing.head()
    by_force(
        "DELETE FROM accounts_auditlink WHERE place > 6",
        "DELETE FROM accounts_auditseal WHERE number = 3",
        f"DELETE FROM accounts_auditentry WHERE id = {entries[6].pk}",
    )

    assert sealing.verify().fault == ""  # nothing that is left tells it
    assert (
        sealing.verify(head).fault == f"the head {head} is not in the log: it was cut off or made anew after 6 entries"
    )


def test_a_seal_taken_away_or_altered_is_found(entries, by_force):
    by_force("UPDATE accounts_auditseal SET made_at = '2026-01-01 00:00:00' WHERE number = 1")
    assert sealing.verify().fault == "seal 1 was altered"
    by_force("DELETE FROM accounts_auditseal WHERE number = 1")
    assert sealing.verify().fault == "seal 1 is missing"
    by_force("DELETE FROM accounts_auditseal WHERE number > 1")
    assert sealing.verify().fault.startswith(f"place 1 (entry {entries[0].pk}) belongs to no seal")


def test_an_older_head_is_still_in_a_log_that_went_on(entries):
    head = sealing.head()
    audit.record(actor=None, deed="tried", subject="later")
    sealing.seal_all()

    assert sealing.head() != head
    assert sealing.verify(head).fault == ""


def test_an_entry_with_a_lower_number_that_comes_later_gets_the_next_place(entries):
    """On PostgreSQL keys are drawn before the commit (test_log_at_once.py has two real transactions)."""
    newest = entries[-1].pk
    for key in (newest + 1000, newest + 500):
        AuditEntry.objects.create(pk=key, at=timezone.now(), deed="tried", subject="slow transaction")
        seal = sealing.seal_one()

    assert (seal.first, seal.count, seal.newest) == (9, 1, newest + 500)
    assert (sealing.verify().sealed, sealing.verify().waiting, sealing.verify().fault) == (9, 0, "")


def test_what_was_sealed_long_ago_is_not_looked_through_each_time(entries, django_assert_num_queries):
    later = timezone.now() + timedelta(days=2)
    with django_assert_num_queries(3):
        assert sealing.seal_one(later) is None


# --- Keys ---------------------------------------------------------------------------------------------------------------


def test_the_key_is_made_once_in_the_folder_of_keys_and_never_read_by_others(settings, tmp_path, learner):
    settings.SIGNING_DIR = str(tmp_path)
    audit.record(actor=None, deed="tried", subject="x")
    with pytest.raises(log_keys.NoLogKey):
        sealing.verify()
    sealing.seal_all()
    file = tmp_path / "log-key.hex"
    assert (len(bytes.fromhex(file.read_text())), file.stat().st_mode & 0o777) == (32, 0o600)
    assert sealing.verify().fault == ""

    file.unlink()
    audit.record(actor=None, deed="tried", subject="y")
    with pytest.raises(log_keys.NoLogKey, match="cannot be read"):  # a new one would hide that the old one is lost
        sealing.seal_all()


def test_after_a_change_of_keys_the_old_one_still_proves_what_it_sealed(settings, tmp_path):
    settings.SIGNING_DIR = str(tmp_path)
    (tmp_path / "old").mkdir()
    for name in ("x", "y"):
        audit.record(actor=None, deed="tried", subject=name)
        sealing.seal_all()
        (tmp_path / "log-key.hex").rename(tmp_path / "old" / f"log-key-{name}.hex")
        (tmp_path / "log-key.hex").write_text(name.encode().hex() * 32)

    assert sealing.verify().fault == ""
    (tmp_path / "old" / "log-key-x.hex").unlink()
    assert sealing.verify().fault.startswith("seal 1 was made by a key that is not here")


# --- What is kept of people ---------------------------------------------------------------------------------------------


def test_personal_values_are_digests_by_the_persons_salt(learner, other):
    people.confirm_name(person=learner, name="Karimova Nigora")

    entry = AuditEntry.objects.get(deed="certificate name confirmed")
    salt = PersonSalt.objects.get(person=learner).salt
    assert entry.details == {
        "fields": ["certificate_name"],
        "digests": {
            "certificate_name": [
                audit.digest(salt, "certificate_name", ""), audit.digest(salt, "certificate_name", "Karimova Nigora")
            ]
        },
    }  # fmt: skip
    assert "Karimova" not in json.dumps(list(AuditEntry.objects.values("details", "subject", "deed")))
    assert audit.salt_of(other.pk) != salt


def test_forgetting_a_person_leaves_the_seals_whole_and_the_digests_without_sense(entries, learner, other):
    audit.record(actor=learner, deed="tried", subject="x", personal={"e": ("a", "b")}, about=learner)
    audit.record(actor=learner, deed="tried", subject="x", reason="of another", about=other)
    sealing.seal_all()

    audit.forget(person=learner.pk)

    assert not PersonSalt.objects.filter(person=learner).exists()
    assert set(AuditEntry.objects.values_list("reason", flat=True)) == {"", "of another"}
    assert (sealing.verify().fault, sealing.verify().erased) == ("", 7)


def test_whom_an_entry_is_about(learner, other):
    made = [
        audit.record(actor=other, deed="d", subject=f"person {learner.pk}"),
        audit.record(actor=other, deed="d", subject="x", person=learner.pk),
        audit.record(actor=other, deed="d", subject="x", learner=learner.pk),
        audit.record(actor=other, deed="d", subject="x", about=learner),
        audit.record(actor=other, deed="d", subject="x"),
    ]
    assert [one.person_id for one in made] == [learner.pk] * 4 + [None]


def test_roles_given_and_taken_back_stand_in_the_log(learner, other):
    roles.grant(person=learner, role="trainer", by=other)
    roles.grant(person=learner, role="trainer", by=other)
    given = learner.role_grants.get(role="trainer")
    roles.withdraw(grant=given, by=other, reason="left")
    roles.withdraw(grant=given, by=other)

    assert list(AuditEntry.objects.order_by("pk").values_list("deed", "actor", "person", "reason", "details__role")) == [
        ("role given", other.pk, learner.pk, "", "trainer"), ("role taken back", other.pk, learner.pk, "left", "trainer"),
    ]  # fmt: skip
    assert not learner.groups.exists()


def test_a_look_at_oneself_is_no_look_up(learner, other):
    audit.looked_up(by=learner, person=learner, what="record")
    audit.looked_up(by=other, person=learner, what="record")

    assert list(AuditEntry.objects.values_list("deed", "actor", "person", "details")) == [
        (audit.LOOKED_UP, other.pk, learner.pk, {"what": "record"})
    ]


def test_a_deed_that_is_undone_leaves_no_entry(learner):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        people.confirm_name(person=learner, name="Karimova Nigora")
        raise ZeroDivisionError
    assert not AuditEntry.objects.exists()
