"""The database itself refuses to change or to delete what stands in the log.

Put up after every `migrate` (accounts/apps.py): SQLite makes a table anew when a migration changes it, and forgets its triggers.
Who may drop triggers can get past them; what was done then is found by the seals (accounts/sealing.py).
"""

ENTRY, SEALED = "accounts_auditentry", ("accounts_auditseal", "accounts_auditlink")
FIXED = (
    "id",
    "at",
    "actor_id",
    "deed",
    "subject",
    "person_id",
    "reason_digest",
    "details",
)  # of an entry: all but the words
SAYS = "the log is only added to"


def install(connection):
    """Safe to repeat."""
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _sqlite():
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in FIXED)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    yield f"DROP TRIGGER IF EXISTS {ENTRY}_stays"
    yield (
        f"CREATE TRIGGER {ENTRY}_stays BEFORE UPDATE ON {ENTRY}"
        f" WHEN NOT ({same} AND NEW.reason = '' AND NEW.reason_salt = '') {refuse}"
    )
    for table in SEALED:
        yield f"DROP TRIGGER IF EXISTS {table}_stays"
        yield f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} {refuse}"
    for table in (ENTRY, *SEALED):
        yield f"DROP TRIGGER IF EXISTS {table}_remains"
        yield f"CREATE TRIGGER {table}_remains BEFORE DELETE ON {table} {refuse}"


def _postgresql():
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in FIXED)
    yield (
        "CREATE OR REPLACE FUNCTION accounts_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    refuse = "EXECUTE FUNCTION accounts_log_stays()"
    yield f"DROP TRIGGER IF EXISTS {ENTRY}_stays ON {ENTRY}"
    yield (
        f"CREATE TRIGGER {ENTRY}_stays BEFORE UPDATE ON {ENTRY} FOR EACH ROW"
        f" WHEN (NOT ({same} AND NEW.reason = '' AND NEW.reason_salt = '')) {refuse}"
    )
    for table in SEALED:
        yield f"DROP TRIGGER IF EXISTS {table}_stays ON {table}"
        yield f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW {refuse}"
    for table in (ENTRY, *SEALED):
        yield f"DROP TRIGGER IF EXISTS {table}_remains ON {table}"
        yield f"CREATE TRIGGER {table}_remains BEFORE DELETE ON {table} FOR EACH ROW {refuse}"
        yield f"DROP TRIGGER IF EXISTS {table}_whole ON {table}"
        yield f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
