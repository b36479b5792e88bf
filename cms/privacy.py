"""A person's data from all rooms: taken along, depersonalised, and kept no longer than the table of retention says."""

import json
import logging
import re
import tempfile
import zipfile

from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from accounts import audit, jobs, personal
from accounts import privacy as accounts
from accounts.models import User
from certification import privacy as certification
from courses import privacy as courses
from reports import privacy as reports
from seminars import privacy as seminars

log = logging.getLogger(__name__)
ROOMS = (accounts, courses, seminars, certification, reports)
HELD = tuple(held for room in ROOMS for held in room.HELD)
NAMED = {column: why for room in ROOMS for column, why in room.NAMED.items()}
RETENTION = tuple(rule for room in ROOMS for rule in room.RETENTION)

JOB = "own data"
AT_ONCE = 20 * 1024 * 1024  # bytes of files: more is packed by a job


class StillHere(Exception):
    """The person has not left: only who is no longer active is depersonalised."""


# --- Taking along --------------------------------------------------------------------------------------------------------


def size_of(person):
    """Bytes of the files that a person (a key) takes along; a file that is lost counts nothing."""
    total = 0
    for held in HELD:
        for _pk, stored, _name in personal.files_along(held, person):
            try:
                total += stored.size
            except OSError:
                log.warning("%s: %s is not there", held.model, stored.name)
    return total


def pack(person, out):
    """Write the ZIP of a person (a key) into the open binary file: data.json, and the files by table and row."""
    told, lost = {}, []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for held in HELD:
            rows = list(personal.values(held, person))
            if rows:
                told[f"{held.model} ({held.person})"] = rows
            for pk, stored, name in personal.files_along(held, person):
                place = f"files/{held.model}/{pk}-{_plain(name or stored.name)}"
                try:
                    with stored.storage.open(stored.name) as file, archive.open(place, "w", force_zip64=True) as into:
                        for part in File(file).chunks():
                            into.write(part)
                except OSError:
                    lost.append(place)
        said = {"person": person, "made_at": timezone.now(), "tables": told, "lost_files": lost}
        text = json.dumps(said, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
        archive.writestr("data.json", text)


def _plain(name):
    """A file's name that no program takes for a way out of the folder."""
    return re.sub(r"[^\w.-]+", "_", name.rsplit("/", 1)[-1])[:100].lstrip(".") or "file"


def ask(person):
    """Have the archive made by a job; the log knows of it. Returns the Job."""
    note(person)
    return jobs.ask(kind=JOB, by=person)


def note(person):
    audit.record(actor=person, deed="data downloaded", subject=f"person {person.pk}")


@jobs.runner(JOB)
def run(job):
    with tempfile.TemporaryFile() as file:
        pack(job.made_by_id, file)
        file.seek(0)
        job.made.save("made", File(file), save=False)
    job.made_name = "data.zip"
    job.save(update_fields=["made", "made_name"])
    job.made.close()


# --- Depersonalising -----------------------------------------------------------------------------------------------------


def depersonalise(*, person, by, reason):
    """Who has left is named nowhere but in the register of certificates. Cannot be undone. Raises StillHere, ValueError without a reason.

    The log keeps keys and digests; what gave the digests a sense is erased (accounts/audit.py: forget).
    """
    if not reason.strip():
        raise ValueError("depersonalising needs a reason")
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        if person.is_active or person.pk == by.pk:
            raise StillHere(person)
        for held in reversed(HELD):
            personal.erase(held, person.pk)
        audit.forget(person=person.pk)
        User.objects.filter(pk=person.pk, depersonalised_at=None).update(depersonalised_at=timezone.now())
        audit.record(actor=by, deed="person depersonalised", subject=f"person {person.pk}", reason=reason.strip())


# --- How long ------------------------------------------------------------------------------------------------------------


def keep_to_retention(now):
    """Shorten or delete what is older than the table of retention allows. Returns how many rows."""
    return sum(rule.drop(now) for rule in RETENTION)
