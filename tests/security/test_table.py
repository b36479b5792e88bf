"""docs/security.md keeps its word: all 40 requirements are there, every test that it names exists."""

import ast
import re
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ASKED = """
V1.2.1 V1.2.4 V1.2.10 V1.3.1 V1.3.4 V1.3.11 V1.5.1 V2.2.2 V2.3.1 V2.3.2 V2.3.3 V2.3.4 V2.4.1 V3.3.1 V3.3.2 V3.3.4 V3.4.1 V3.4.3 V3.4.4
V3.4.6 V3.5.1 V3.5.3 V5.2.1 V5.2.2 V5.2.3 V5.3.2 V5.4.2 V6.2.4 V6.2.1 V6.2.9 V6.3.1 V6.3.3 V6.3.8 V6.4.3 V7.2.4 V7.4.1 V7.4.2 V8.2.1 V8.2.2
V8.2.3 V8.4.1 V9.1.1 V9.1.2 V9.1.3 V13.4.2 V13.4.5 V14.2.1 V14.3.2 V15.2.1 V16.5.3 V16.3.1 V16.3.2
"""


def rows():
    """[[number, requirement, where, tests]]"""
    lines = re.findall(
        r"^\| (\d+) \| (.*?) \| (.*?) \| (.*?) \|$", (ROOT / "docs/security.md").read_text("utf-8"), re.M
    )
    return [list(line) for line in lines]


@cache
def functions_of(name):
    tree = ast.parse((ROOT / "tests" / name).read_text("utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


def test_every_requirement_has_its_row():
    assert [int(number) for number, *_rest in rows()] == list(range(1, 41))
    assert re.findall(r"V\d+\.\d+\.\d+", " ".join(requirement for _n, requirement, *_rest in rows())) == ASKED.split()


def test_every_row_names_tests_and_each_of_them_exists():
    named = {number: re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests) for number, _requirement, _where, tests in rows()}

    assert [number for number, tests in named.items() if not tests] == []
    assert [pair for tests in named.values() for pair in tests if pair[1] not in functions_of(pair[0])] == []
