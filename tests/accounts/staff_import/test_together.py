"""Two imports of one file at the same time, on a database that lets two write at once."""

import threading

import pytest
from django.db import connection

from accounts import jobs
from accounts.models import AuditEntry, Library, Role, User
from accounts.roles import grant
from accounts.staff_import import applying, working
from tests.making import person, words

HEAD = "Familiya,Ism,Kutubxona,E-mail\n"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_importers_of_the_same_file_make_nobody_twice(monkeypatch):
    monkeypatch.setattr(applying, "BATCH", 20)
    monkeypatch.setattr(working, "AT_ONCE", 0)
    library = Library.add_root(code="tsh", level="region", titles=words("Region"))
    text = HEAD + "".join(f"Valiyev{chr(97 + n // 20)}a,Ali{chr(97 + n % 20)}bek,tsh,a{n}@b.uz\n" for n in range(100))
    asked = []
    for name in ("one", "other"):
        hr = person(name, last_name="Kadrlarova", library=library)
        grant(person=hr, role=Role.HR, library=library)
        made = working.ask_to_read(data=text.encode(), name="x.csv", by=hr)
        working.answer(import_=made, by=hr, all_open="another")
        working.ask_to_apply(import_=made, by=hr)
        made.refresh_from_db()
        asked.append(made)
    start = threading.Barrier(2)

    def work(made):
        start.wait()
        jobs.run_one(made.applying.pk)
        connection.close()

    threads = [threading.Thread(target=work, args=[made]) for made in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for made in asked:
        made.refresh_from_db()
        assert made.applying.state == "done", made.applying.fault
    assert User.objects.exclude(last_name="Kadrlarova").count() == 100
    assert AuditEntry.objects.filter(deed="person added").count() == 100
    outcomes = [sorted({row.outcome for row in made.rows.all()}) for made in asked]
    added = sum(made.counts.get("added", 0) for made in asked)
    assert added == 100
    assert sum(made.counts.get("same", 0) for made in asked) == 100, outcomes
