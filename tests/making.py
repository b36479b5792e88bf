"""One way to make things: people, questions, and whole courses by their pages, published as a trainer publishes them."""

import io
import itertools

from django.core.files.images import ImageFile
from django.db import transaction
from django.test.testcases import TestCase
from PIL import Image as PillowImage
from wagtail.images import get_image_model
from wagtail.models import Page

from accounts.models import User
from cms.models import CataloguePage, CoursePage, LessonPage, ModulePage, QuizDraw, QuizPage
from courses import enrolments, questions
from courses.models import Course, Question, QuestionPool

_numbers = itertools.count(1)


def person(name="learner", **fields):
    number = next(_numbers)
    fields = {"last_name": "Namunayeva", "first_name": name.title(), "email": f"{name}{number}@example.org"} | fields
    user = User(username=fields.pop("username", f"T-{number:04}"), **fields)
    user.set_password("uzun-parol-ibora")
    user.save()
    return user


def words(text):
    return {"uz": f"{text} uz", "ru": f"{text} ru", "en": f"{text} en"}


SINGLE = {
    "text": words("Which?"), "feedback": words("Because."),
    "choices": [
        {"id": "c1", "text": words("one"), "right": False, "why": words("no")},
        {"id": "c2", "text": words("two"), "right": True, "why": words("yes")},
        {"id": "c3", "text": words("three"), "right": False, "why": words("no")},
    ],
}  # fmt: skip

CLOZE = {
    "text": {"uz": "Parolda kamida [[1]] belgi, [[2]] parol.", "ru": "Не [[2]] пароль, [[1]] знаков.", "en": "[[1]] signs, a [[2]] one."},
    "feedback": words("Because."),
    "gaps": [
        {"id": "g1", "choices": [{"id": "g1-1", "text": {"all": "12"}, "right": True}, {"id": "g1-2", "text": {"all": "4"}, "right": False}]},
        {"id": "g2", "accept": {"uz": ["uzun*", "kuchli"], "ru": ["длинный"], "en": ["long"]}},
    ],
}  # fmt: skip


def question(pool, kind="single", content=SINGLE, by=None):
    row = Question.objects.create(pool=pool, note="made for a test")
    questions.revise(question=row, kind=kind, content=content, by=by)
    questions.publish(question=row)
    row.refresh_from_db()
    return row


def pool(code=None, count=4, **fields):
    made = QuestionPool.objects.create(code=code or f"pool-{next(_numbers)}", titles=words("Pool"), **fields)
    for _ in range(count):
        question(made)
    return made


def picture(**fields):
    """A small picture in Wagtail's own storage."""
    drawn = io.BytesIO()
    PillowImage.new("RGB", (9, 9)).save(drawn, "PNG")
    return get_image_model().objects.create(
        title="Rasm", file=ImageFile(drawn, name="rasm.png"), file_size=len(drawn.getvalue()), **fields
    )


def committed(deed):
    """Run `deed` and then what waits for its commit, as it would be outside of a test's transaction."""
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        return deed()


def add(parent, page):
    """A page published as a trainer publishes it: saved as a draft first."""
    page.live = False
    page.locale = parent.locale
    made = Page.objects.get(pk=parent.pk).add_child(instance=page)
    return publish(made)


def publish(page):
    committed(lambda: page.save_revision().publish())
    page.refresh_from_db()
    return page


def lesson(module, slug, **fields):
    body = [{"type": "text", "value": f"<p>Matn {slug}</p>", "id": f"{slug:0<36}"[:36]}]
    return add(module, LessonPage(title=f"Dars {slug}", slug=slug, outcome="Natija", body=body, **fields))


def course(modules=1, lessons=1, quiz=True, catalogue=None, code=None, **fields):
    """A published CoursePage with modules, each with lessons and a quiz; returns it. Its row: row(page)."""
    catalogue = catalogue or CataloguePage.objects.get(locale__language_code="uz")
    code = code or f"T{next(_numbers)}"
    page = add(catalogue, CoursePage(title=f"Kurs {code}", slug=code.lower(), code=code, outcome="Natija", **fields))
    for m in range(1, modules + 1):
        module = add(page, ModulePage(title=f"Modul {m}", slug=f"m{m}", code=f"{code}-{m}", hours=7))
        for n in range(1, lessons + 1):
            lesson(module, f"d{n}")
        if quiz:
            test = QuizPage(title=f"Test {m}", slug="test", pass_mark=70, attempts=3, wait_hours=24)
            test.draws = [QuizDraw(pool=pool(f"{code}-{m}".lower()), count=2)]
            add(module, test)
    page.refresh_from_db()
    return page


def row(page):
    return Course.objects.get(key=page.translation_key)


def enrol(learner, page, **when):
    return committed(lambda: enrolments.begin(learner=learner, course=row(page), **when))
