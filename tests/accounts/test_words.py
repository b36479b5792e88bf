"""Words about people hold no PINFL; its note stands beside every field that takes such words."""

import ast
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError

from accounts import words
from courses import typed

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
PINFL = "31505901234567"  # 15 May 1990


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PINFL, True),
        (f"Uning JShShIR: {PINFL}.", True),
        ("6 290200 123 4567", True),  # 29 February 2000
        ("3-150590-123-4567", True),
        ("31505 90\u00a0123 4567", True),
        ("30000000000000", False),  # no day
        ("33102901234567", False),  # 31 February
        ("62902011234567", False),  # 2001 had no 29 February
        ("71505901234567", False),  # no such century
        ("3150590123456", False),  # 13 digits, as an ISBN
        ("315059012345678", False),  # 15
        ("20208000315059012345", False),  # a bank account
        ("2020 8000 3150 5901 2345", False),
        ("+998 90 123 45 67", False),
        ("SBQ-2026-000417, 15.05.1990", False),
        ("", False),
    ],
)
def test_a_pinfl_is_known_by_its_day_of_birth(text, expected):
    assert words.has_pinfl(text) is expected


def test_a_field_says_what_does_not_belong_there_and_refuses_a_pinfl():
    class Form(forms.Form):
        reason = words.WordsField(label="Why", max_length=100, help_text="It stays in the log.")
        note = words.WordsField(label="Note", required=False)

    form = Form({"reason": f"PINFL {PINFL}", "note": "Oʻqidi"})
    assert form.errors.get_json_data() == {"reason": [{"message": str(words.PINFL_THERE), "code": "pinfl"}]}
    assert PINFL not in str(form.errors)
    assert str(form.fields["reason"].help_text) == f"It stays in the log. {words.NOTE}"
    assert str(form.fields["note"].help_text) == str(words.NOTE)


def test_homework_comments_and_feedback_are_typed_through_the_same():
    with pytest.raises(ValidationError) as no:
        typed.words(f"Mening raqamim {PINFL}")
    assert no.value.code == "pinfl"
    assert typed.words("`kod` 2026") == "<code>kod</code> 2026"


def test_no_form_of_ours_has_a_field_of_many_lines_without_the_note():
    """Lists of logins, the consent text and how to get to a place are about nobody."""
    found = set()
    for room in ("accounts", "courses", "seminars", "certification", "reports", "cms"):
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("forms.CharField", "CharField"):
                    if any("Textarea" in ast.unparse(word.value) for word in node.keywords if word.arg == "widget"):
                        found.add(str(file.relative_to(ROOT)))

    assert found == {"accounts/consent_views.py", "courses/teaching_forms.py"}


def test_the_forms_of_hr_refuse_it_and_the_page_says_so(client):
    from tests.seminars import making

    library = making.library("UZ", level="nation")
    admin = making.person("boss", library=library, role="administrator")
    person = making.person("nigora", library=library)
    client.force_login(admin)

    response = client.post(
        f"/hr/people/{person.pk}/edit/?lang=en",
        {"last_name": "Karimova", "first_name": "Nigora", "language": "uz", "personnel_number": PINFL, "reason": f"x {PINFL}"},
    )  # fmt: skip

    assert response.status_code == 422
    assert {name: [one.code for one in data.as_data()] for name, data in response.context["form"].errors.items()} == {
        "personnel_number": ["pinfl"],
        "reason": ["pinfl"],
    }
