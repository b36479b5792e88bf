"""What the form of a question sends, and where to."""

from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from courses import questions
from courses.models import Question
from tests import making

LIST, ADD = "/cms/questions/", "/cms/questions/add/"


def draft(pool, content=making.SINGLE, kind="single"):
    question = Question.objects.create(pool=pool, note="qoralama")
    questions.revise(question=question, kind=kind, content=content)
    return question


def three(uz, ru="", en="", prefix=""):
    return {f"{prefix}uz": uz, f"{prefix}ru": ru, f"{prefix}en": en}


def parts(*values, ids=()):
    data = {"count": len(values)}
    for n, value in enumerate(values):
        data[str(n)] = {"deleted": "", "order": n, "type": "item", "id": ids[n] if ids else f"p{n}", "value": value}
    return data


def choice(uz, right=False, ru="", en="", why=("", "", "")):
    return three(uz, ru, en) | three(*why, prefix="why_") | ({"right": "on"} if right else {})


def gap(way, **texts):
    return {"way": way, "all": "", **three("")} | texts


def typed(pool, kind="single", text=("Qaysi biri?", "", ""), feedback=("", "", ""), **rest):
    """What the form sends."""
    value = {"text": three(*text), "feedback": three(*feedback), **rest}
    content = streamfield([(kind, value)])
    return nested_form_data({"pool": pool.pk, "note": "", "lesson": "", "level": "", "content": content})


def single(pool, **more):
    return typed(pool, choices=parts(choice("Ha", right=True), choice("Yoʻq")), **more)


def kept():
    return questions.newest(Question.objects.get())


def edit(question):
    return reverse("wagtailsnippets_courses_question:edit", args=[question.pk])


def deed(name, *rows):
    return (
        reverse("wagtail_bulk_action", args=["courses", "question", name])
        + "?"
        + "&".join(f"id={row.pk}" for row in rows)
    )


def as_typed(content):
    rows = [
        choice(one["text"]["uz"], one["right"], one["text"]["ru"], one["text"]["en"], why=one["why"].values())
        for one in content["choices"]
    ]
    return parts(*rows, ids=[one["id"] for one in content["choices"]])
