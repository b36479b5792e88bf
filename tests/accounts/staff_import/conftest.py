import io

import pytest

from accounts import people
from accounts.models import Library, Position, Role, StaffImport
from accounts.roles import grant
from accounts.staff_import import working
from tests.making import person, words


@pytest.fixture
def nation(db):
    """{code: library}: the region TSH with two libraries, the region SAM with one."""
    nation = Library.add_root(code="uz", level="nation", titles=words("Nation"))
    found = {"uz": nation}
    for region, names in {"tsh": ("tsh-1", "tsh-2"), "sam": ("sam-1",)}.items():
        found[region] = Library.objects.get(pk=nation.pk).add_child(
            code=region, level="region", titles=words(f"Region {region}")
        )
        for name in names:
            found[name] = Library.objects.get(pk=found[region].pk).add_child(
                code=name, titles=words(f"Kutubxona {name}")
            )
    for code, title in (("librarian", "Kutubxonachi"), ("smm", "SMM")):
        Position.objects.create(code=code, titles={"uz": title, "ru": f"{title} ru", "en": code})
    return {library.code: library for library in Library.objects.all()}  # their places in the tree have moved


@pytest.fixture
def hr(nation):
    made = person("hr", last_name="Kadrlarova", first_name="Xodim", library=nation["tsh"])
    grant(person=made, role=Role.HR, library=nation["tsh"])
    return made


@pytest.fixture
def nigora(nation):
    return people.add(
        by=None, library=nation["tsh-1"], last_name="Karimova", first_name="Nigora", patronymic="Salim qizi",
        personnel_number="00123", email="nigora@example.org",
    )  # fmt: skip


@pytest.fixture
def look(hr):
    """Read a text as a CSV file and judge it: the import."""

    def look(text, by=hr, name="xodimlar.csv"):
        made = working.ask_to_read(data=text if isinstance(text, bytes) else text.encode(), name=name, by=by)
        assert made.reading.state == "done", made.reading.fault
        return made

    return look


@pytest.fixture
def verdicts(look):
    """{line: (verdict, keys of what is said)} of a text as a CSV file."""

    def verdicts(text, **how):
        return {row.line: (row.verdict, [key for key, _values in row.said]) for row in look(text, **how).rows.all()}

    return verdicts


@pytest.fixture
def take():
    """Take in what was looked at: {line: outcome}."""

    def take(made, **how):
        assert working.ask_to_apply(import_=made, by=made.made_by, **how)
        made = StaffImport.objects.get(pk=made.pk)
        assert made.applying.state == "done", made.applying.fault
        return {row.line: row.outcome for row in made.rows.all()}

    return take


@pytest.fixture
def workbook():
    def workbook(*sheets):
        """Bytes of a workbook of (title, rows), each sheet as openpyxl writes it."""
        from openpyxl import Workbook

        book = Workbook()
        book.remove(book.active)
        for title, rows in sheets:
            page = book.create_sheet(title)
            for row in rows:
                page.append(row)
        held = io.BytesIO()
        book.save(held)
        return held.getvalue()

    return workbook
