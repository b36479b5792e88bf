"""From quiz.yaml to the question bank: one question holds its text in all languages."""

import re

from django.db.models import Q

from courses import pictures, questions
from courses.models import Question, QuestionPool
from courses.question_blocks import units
from courses.typed import html

from .material import picture
from .notes import fingerprint, known, note

LANGUAGES = ("uz", "ru", "en")


def put_pool(report, quiz, titles, place=None, folder=None):
    """The pool of a module with its questions published; what somebody has edited in the CMS is left alone.

    `place` is how the module is called, `folder` where its pictures are.
    """
    key = f"pool/{quiz['pool']}"
    item = known(key)
    pool = QuestionPool.objects.filter(Q(pk=item.made) if item else Q(code=quiz["pool"])).first()
    wanted = fingerprint(titles)
    if pool is None:
        pool = QuestionPool.objects.create(code=quiz["pool"], titles=titles)
        note(key, "", wanted, pool.pk)
    elif item is None or fingerprint(pool.titles) != item.fingerprint:
        report.left.append(f"{quiz['pool']}: edited since")
    elif item.fingerprint != wanted:
        pool.titles = titles
        pool.save(update_fields=["titles"])
        note(key, "", wanted, pool.pk)
    for entry in quiz["questions"]:
        put_question(report, pool, entry, lambda shown: _image(shown, place, folder))
    return pool


def _image(shown, place, folder):
    return {"id": picture(place, folder / shown["file"]), "alt": words(shown["alt"])}


def put_question(report, pool, entry, image=None):
    """The question of one entry; `image` makes what a content holds of a picture named in it."""
    labels = {"lesson": entry["lesson"], "level": entry["level"], "competence": str(entry.get("competence", ""))}
    question, made = Question.objects.get_or_create(code=entry["id"], defaults={"pool": pool, **labels})
    newest = question.versions.order_by("-number").first()
    key = f"question/{entry['id']}"  # where it stands: its words are known by who wrote their newest version
    item = None if made else known(key)
    is_moved = not made and (item is None or _place(question) != item.fingerprint)
    if is_moved or (newest and newest.created_by_id):
        report.left.append(f"{entry['id']}: edited since")
        return question
    question.pool = pool
    for name, value in labels.items():
        setattr(question, name, value)
    if item is None or _place(question) != item.fingerprint:
        question.save()
        note(key, "", _place(question), question.pk)
    question.note = question.note or re.sub(r"<[^>]+>", "", words(entry["text"]).get("uz", ""))[:200]
    version = questions.revise(  # the files hold all languages as written together
        question=question, kind=entry["kind"], content=_with_copies(content(entry, image), newest), confirmed=LANGUAGES
    )
    if version.published_at:
        report.same += 1
        return question
    Question.objects.filter(pk=question.pk).update(note=question.note)
    questions.publish(question=question)
    report.made += made
    report.changed += not made
    return question


def _place(question):
    more = [question.competence] if question.competence else []  # as it was before competences stood in the files
    return fingerprint([question.pool_id, question.lesson, question.level, *more])


def _with_copies(made, newest):
    """The content with the copies of its pictures that the newest version has: they are the same."""
    held = {image["id"]: image for image in pictures.of(newest.content) if "file" in image} if newest else {}
    for image in pictures.of(made):
        if image["id"] in held:
            image |= {name: held[image["id"]][name] for name in pictures.COPIED}
    return made


def words(texts):
    """{language: HTML} of plain texts: escaped, `as typed` in backticks, cleaned by the one function."""
    return {language: html(texts[language]) for language in LANGUAGES if texts.get(language)}


def content(entry, image=None):
    """The content of a version (shape: courses/kinds.py) from one entry of quiz.yaml."""

    def shown(part):
        return {"image": image(part["picture"])} if part.get("picture") else {}

    kind = entry["kind"]
    made = {"text": words(entry["text"]), "feedback": words(entry["feedback"]), **shown(entry)}
    if kind in ("single", "multiple"):
        made["choices"] = [
            {
                "id": f"c{n}",
                "text": words(option),
                "right": bool(option.get("right")),
                "why": words(option.get("why") or {}),
                **shown(option),
            }
            for n, option in enumerate(entry["options"], 1)
        ]
    elif kind == "true_false":
        made["answer"] = bool(entry["answer"])
    elif kind == "numerical":
        made |= {"answer": str(entry["answer"]), "tolerance": str(entry.get("tolerance", 0))}
        if entry.get("percent"):
            made["percent"] = True
        if entry.get("units"):
            made["units"] = units("\n".join(entry["units"]))
    elif kind == "ordering":
        made["steps"] = [{"id": f"s{n}", "text": words(step)} for n, step in enumerate(entry["steps"], 1)]
    elif kind == "matching":
        made["pairs"] = [
            {"id": f"p{n}", "left": words(pair["left"]), "right": words(pair["right"])}
            for n, pair in enumerate(entry["pairs"], 1)
        ]
    elif kind == "short_answer":
        made["accept"] = _accepted(entry["accept"])
    elif kind == "cloze":
        made["gaps"] = [_gap(f"g{n}", gap) for n, gap in enumerate(entry["gaps"], 1)]
    return made


def _accepted(accept):
    return {language: [str(text) for text in texts] for language, texts in accept.items()}


def _gap(key, gap):
    if "accept" in gap:
        return {"id": key, "accept": _accepted(gap["accept"])}
    choices = enumerate(gap["choose"], 1)
    return {
        "id": key,
        "choices": [
            {"id": f"{key}-{n}", "text": words(choice), "right": bool(choice.get("right"))} for n, choice in choices
        ],
    }
