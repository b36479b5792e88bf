"""Documents keep their word: links lead somewhere, named commands exist, settings are those that are read, three READMEs say the same."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from scripts import glossary

ROOT = Path(settings.BASE_DIR)
READMES = ["README.md", "README.uz.md", "README.ru.md"]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "curriculum" / "LICENSE.md"]
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
READ = re.compile(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"')
UZBEK = re.compile("[oOgG][\u2018\u2019']|[a-z][\u2018\u2019'][a-z]")


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def prose(name):
    """A document without its blocks of code."""
    return FENCE.sub("", text(name))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_within_the_repository_leads_somewhere(name):
    links = [link.partition("#")[0] for link in LINK.findall(prose(name)) if "://" not in link]

    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


def headings(name):
    """The anchors of a document, as GitHub and GitLab make them."""
    lines = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line) for line in re.findall(r"^#+ (.*)$", prose(name), re.M)]
    return {re.sub(r"[^\w\- ]", "", line.strip().lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_to_a_heading_leads_to_one(name):
    aims = [link.split("#") for link in LINK.findall(prose(name)) if "#" in link and "://" not in link]
    own = [((ROOT / name).parent / aim if aim else ROOT / name, heading) for aim, heading in aims]
    lost = [(aim.name, heading) for aim, heading in own if aim.suffix == ".md" and heading not in headings(aim)]

    assert lost == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_says_a_line_twice(name):
    """What joining two writings leaves behind: a long line, or the address of a row, that stands there once more.

    Not what a measurement says of its machine: two of one night say the same."""
    lines = [line for line in prose(name).splitlines() if len(line) > 60 and not line.startswith(("|", "Measured on "))]
    rows = re.findall(r"^(\| `[^|]*\|)", text(name), re.M) if name == "docs/addresses.md" else []

    assert [line for line in set(lines) if lines.count(line) > 1] == []
    assert [row for row in set(rows) if rows.count(row) > 1] == []


def test_every_command_of_ours_stands_on_the_page_of_addresses():
    ours = {path.stem for room in ("accounts", "courses", "seminars", "certification", "reports", "cms")
            for path in (ROOT / room / "management" / "commands").glob("[a-z]*.py")}  # fmt: skip
    table = text("docs/addresses.md").split("## Commands of `manage.py`")[1].split("\n## ")[0]

    assert (
        set(re.findall(r"`(\w+)", "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))))
        == ours
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_that_is_named_exists(name):
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.M))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text(name), re.M))

    assert named - targets == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_manage_command_in_a_block_exists(name):
    from django.core.management import get_commands

    named = {word for block in FENCE.findall(text(name)) for word in re.findall(r"manage\.py (\w+)", block)}

    assert named - set(get_commands()) == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_names_a_place_of_one_machine(name):
    assert re.findall(r"(?<![\w.:])/(?:work|root|tmp|home)\b", text(name)) == []


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "CHANGELOG.md"])
def test_every_file_of_ours_that_is_named_exists(name):
    rooms = r"(?:accounts|courses|seminars|certification|reports|cms|config|scripts|tests|templates|static)"
    named = re.findall(rf"`({rooms}/[\w/.-]+\.\w+)(?:: \w+[\w.]*)?`", prose(name))

    assert [path for path in named if not (ROOT / path).exists()] == []


def rows(heading):
    """The names in the first column of the table below a heading of docs/settings.md."""
    part = text("docs/settings.md").split(f"## {heading}\n")[1].split("\n## ")[0]
    return {
        name
        for line in part.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }


def test_the_settings_page_lists_what_config_reads():
    read = {name for file in (ROOT / "config").glob("*.py") for name in READ.findall(file.read_text(encoding="utf-8"))}

    assert rows("Read now") == read
    assert rows("What production refuses") <= read


def test_nothing_else_of_the_platform_reads_the_environment():
    asks = re.compile(r"\bos\.environ\b(?!\.setdefault)|\bgetenv\(")
    code = [path for room in ("accounts", "courses", "seminars", "certification", "reports", "cms", "config")
            for path in (ROOT / room).rglob("*.py")]  # fmt: skip
    reading = {path.relative_to(ROOT).as_posix() for path in code if asks.search(path.read_text(encoding="utf-8"))}

    demonstration = {"cms/management/commands/create_demo_people.py", "cms/growing/nation.py"}  # DEMO_PASSWORD
    handed_on = {"cms/backups/databases.py"}  # to pg_dump, which reads none of our names
    assert reading == {"config/gunicorn.py", "config/web_metrics.py"} | demonstration | handed_on
    named = re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', text("config/gunicorn.py"))
    assert set(named) - rows("Read now") - rows("Names of commands and servers, not of the settings") == set()


def test_production_refuses_what_the_page_says():
    refused = text("config/environment.py").split("def refuse_unsafe")[1]

    for name in rows("What production refuses"):
        assert name in refused


def test_the_three_readmes_have_the_same_headings_and_the_same_code():
    english, *others = READMES
    levels = [len(mark) for mark in re.findall(r"^(#+) ", prose(english), re.M)]

    for other in others:
        assert [len(mark) for mark in re.findall(r"^(#+) ", prose(other), re.M)] == levels
        assert FENCE.findall(text(other)) == FENCE.findall(text(english))
        assert re.findall(r"\w+@example\.org", prose(other))[:1] == ["learner@example.org"]
        assert sorted(set(re.findall(r"\]\((docs/[^)]+)\)", prose(other)))) == sorted(
            set(re.findall(r"\]\((docs/[^)]+)\)", prose(english)))
        )


def test_the_uzbek_readme_has_uzbek_letters():
    assert UZBEK.findall(text("README.uz.md")) == []


def test_the_glossary_is_the_curriculums():
    page = text("docs/glossary.md")

    assert glossary.renewed(page) == page  # `python -m scripts.glossary` renews it


def test_documents_that_the_code_names_exist():
    code = [path for room in ("accounts", "courses", "seminars", "certification", "reports", "cms", "config", "scripts")
            for path in (ROOT / room).rglob("*.py")]  # fmt: skip
    named = {
        (path.relative_to(ROOT).as_posix(), document)
        for path in [*code, ROOT / "Makefile", ROOT / "pyproject.toml"]
        for document in re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_text(encoding="utf-8"))
    }

    assert named
    assert [pair for pair in sorted(named) if not (ROOT / pair[1]).exists()] == []


def test_pictures_are_small():
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))

    assert pictures
    assert [path.name for path in pictures if path.stat().st_size >= 150_000] == []
