"""What is left after the drill: the ledger of what was acknowledged, held against the database, the files and the mails.

python -m scripts.drill.counting writes counts.json into the drill's folder: {phase: {what: number}}, and «seals» for the log.
"""

import hashlib
import json
from collections import Counter, defaultdict

COUNTED = ("lost", "certificates", "seats", "marks", "mails")  # what must be zero, as columns of the table


def main():
    import django

    django.setup()
    from django.conf import settings

    place = settings.PLACE
    phases = json.loads((place / "phases.json").read_text())
    ledger = [json.loads(line) for line in (place / "ledger.jsonl").read_text().splitlines()]
    path = place / "mails.jsonl"
    mails = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    counts = Count(phases, ledger, mails).all()
    (place / "counts.json").write_text(json.dumps(counts))


class Count:
    """`phases`: [{"name", "from"}], in order. What went wrong is counted where it was acknowledged, by the drill's clock."""

    def __init__(self, phases, ledger, mails):
        self.phases, self.ledger, self.mails = phases, ledger, mails
        self.wrong = defaultdict(Counter)
        self.examples = []

    def all(self):
        for deed in (
            self.answers,
            self.deeds,
            self.marks,
            self.seats,
            self.certificates,
            self.doubled_mails,
            self.people,
        ):
            deed()
        self.seals()
        return {"wrong": {name: dict(counts) for name, counts in self.wrong.items()}, "examples": self.examples[:20]}

    def told(self, what):
        return [line for line in self.ledger if line["what"] == what]

    def phase(self, at):
        return next((one["name"] for one in reversed(self.phases) if one["from"] <= at), self.phases[0]["name"])

    def add(self, what, at, why, number=1):
        self.wrong[self.phase(at)][what] += number
        self.examples.append(f"{what}: {why}")

    # --- What was acknowledged --------------------------------------------------------------------------------------------

    def answers(self):
        from courses.models import AttemptQuestion

        rows = {(one.attempt_id, one.slot): one for one in AttemptQuestion.objects.all()}
        newest = {}
        for line in self.told("answer"):
            self.wrong[self.phase(line["at"])]["acknowledged"] += 1
            key = line["attempt"], line["slot"]
            if key not in newest or line["sequence"] > newest[key]["sequence"]:
                newest[key] = line
        for key, line in newest.items():
            row = rows.get(key)
            if row is None or row.sequence < line["sequence"]:
                self.add("lost", line["at"], f"answer {key}: {row and row.sequence}, not {line['sequence']}")
            elif row.sequence == line["sequence"] and row.answer != line["value"]:
                self.add("lost", line["at"], f"answer {key} is another")

    def deeds(self):
        """Steps marked as done, homework with its bytes, tests handed in."""
        from courses.models import ActivityCompletion, Attempt, Submission

        done = set(ActivityCompletion.objects.values_list("enrolment__learner", "activity"))
        handed_in = set(Attempt.objects.filter(submitted_at__isnull=False).values_list("pk", flat=True))
        for line in self.told("done"):
            if (line["person"], line["activity"]) not in done:
                self.add("lost", line["at"], f"step {line['activity']} of {line['person']}")
        for line in self.told("handed in"):
            if line["attempt"] not in handed_in:
                self.add("lost", line["at"], f"attempt {line['attempt']} is not handed in")
        rows = Submission.objects.handed_in().select_related("enrolment").prefetch_related("files")
        work = {(one.enrolment.learner_id, one.assignment_id): one for one in rows}
        for line in self.told("homework"):
            row = work.get((line["person"], line["assignment"]))
            if row is None or line["sha256"] not in map(_digest, row.files.all()):
                self.add("lost", line["at"], f"homework of {line['person']}")

    def marks(self):
        from seminars.models import Attendance

        rows = set(Attendance.objects.values_list("session", "person"))
        for line in self.told("mark"):
            self.wrong[self.phase(line["at"])]["checked in"] += 1
            if (line["session"], line["person"]) not in rows:
                self.add("marks", line["at"], f"mark of {line['person']}")

    def seats(self):
        """Booked above the seats there are, and bookings that were acknowledged and are not there."""
        from seminars.models import Seat, SeminarRun

        held = set(Seat.objects.held().values_list("run", "person"))
        for line in self.told("seat"):
            self.wrong[self.phase(line["at"])]["booked"] += 1
            if (line["run"], line["person"]) not in held:
                self.add("lost", line["at"], f"seat of {line['person']}")
        first = {line["run"]: line["at"] for line in reversed(self.told("seat"))}
        for run in SeminarRun.objects.filter(pk__in=first):
            if (over := run.seats.booked().count() - run.capacity) > 0:
                self.add("seats", first[run.pk], f"run {run.pk} has {over} too many", over)

    # --- What follows by itself ------------------------------------------------------------------------------------------

    def certificates(self):
        """One for each who has finished, with the file that was issued; nobody else's."""
        from certification.models import CertificateVersion

        versions = CertificateVersion.objects.select_related("certificate__enrolment")
        of = defaultdict(list)
        for version in versions:
            of[version.certificate.enrolment.learner_id].append(version)
        for line in self.told("handed in"):
            own = of.get(line["person"], [])
            self.wrong[self.phase(line["at"])]["finished"] += 1
            if len(own) != 1:
                self.add("certificates", line["at"], f"{len(own)} certificates of {line['person']}", abs(len(own) - 1))
            elif not own[0].sha256 or _digest_of(own[0].pdf) != own[0].sha256:
                self.add("certificates", line["at"], f"certificate of {line['person']} has not its file")

    def doubled_mails(self):
        """Sent twice, or told by the platform as sent and never come."""
        from accounts.models import Notice

        came = defaultdict(list)
        for mail in self.mails:
            for to in mail["to"]:
                came[to, mail["subject"]].append(mail["at"])
        for (to, subject), times in came.items():
            self.wrong[self.phase(times[0])]["mailed"] += 1
            if len(times) > 1:
                self.add("mails", times[1], f"«{subject}» to {to}, {len(times)} times", len(times) - 1)
        reached = Counter(to for mail in self.mails for to in mail["to"])
        for notice in Notice.objects.filter(mailed_at__isnull=False).select_related("person"):
            reached[notice.person.email] -= 1
            if reached[notice.person.email] < 0:
                self.add("mails", self.phases[-1]["from"], f"a mail to {notice.person.email} never came")
        waiting = Notice.objects.filter(mail_wanted=True, mailed_at__isnull=True).select_related("person")
        for notice in waiting:
            if reached[notice.person.email] > 0:
                reached[notice.person.email] -= 1
                self.add(
                    "mails", self.phases[-1]["from"], f"a mail to {notice.person.email} came and would be sent again"
                )
        self.wrong["all"]["mails that wait"] = len(waiting)

    def people(self):
        for line in self.told("gave up"):
            self.add("gave up", line["at"], f"{line['person']} {line['why']}")

    def seals(self):
        """The log is sealed and found whole, though its clock has gone back."""
        from django.core.management import CommandError, call_command
        from django.utils import timezone

        from accounts import sealing

        sealing.seal_all(timezone.now())
        try:
            call_command("verify_log", verbosity=0)
        except (CommandError, SystemExit) as fault:
            self.add("lost", self.phases[-1]["from"], f"the log: {fault}")


def _digest(row):
    return _digest_of(row.file)


def _digest_of(file):
    try:
        with file.storage.open(file.name) as stored:
            return hashlib.sha256(stored.read()).hexdigest()
    except OSError as fault:
        return type(fault).__name__


if __name__ == "__main__":
    main()
