"""What the people of a grown nation have done: enrolments, steps, attempts, completions, certificates, seminars."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone

from certification import codes
from certification.models import Certificate, CertificateVersion, CourseCompletion, NumberSeries
from courses.models import Activity, ActivityCompletion, Attempt, Enrolment
from seminars.models import Attendance, Seat

AT_ONCE = 5_000
FIRST_COURSE, OTHER_COURSE, OWN_COURSE = 0.78, 0.08, 0.6  # how likely one has begun it; «own»: the one of the post
COMPLETES, GETS_CERTIFICATE, REVOKED = 0.52, 0.94, 0.004
OF_POST = {"smm": "SMM", "web-analyst": "WEB", "content-marketer": "CON"}


class Writer:
    """Writes the facts of one batch of people after the other."""

    def __init__(self, dice, courses, sittings, positions, by, now):
        self.dice, self.courses, self.sittings, self.by, self.now = dice, courses, sittings, by, now
        self.own = {one.pk: OF_POST.get(one.code) for one in positions}
        self.steps = {course.pk: steps for course, steps in courses}
        self.numbers, self.given = count(1), 0  # of certificates: those of the year that were given
        self.year = timezone.localdate(now).year  # as award counts them: that of the place

    def write(self, people):
        rows = [row for person in people if person.last_login for row in self._enrolments(person)]
        enrolments = Enrolment.objects.bulk_create(rows, AT_ONCE)
        done = [(one, self._steps_done(one)) for one in enrolments]
        self._progress(done)
        finished = [one for one, n in done if n == len(self.steps[one.course_id])]
        self._attendance(enrolments)
        self._certificates(finished)

    def _enrolments(self, person):
        for n, (course, _steps) in enumerate(self.courses):
            likely = (
                FIRST_COURSE if n == 0 else OWN_COURSE if course.code == self.own[person.position_id] else OTHER_COURSE
            )
            if self.dice.random() < likely:
                began = self.now - timedelta(minutes=self.dice.randrange(60 * 24 * 30, 60 * 24 * 365))
                yield Enrolment(learner=person, course=course, began_at=began)

    def _steps_done(self, enrolment):
        steps = len(self.steps[enrolment.course_id])
        return steps if self.dice.random() < COMPLETES else self.dice.randrange(steps)

    def _when(self, enrolment, share):
        """A moment in the first month of the enrolment."""
        return enrolment.began_at + timedelta(minutes=int(60 * 24 * 28 * share))

    def _progress(self, done):
        completions, attempts = [], []
        for enrolment, n in done:
            steps = self.steps[enrolment.course_id]
            for position, step in enumerate(steps[:n]):
                at = self._when(enrolment, position / len(steps))
                completions.append(ActivityCompletion(enrolment=enrolment, activity=step, done_at=at))
                if step.kind == Activity.Kind.QUIZ:
                    attempts += self._attempts(enrolment, step, at)
        ActivityCompletion.objects.bulk_create(completions, AT_ONCE)
        Attempt.objects.bulk_create(attempts, AT_ONCE)

    def _attempts(self, enrolment, step, at):
        """Passed at the first or the second attempt."""
        scores = [self.dice.randrange(70, 101)]
        if self.dice.random() < 0.25:
            scores.insert(0, self.dice.randrange(20, 70))
        for number, score in enumerate(scores, 1):
            ends = at - timedelta(hours=30 * (len(scores) - number))
            yield Attempt(
                enrolment=enrolment, quiz_id=step.pk, number=number, started_at=ends - timedelta(minutes=20),
                closes_at=ends + timedelta(minutes=10), submitted_at=ends, pass_mark=70, score=Decimal(score), passed=score >= 70,
            )  # fmt: skip

    def _attendance(self, enrolments):
        seats, marks = [], []
        for one in enrolments:
            if self.dice.random() < 0.5:
                continue
            region = one.learner.library.path[:8] if one.learner.library.depth > 1 else None
            held = self.sittings.get((region, one.course_id), ())
            for session in self.dice.sample(held, min(len(held), self.dice.randrange(1, 3))):
                came = self.dice.random() < 0.85
                seats.append(
                    Seat(run_id=session.run_id, person=one.learner, state=Seat.State.BOOKED, since=session.starts_at)
                )
                marks.append(
                    Attendance(
                        session=session, person=one.learner, mark="present" if came else "absent", marked_by=self.by,
                        hours=session.hours if came else 0, marked_at=session.ends_at,
                    )
                )  # fmt: skip
        Seat.objects.bulk_create(seats, AT_ONCE)
        Attendance.objects.bulk_create(marks, AT_ONCE)

    def _certificates(self, finished):
        CourseCompletion.objects.bulk_create(
            [
                CourseCompletion(enrolment=one, completed_at=self._when(one, 1), hours=36, syllabus_version=1,
                                 syllabus={"code": one.course.code, "titles": one.course.titles, "source": "uz", "modules": []})
                for one in finished
            ],
            AT_ONCE,
        )  # fmt: skip
        certified = [one for one in finished if self.dice.random() < GETS_CERTIFICATE]
        made = Certificate.objects.bulk_create([self._certificate(one) for one in certified], AT_ONCE)
        CertificateVersion.objects.bulk_create([self._version(one) for one in made], AT_ONCE)
        self.given += len(made)
        NumberSeries.objects.update_or_create(year=self.year, defaults={"last": self.given})

    def _certificate(self, enrolment):
        made = Certificate(enrolment=enrolment, number=codes.format_number(self.year, next(self.numbers)))
        if self.dice.random() < REVOKED:
            made.revoked_at, made.revoked_by = self.now, self.by
            made.revocation_ground, made.revocation_reason = Certificate.Ground.MISTAKE, "grown"
        return made

    def _version(self, certificate):
        """As it would be issued, but for a file: there is none behind its name."""
        enrolment, code = certificate.enrolment, codes.new_code()
        words = {language: {"course": title} for language, title in enrolment.course.titles.items()}
        made = CertificateVersion(
            certificate=certificate, code=code, issued_at=self._when(enrolment, 1.01), pdf="certificates/grown.pdf", sha256="0" * 64,
            payload={"number": certificate.number, "code": code, "language": "uz", "holder": enrolment.learner.certificate_name,
                     "hours": 36, "words": words},
        )  # fmt: skip
        made.folded = made.words
        return made
