"""Machines ask: does the process answer, can it serve, what are its figures. Without session, host name or TLS, and told no secret."""

from datetime import UTC

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.db import connection

from accounts import jobs
from accounts.models import Job, Notice
from cms import readiness, sweeping
from tests import making

TOKEN = "a token of the monitoring: 0123456789"
WELL = {
    "database": "ok", "migrations": "ok", "cache": "ok", "broker": "none", "media": "ok", "private": "ok", "disk": "ok",
}  # fmt: skip


@pytest.fixture(autouse=True)
def looked_at_anew():
    readiness.forget()
    yield
    readiness.forget()


def test_a_probe_comes_by_any_name_without_tls_and_gets_no_cookie(client, db, settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["saboq.example.org"], True

    for address in ("/healthz", "/readyz"):
        answer = client.get(address, headers={"host": "10.20.30.40:8000"})
        assert (answer.status_code, answer.headers["Cache-Control"], dict(answer.cookies)) == (200, "no-store", {})
    assert client.get("/uz/", headers={"host": "10.20.30.40:8000"}).status_code == 400


def test_healthz_asks_no_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/healthz").text == "ok"


def test_readyz_names_each_thing_in_a_word(client, db):
    assert client.get("/readyz").json() == WELL


def test_without_a_migration_nothing_is_ready_and_one_too_many_is_fine(client, db):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE django_migrations SET name = '0002_later' WHERE app = 'courses' AND name = '0001_initial'"
        )
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["migrations"]) == (503, "missing")

        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('courses', '0001_initial', '2026-01-01')"
        )
    readiness.forget()
    assert client.get("/readyz").json() == WELL


def test_without_a_database_it_is_said_and_nothing_else_fails(client, db, monkeypatch, settings):
    settings.METRICS_FROM = ["127.0.0.1"]
    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", refuse)
        answer, figures = client.get("/readyz"), client.get("/metrics")

    assert (answer.status_code, answer.json()) == (503, WELL | {"database": "away", "migrations": "unknown"})
    assert 'saboq_component_ok{component="database"} 0.0' in figures.text
    assert "saboq_jobs" not in figures.text


def refuse(*args, **kwargs):
    from django.db import OperationalError

    raise OperationalError("connection refused for user saboq with a password")


@pytest.mark.parametrize(
    ("spoil", "part"),
    [
        (lambda s, m, t: setattr(s, "CELERY_BROKER_URL", "redis://127.0.0.1:1/0"), "broker"),
        (lambda s, m, t: m.setattr(cache, "get", lambda *a: None), "cache"),
        (lambda s, m, t: m.setattr(readiness, "LITTLE_DISK", 2**60), "disk"),
        (lambda s, m, t: setattr(s, "MEDIA_ROOT", t / "file" / "below"), "media"),
    ],
)
def test_what_pages_do_without_is_degraded_and_not_away(client, db, settings, monkeypatch, tmp_path, spoil, part):
    (tmp_path / "file").write_text("no folder")
    spoil(settings, monkeypatch, tmp_path)
    if part == "broker":
        from config.celery import app

        monkeypatch.setattr(app.conf, "broker_url", settings.CELERY_BROKER_URL)
        monkeypatch.setattr(app.conf, "broker_write_url", settings.CELERY_BROKER_URL)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, WELL | {part: "degraded"})


def test_asking_again_at_once_looks_at_nothing(client, db, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(0):
        client.get("/readyz")


# --- Figures ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "networks", "given", "status"),
    [
        ("", [], {}, 404),
        ("", [], {"Authorization": "Bearer "}, 404),
        (TOKEN, [], {}, 404),
        (TOKEN, [], {"Authorization": f"Bearer {TOKEN}x"}, 404),
        (TOKEN, [], {"Authorization": f"Basic {TOKEN}"}, 404),
        (TOKEN, [], {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("", ["10.0.0.0/8"], {}, 404),
        ("", ["10.0.0.0/8"], {"X-Forwarded-For": "10.1.1.1"}, 404),
        ("", ["10.0.0.0/8", "127.0.0.0/8"], {}, 200),
    ],
)
def test_figures_are_for_those_alone_whom_the_settings_name(client, db, settings, token, networks, given, status):
    settings.METRICS_TOKEN, settings.METRICS_FROM = token, networks

    assert client.get("/metrics", headers=given).status_code == status


def figures(client):
    """{sample as it stands in the text: number}"""
    configured.METRICS_FROM = ["127.0.0.1"]
    text = client.get("/metrics").text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    assert len(lines) == len({name for name, _, _ in lines})
    return {name: float(number) for name, _, number in lines}


def test_requests_are_counted_by_route_and_never_by_address(client, base, settings):
    before = figures(client)
    client.get("/uz/")
    client.get("/verify/AAAA-BBBB/")
    client.get("/nigora.karimova@example.org/")
    after = figures(client)

    grown = {name for name in after if "_total" in name and after[name] != before.get(name, 0)}
    assert grown == {
        'saboq_http_requests_total{method="GET",route="cms.lessons.serve",status="200"}',
        'saboq_http_requests_total{method="GET",route="verify_result",status="404"}',
        'saboq_http_requests_total{method="GET",route="unmatched",status="404"}',
    }
    assert "nigora" not in repr(after)


def test_sign_ins_and_those_that_failed_are_counted(client, db, settings):
    person, before = making.person(), figures(client)
    for password in ("wrong", "wrong", "uzun-parol-ibora"):
        client.post("/accounts/login/", {"login": person.username, "password": password})
    after = figures(client)

    grown = {name: after[name] - before[name] for name in ("saboq_sign_ins_total", "saboq_sign_in_failures_total")}
    assert grown == {"saboq_sign_ins_total": 1, "saboq_sign_in_failures_total": 2}


def test_work_that_waits_is_told_from_the_rows(client, db, settings, tmp_path):
    from django.utils import timezone

    settings.BACKUP_DIR = tmp_path
    person, now = making.person(), timezone.now()
    jobs.ask(kind="of no kind", by=person)
    Job.objects.update(made_at=now - timezone.timedelta(minutes=5))
    told = {"person": person, "kind": "test", "created_at": now, "mail_wanted": True}
    Notice.objects.create(subject="1", **told)
    Notice.objects.create(subject="2", mail_tries=10, **told)
    sweeping.sweep(parts=(sweeping.hr_totals,))
    whole = tmp_path / f"saboq-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    whole.mkdir()
    (whole / "SHA256SUMS").write_text("")

    told = figures(client)

    assert told['saboq_jobs{state="waiting"}'] == 1
    assert 300 <= told["saboq_job_oldest_waiting_seconds"] < 330
    assert (told["saboq_mails_waiting"], told["saboq_mails_given_up"]) == (1, 1)
    assert (told["saboq_certificates"], told["saboq_completions_without_certificate"]) == (0, 0)
    assert 0 <= told["saboq_sweep_age_seconds"] < 30
    assert 0 <= told["saboq_backup_age_seconds"] < 30
    assert told["saboq_log_entries_unsealed"] == 0
    assert told["saboq_disk_free_bytes"] > 0
    assert {name for name in told if name.startswith("saboq_component_ok")} == {
        f'saboq_component_ok{{component="{name}"}}' for name in WELL
    }
