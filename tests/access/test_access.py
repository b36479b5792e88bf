"""Every address of ours as every role, and as the same role of another course, library or region, GET and POST.

An address without a row makes a test fail. The rooms' own tests look closer; here nothing is forgotten.
"""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, resolve
from django.urls.resolvers import URLResolver

from accounts.models import User
from tests import world as worlds
from tests.access import marked
from tests.look.test_templates import INLINE
from tests.world import WHO

# What is answered: a status; «in» is the way to sign in, «door» that of /cms/, «no» Wagtail's refusal, «to» another
# address: after a deed, or a page that leads on. POSTs carry DATA, and what stands behind «#» in a row: which of a page's deeds.
# All rows are `learner`'s or of `trainer`'s course (tests/world.py).
HERE = Path(__file__).parent


def table(folder):
    """The rows of a folder's files, one file a subject: whoever adds addresses adds a file or lines to one."""
    return "\n".join(file.read_text() for file in sorted((HERE / folder).glob("*.txt")))


DATA = "slot=1&sequence=1"  # which answer of an attempt: without them the owner too would be answered 404
TABLE = table("roles")

# allauth asks for no role: whoever is signed in is answered alike.
ACCOUNT = (HERE / "signed_in.txt").read_text()

# Wagtail's admin: all our own screens, and those of its own through which another's pages could be reached. «others» have
# no business there: nobody, a learner, HR, a director; «door/403» is answered to nobody/to them.
ADMIN = table("admin")
OTHERS, INSIDERS = ("nobody", "learner", "hr", "director"), ("trainer", "trainer2", "editor", "admin")
OF_EVERYBODY = {"/cms/sprite/", "/cms/jsi18n/"}  # icons and words of Wagtail's scripts: the same for all
LEADS_OUT = {"/cms/login/", "/cms/logout/", "/cms/password_reset/"}
OURS = ("accounts.", "courses.", "seminars.", "certification.", "reports.", "cms.")

# What a look may write: sessions, Wagtail's note of who has a page open (and follows it), and pictures made small. And what
# is refused in somebody's attempt is written into its log. Opening a person's record is a look-up, which stands in the log
# itself (accounts/audit.py: looked_up).
NOTES = {
    "django_session", "usersessions_usersession", "wagtailadmin_editingsession", "wagtailcore_pagesubscription", "wagtailimages_rendition",
    "wagtailusers_userprofile", "courses_attemptevent",
    "accounts_auditentry",
}  # fmt: skip
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) \W?(\w+)")


# --- The world is made once; what a request does to it is rolled back -------------------------------------------------


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        django_db_setup.restore()
        yield worlds.build()
        django_db_setup.restore()


@pytest.fixture
def world(built, db):
    return built


@contextmanager
def undone():
    """The tables that are written to in the block; then it is as if nothing had been."""
    written = set()

    def watch(execute, sql, params, many, context):
        if found := WRITES.match(sql):
            written.add(found[1])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        yield written
        transaction.set_rollback(True)


_client = Client()  # one for all: a new one sets up every middleware anew


def as_user(world, who):
    _client.cookies.clear()
    if who != "nobody":
        _client.cookies["sessionid"] = world.sessions[who]
    return _client


def ask(world, who, method, address):
    """(what was answered, the tables that were written to)."""
    client = as_user(world, who)
    with undone() as written:
        address, _, more = address.partition("#")
        form = (
            {"data": f"{DATA}&{more}", "content_type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        )
        response = client.generic(method, address, **form)
        read(response)
    if who != "nobody":  # what a person sees is kept by nobody, but pictures, which are everybody's
        is_picture = address.startswith("/media/") and response.status_code == 200
        assert ("immutable" if is_picture else "no-store") in response.headers["Cache-Control"]
    return said(response), written


def read(response):
    if response.streaming:
        b"".join(response.streaming_content)
        for close in response._resource_closers:  # the file; response.close() would end the request's database too
            close()


def said(response):
    if response.status_code not in (301, 302):
        return str(response.status_code)
    target = response.headers["Location"].split("?")[0]
    return {"/accounts/login/": "in", "/cms/login/": "door", "/cms/": "no"}.get(target, "to")


def rows(table):
    """[(method, address with {names}, [what is answered])]."""
    lines = [line.split() for line in table.strip().splitlines() if line and not line.startswith("#")]
    return [(method, address, answers) for method, address, *answers in lines]


def identify(row):
    return " ".join(row[:2])


@pytest.mark.parametrize("row", rows(TABLE), ids=identify)
def test_who_may_open_what(world, row):
    method, address, expected = row
    answers = {who: ask(world, who, method, address.format(**world.keys)) for who in WHO}

    assert {who: answer for who, (answer, _written) in answers.items()} == dict(zip(WHO, expected, strict=True))
    check_writes(method, answers)


@pytest.mark.parametrize("row", rows(ACCOUNT), ids=identify)
def test_what_is_answered_alike_to_all_who_are_signed_in(world, row):
    method, address, (nobody, signed_in) = row
    answers = {who: ask(world, who, method, address) for who in ("nobody", "learner", "admin")}

    assert [answer for answer, _written in answers.values()] == [nobody, signed_in, signed_in]
    check_writes(method, answers)


@pytest.mark.filterwarnings("ignore:Pagination may yield inconsistent results")  # wagtail-localize's report
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning")  # Wagtail makes pictures small
@pytest.mark.parametrize("row", rows(ADMIN), ids=identify)
def test_who_may_open_what_in_the_admin(world, row):
    method, address, (others, *expected) = row
    answers = {who: ask(world, who, method, address.format(**world.keys)) for who in (*OTHERS, *INSIDERS)}
    nobody, *signed_in = others.split("/")
    wanted = [nobody, *[signed_in[0] if signed_in else nobody] * (len(OTHERS) - 1), *expected]

    assert {who: answer for who, (answer, _written) in answers.items()} == dict(
        zip((*OTHERS, *INSIDERS), wanted, strict=True)
    )
    check_writes(method, answers)


def check_writes(method, answers):
    """A look writes nothing; a refused deed neither."""
    refused = ("in", "door", "no", "401", "403", "404", "405")
    wrote = {who: written - NOTES for who, (answer, written) in answers.items() if method == "GET" or answer in refused}
    assert {who: tables for who, tables in wrote.items() if tables} == {}


# --- Nothing is left out ----------------------------------------------------------------------------------------------


def addresses(resolver=None, before=""):
    """(pattern as text, view) of every address that the platform answers."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = before + str(entry.pattern).removeprefix("^")  # as ResolverMatch.route joins them
        if isinstance(entry, URLResolver):
            yield from addresses(entry, pattern)
        else:
            yield pattern, entry.callback


def module(view):
    return getattr(view, "view_class", view).__module__


def shown(table, world):
    plain = [re.split(r"[?#]", address.format(**world.keys))[0] for _method, address, _answers in rows(table)]
    return {resolve(address).route for address in plain}


def test_every_address_has_its_rows(world):
    ours = {pattern for pattern, view in addresses() if not pattern.startswith("cms/")}
    ours |= {pattern for pattern, view in addresses() if pattern.startswith("cms/") and module(view).startswith(OURS)}
    assert ours - shown(TABLE + ACCOUNT + ADMIN, world) == set()
    assert len(ours) > 90


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_row_is_asked_by_get_and_by_post(method):
    other = {"GET": "POST", "POST": "GET"}[method]
    asked = {address.split("#")[0] for asked, address, _answers in rows(TABLE + ACCOUNT) if asked == method}

    assert {address.split("#")[0] for asked, address, _answers in rows(TABLE + ACCOUNT) if asked == other} == asked


# Where a POST is «not found» for everybody: it is not there at all, or not in this world. Every other has somebody who may.
NOBODYS = {
    "/api/v1/", "/accounts/oidc/org/login/", "/accounts/oidc/org/login/callback/", "/documents/{document}/a/b.pdf",
    "/documents/authenticate_with_password/1/", "/uz/_util/authenticate_with_password/1/1/", "/uz/_util/x/",
    "/certificates/{number}/renew/",  # months before its date: certification/test_life.py
    "/hr/people/{learner}/merge/",  # with nobody
    "/seminars/runs/{run}/people/{far}/cancel/",  # who has no seat there; {learner} has
}  # fmt: skip


def test_for_every_deed_there_is_somebody_who_may_do_it():
    """Else its row would be right too if the way to it were lost, or the deed were not named."""
    may = {}
    for method, address, answers in rows(TABLE):
        if method == "POST" and set(answers[1:]) != {"405"}:
            may[address.split("#")[0]] = may.get(address.split("#")[0], False) or not set(answers[1:]) <= {"404", "405"}

    assert {address for address, found in may.items() if not found} == NOBODYS


FILLED = [(re.compile(pattern), value) for pattern, value in [
    (r"\(\?P<(?:revision_id_.)>[^)]*\)", "live"), (r"\(\?P<pk>[^)]*\)|<int:\w+>|<str:pk>|<str:object_id>", "1"),
    (r"<(?:slug|str):(?:content_type_app_name|app_label|app_name)>", "cms"),
    (r"<(?:slug|str):(?:content_type_model_name|model_name)>", "lessonpage"), (r"<[^>]*>", "x"), (r"[\^$\\]", ""),
]]  # fmt: skip


def admin_addresses():
    for pattern, _view in addresses():
        if pattern.startswith("cms/") and not pattern.endswith(".*/$"):
            for part, value in FILLED:
                pattern = part.sub(value, pattern)
            yield f"/{pattern}"


def test_all_of_the_admin_is_closed_to_those_without_a_role_for_it(world):
    """All of Wagtail's own screens too: some hundreds, whoever adds one."""
    seen = sorted(set(admin_addresses()) - OF_EVERYBODY - LEADS_OUT)
    answers = {(who, method, address): ask(world, who, method, address)
               for address in seen for who, method in (("nobody", "GET"), ("hr", "POST"))}  # fmt: skip

    assert len(seen) > 200
    let_in = {asked: answer for asked, (answer, _written) in answers.items() if answer not in ("door", "403", "404")}
    assert let_in == {}
    assert {asked: written for asked, (_answer, written) in answers.items() if written - NOTES} == {}


# --- Numbers that no row has --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "address", "form", "status"),
    [
        ("hr", "/hr/people/?page={n}", None, 200), ("trainer", "/cms/questions/add/?pool={n}", None, 200),
        ("trainer", "/cms/question-import/?pool={n}", None, 200), ("trainer", "/cms/question-import/", "pool={n}", 404),
        ("hr", "/hr/certificates/to-look-at/", "note=x&look={n}", 404),
        ("hr", "/hr/certificates/to-look-at/", "note=x&cause=syllabus&course={n}", 404),
        ("hr", "/hr/requirements/{requirement}/people/{learner}/", "end={n}", 404),
        ("hr", "/hr/invitations/", "way=paper&person={n}", 422), ("hr", "/hr/people/{led}/work/", "deed=end_second&row={n}", 404),
        ("trainer", "/teach/cohorts/{cohort}/people/", "enrolment={n}", 302), ("learner", "/attempts/{attempt}/", "slot={n}", 404),
    ],
)  # fmt: skip
@pytest.mark.parametrize("digits", [19, 30, 5000])
def test_a_number_that_no_row_can_have_is_no_error_of_the_server(world, who, address, form, status, digits):
    """SQLite takes none of 19 digits, Python reads none of 5,000."""
    keys = world.keys | {"n": "9" * digits}
    data = {"data": form.format(**keys), "content_type": "application/x-www-form-urlencoded"} if form else {}
    with undone():
        answer = as_user(world, who).generic("POST" if form else "GET", address.format(**keys), **data)

    assert answer.status_code == status


# --- A second factor --------------------------------------------------------------------------------------------------


OPEN_TO_ALL = re.compile(r"/(accounts/(2fa|login|logout|reauthenticate|password|confirm-email)/|verify/(?!batch/))")


def test_without_a_second_factor_staff_reach_only_its_set_up(world, settings):
    settings.REQUIRE_MFA = True
    seen = [address for method, address, _answers in rows(TABLE + ACCOUNT + ADMIN) if method == "GET"]
    closed = [address.format(**world.keys) for address in seen if not OPEN_TO_ALL.match(address)]
    client = as_user(world, "hr")

    assert {client.get(address).headers.get("Location") for address in closed} == {"/accounts/2fa/"}
    assert client.get("/accounts/2fa/").status_code == 200


@pytest.mark.parametrize("who", ["trainer", "editor", "hr", "director", "admin"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_staff_role_needs_a_second_factor(world, settings, who, method):
    settings.REQUIRE_MFA = True

    assert as_user(world, who).generic(method, "/learning/").headers["Location"] == "/accounts/2fa/"


def test_a_learner_needs_no_second_factor(world, settings):
    settings.REQUIRE_MFA = True

    answer, written = ask(world, "learner", "GET", "/learning/")

    assert (answer, written - NOTES) == ("200", set())


def test_a_group_given_by_hand_opens_the_admin_to_nobody_without_a_second_factor(world, settings):
    """Groups are also given in /cms/users/, and that makes no role of ours."""
    settings.REQUIRE_MFA = True
    User.objects.get(pk=world.keys["learner"]).groups.add(Group.objects.get(name="Editors"))

    assert as_user(world, "learner").get("/cms/").headers["Location"] == "/accounts/2fa/"


# --- What the pages may do --------------------------------------------------------------------------------------------


FORBIDDEN = {
    what: pattern for what, pattern in INLINE.items() if "host" not in what
}  # rel=alternate names the whole address


@pytest.fixture(scope="module")
def pages(built, django_db_blocker):
    """{(who, address): (policy, HTML)} of every page outside of the admin, and of what staff meet in it; in the marking language."""
    seen = [(who, address) for who in ("nobody", "learner", "trainer", "admin")
            for method, address, _answers in rows(TABLE + ACCOUNT) if method == "GET" and not address.startswith("/cms/")]  # fmt: skip
    seen += [("learner", "/uz/no/such/page/"), *(("trainer", address) for address in marked.MET_IN_THE_ADMIN)]
    found = {}
    with django_db_blocker.unblock(), marked.language():
        for who, address in seen:
            with undone():
                response = as_user(built, who).get(address.format(**built.keys))
                read(response)
                if (
                    response.headers["Content-Type"].startswith("text/html")
                    and not response.streaming
                    and response.content
                ):
                    found[who, address] = response.headers.get("Content-Security-Policy"), response.text
    return found


def test_every_page_outside_of_the_admin_has_the_strict_policy_and_nothing_that_it_forbids(pages):
    strict = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "base-uri": "'none'"}
    outside = {asked: page for asked, page in pages.items() if not asked[1].startswith("/cms/")}
    faults = {}
    for asked, (header, html) in outside.items():
        policy = dict(part.strip().split(" ", 1) for part in header.split(";"))
        found = [what for what, pattern in FORBIDDEN.items() if pattern.search(html)]
        if found or {name: policy.get(name) for name in strict} != strict:
            faults[asked] = found, policy

    assert faults == {}
    assert len(outside) > 100


def test_whatever_a_page_says_is_translated_or_data(pages):
    """In words, labels, titles and what stands in for a picture; what Python puts together too."""
    foreign = {}
    for (_who, address), (_policy, html) in pages.items():
        for line in marked.unmarked(html, data=marked.DATA):
            foreign.setdefault(line, address)

    assert foreign == {}
    assert set(marked.MET_IN_THE_ADMIN) < {address for _who, address in pages}


@pytest.mark.parametrize(("method", "who", "address"), marked.FILES, ids=lambda text: text)
def test_whatever_a_file_says_is_translated_or_data(world, method, who, address):
    """PDF, XLSX and calendars, with the numbers, dates and words that programs make."""
    with undone(), marked.language("‹-›"):
        response = as_user(world, who).generic(method, address.format(**world.keys))
        content = b"".join(response.streaming_content) if response.streaming else response.content

    assert response.status_code == 200
    assert list(marked.unmarked_texts(marked.texts_of(content), [*marked.DATA, *marked.CELLS])) == []


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p title='⟦Open⟧'>⟦Read <b>⟦all⟧</b> of it⟧: Kurs ONE, 12.11.2026</p>", []),
        ("<p>Kurs ONE: ready</p>", [": ready"]),
        ("<p>⟦Hello⟧ you</p><img alt='A house'>", ["you", "A house"]),
        ("<p><i lang='ru'>Дом</i><script>let us</script></p>", []),
    ],
)
def test_what_is_not_translated(html, left):
    assert list(marked.unmarked(html, data=marked.DATA)) == left
