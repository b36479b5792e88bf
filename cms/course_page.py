"""The page of a course in eight queries: session, user, standing, roles; of its seminars which they are, dates, seats and hours.

It is kept as a lesson is (cms/keeping.py) and drawn for nobody. What stands in it of a reader is put together of parts, which are
drawn once for each thing they can say: a module with so many steps done, a list of seminars with this date and that seat.
"""

from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery, UUIDField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape

from accounts import drawn
from accounts.prepared import Given, PreparedValues
from accounts.roles import roles_of
from certification.conditions import Facts, conditions
from certification.models import CertificateVersion
from courses.models import Course
from courses.syllabus import explain
from seminars import attendance
from seminars.upcoming import seminars_of

from . import keeping
from .marks import Marks
from .outline import live_activities
from .templatetags.rosette import rosette

MOST_PARTS = 1000


@dataclass(frozen=True)
class Standing(keeping.Standing):
    began_at: object = None
    certificate: str | None = None  # the code of the one in force of the open enrolment


NOBODY = Standing(0, False, None, frozenset())


@dataclass(kw_only=True)
class Kept(keeping.Kept):
    course: Course
    marks: Marks
    parts: dict = field(default_factory=dict)  # (template, what it says) -> drawn.Part

    def standing(self, user):
        return standing(user, self.page)

    def part(self, template, key, context):
        """A part of the page. `key` is all that decides over its words, beside the course and the language."""
        key = template, key
        if key not in self.parts:
            if len(self.parts) >= MOST_PARTS:
                self.parts.clear()
            self.parts[key] = drawn.Part(render_to_string(template, context()))
        return self.parts[key]


def _asked():
    """The live course; a row for each thing that the reader has done in it."""
    issued = CertificateVersion.objects.current().filter(certificate__enrolment=OuterRef("mine__pk"))
    rows = keeping.of_reader(Course.objects.live().filter(key=Given("key", UUIDField())))
    rows = rows.annotate(issued=Subquery(issued.order_by().values("code")[:1]))
    return rows.values_list(
        "version", "restricted", "mine__pk", "mine__began_at", "issued", "mine__completions__activity"
    )


STANDING = PreparedValues(_asked)


def standing(user, page):
    """The Standing of a reader in the course of this page; None when it is not live. One query."""
    rows = STANDING.all(learner=user.pk or 0, path=page.path, key=page.translation_key)
    if not rows:
        return None
    version, restricted, enrolment, *facts, _done = rows[0]
    return Standing(version, bool(restricted), enrolment, frozenset(row[5] for row in rows if row[5]), *facts)


def serve(page, request):
    """The page as it is kept. None: the page's own serve draws it (a preview, a course without a row, one that lacks something)."""
    if getattr(request, "is_preview", False):
        return None
    if not hasattr(request, "kept"):
        found = _read(page, request)
        if found is None:
            return None
        keeping.keep(request, *found)
    kept, stand = request.kept
    if request.GET or (kept.course.missing and may_see_shortfalls(request.user)):
        return None
    own = _own(kept, stand, request.user)
    words, texts = _split(own)
    user = request.user
    reader = drawn.Somebody.like(user, roles_of(user))
    decides = {name: bool(own[name]) for name in ("enrolled", "certificate", "next", "seminars")}
    return drawn.answer(request, kept.drawn(request, reader, lambda: _words(kept) | words, **decides), texts)


def _read(page, request):
    """The version first and the page after it: old words are never kept under a new number. None where the course is not live."""
    stand = standing(request.user, page)
    course = Course.objects.live().filter(key=page.translation_key).first() if stand else None
    if course is None:
        return None
    anew = type(page).objects.select_related("locale").get(pk=page.pk)
    marks = Marks(live_activities(course.pk), anew.locale.language_code)
    return Kept(page=anew, version=stand.version, course=course, marks=marks), stand


def _words(kept):
    """What the page says to everybody."""
    return {"course": kept.course, "addresses": kept.course.addresses, "outline": kept.marks.plan, "shortfalls": []}


def _own(kept, stand, user):
    """What it says to this reader, by the names of the template."""
    now, course = timezone.now(), kept.course
    states = kept.marks.states(stand.done if stand.enrolment else None)
    marks = attendance.MARKS.all(person=user.pk, course=course.pk) if user.is_authenticated else []
    seminars = seminars_of(course.pk, user, marks, now)
    modules = [(module, [states[step.pk] for step in module.steps]) for module in kept.marks.plan.modules]
    first = kept.marks.first(states) if stand.enrolment else None
    return {
        "enrolled": stand.enrolment is not None,
        "certificate": stand.certificate or "",
        "next": first,
        "done": sum(state == "done" for state in states.values()),
        "band": kept.marks.band(states),
        "contents": _contents(kept, modules, states, stand.enrolment is not None),
        "rosette": rosette([module_state(said) for _module, said in modules], bool(stand.certificate)),
        "seminars": _seminars(kept, seminars) if seminars else "",
        "needs": _needs(kept, stand, user, seminars, marks, now) if stand.enrolment else "",
    }


def _split(own):
    """(the template's words with places in them, the texts that go there)"""
    here = own["next"]
    texts = {name: text for name, text in own.items() if name not in ("enrolled", "next")}
    texts |= {"nexturl": conditional_escape(here.url), "nexttitle": conditional_escape(here.title)} if here else {}
    words = {name: own[name] and drawn.place(name) for name in texts if name in own} | {"enrolled": own["enrolled"]}
    words["done"] = drawn.place("done")
    words["next"] = {"url": drawn.place("nexturl"), "title": drawn.place("nexttitle")} if here else None
    return words, texts


def module_state(states):
    """done, now or todo, of those of its steps."""
    return "done" if set(states) == {"done"} else "now" if "now" in states else "todo"


def _contents(kept, modules, states, enrolled):
    """Every module with its steps, and the final test."""
    said = []
    for number, (module, own) in enumerate(modules):
        state = module_state(own)
        is_open = state == "now" or (not enrolled and number == 0)
        said.append(
            kept.part(
                "cms/parts/module.html",
                (module.pk, tuple(own), enrolled, is_open),
                lambda module=module, own=own, state=state, is_open=is_open: {
                    "module": module, "state": state, "is_open": is_open, "enrolled": enrolled,
                    "done": own.count("done"), "lines": kept.marks.lines(module.steps, states),
                },
            )
        )  # fmt: skip
    if final := kept.marks.plan.final:
        said.append(drawn.Part(f"<li>{kept.marks.lines(final, states)}</li>"))
    return said


def _seminars(kept, seminars):
    key = tuple((one.pk, repr(one.titles), one.planned_hours, one.earned, one.seat, repr(one.next)) for one in seminars)
    return kept.part("cms/parts/course_seminars.html", key, lambda: {"seminars": seminars})


def _needs(kept, stand, user, seminars, marks, now):
    """What is still needed before the certificate, by the judge's own conditions."""
    course = kept.course
    planned = {one.pk: one.planned_hours for one in seminars}
    hours = attendance.hours_in(stand.began_at, planned, marks, now)
    facts = Facts(
        whole=course.is_whole,
        homework_counts=course.homework_counts,
        activities=tuple(kept.marks.activities),
        done=stand.done,
        seminar_share=course.seminar_share,
        hours_earned=hours.earned,
        hours_planned=hours.planned,
        hours_needed=hours.needed(course.seminar_share),
        hours_excused=hours.excused,
        name_confirmed=user.certificate_name_confirmed_at is not None,
    )
    needs = conditions(facts)
    key = tuple((n.kind, n.have, n.need, n.lacking and n.lacking[0].pk, n.planned, n.excused) for n in needs)
    context = {"needs": needs, "own_page": True, "user": {"certificate_name": drawn.place("printed")}}
    part = drawn.Drawn(str(kept.part("cms/parts/needs.html", key, lambda: context)))
    return drawn.Part(part.filled({"printed": conditional_escape(user.certificate_name)}).decode())


def context(request, page):
    """What the template needs where the page is not kept."""
    found = getattr(request, "kept", None) or _read(page, request)
    if found is None:
        return {"course": None, "addresses": {page.locale.language_code: page.get_url()}}
    kept, stand = found
    if getattr(request, "is_preview", False):
        stand = NOBODY
    missing = kept.course.missing if may_see_shortfalls(request.user) else []
    own = _own(kept, stand, request.user)
    own["contents"] = drawn.Part("".join(map(str, own["contents"])))
    return _words(kept) | own | {"shortfalls": [explain(one) for one in missing]}


def may_see_shortfalls(user):
    """What a course lacks is said to those who can mend it."""
    return user.is_authenticated and user.has_perm("wagtailadmin.access_admin")
