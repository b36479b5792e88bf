"""From assignment.yaml to the body and the criteria of an assignment's page, and from seminar.yaml to a seminar's row."""

from html import escape

from seminars.models import Seminar

from .blocks import Body, clean
from .notes import fingerprint, known, note

SAID = {
    "task": {"uz": "Vazifa", "ru": "Задача", "en": "The task"},
    "steps": {"uz": "Nima qilasiz", "ru": "Что сделать", "en": "What to do"},
    "hand_in": {"uz": "Natija", "ru": "Результат", "en": "What to hand in"},
}


def assignment_body(place, assignment, language, material):
    """The raw body of an assignment's page: the steps, what to hand in, the files. The criteria stand in its rubric."""
    body = Body(f"{place}/assignment/{language}")

    def text(words):
        return clean(escape(words.get(language, ""), quote=False))

    steps = [
        {"what": _first_sentence(step[language]), "how": clean(escape(_rest(step[language]), quote=False))}
        for step in assignment["steps"]
    ]
    body.add("heading", {"level": "h2", "text": SAID["task"][language]})
    body.add("steps", {"title": SAID["steps"][language], "steps": body.items(steps)})
    body.add(
        "callout", {"kind": "tip", "title": SAID["hand_in"][language], "text": f"<p>{text(assignment['hand_in'])}</p>"}
    )
    for name in assignment.get("files", []):
        body.add("download", {"file": material.file(name), "text": ""})
    return body.raw


def assignment_rubric(assignment, language):
    """The raw criteria of an assignment's page. Their ids are the file's: the same on the page of every language."""
    return [
        {"type": "criterion", "id": criterion["id"], "value": {
            "name": criterion["name"][language], "points": criterion["points"],
            "levels": [
                {"type": "item", "id": f"{criterion['id']}-{level['points']}",
                 "value": {"points": level["points"], "text": level[language]}}
                for level in criterion["levels"]
            ],
        }}
        for criterion in assignment["rubric"]
    ]  # fmt: skip


def _first_sentence(text):
    head, dot, _after = text.partition(". ")
    return (head + dot).strip()[:300]


def _rest(text):
    return text.partition(". ")[2]


PLAN = ("minutes", "group", "bring", "plan", "if_it_goes_wrong")


def put_seminar(report, key, seminar, course, module, hours):
    """The seminar's row; one that was changed since it was loaded is left alone."""
    values = {
        "titles": seminar["title"], "results": seminar["result"], "places": seminar["place"],
        "plan": {name: seminar.get(name) for name in PLAN},
    }  # fmt: skip
    wanted = fingerprint({**values, "hours": hours})
    item, row = known(key), Seminar.objects.filter(code=seminar["id"]).first()
    if row and (item is None or _print(row) != item.fingerprint):
        report.left.append(f"{seminar['id']}: edited since")
        return row
    if row is None or item.fingerprint != wanted:
        row, made = Seminar.objects.update_or_create(code=seminar["id"], defaults={**values, "planned_hours": hours})
        report.made += made
        report.changed += not made
        note(key, "", wanted, row.pk)
    else:
        report.same += 1
    if (row.course_id, row.module_id) != (course.pk, module.pk):
        row.course, row.module = course, module
        row.save(update_fields=["course", "module"])
    return row


def _print(row):
    return fingerprint(
        {
            "titles": row.titles,
            "results": row.results,
            "places": row.places,
            "plan": row.plan,
            "hours": float(row.planned_hours),
        }
    )
