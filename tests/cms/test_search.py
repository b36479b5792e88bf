"""Finding things: any spelling, every ending, ranked, in context, and never what the reader may not open."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from wagtail.models import Locale, PageViewRestriction

from cms import search, search_index
from cms.loading.material import load_glossary
from cms.models import GlossaryTerm, LessonPage, SearchEntry
from cms.search_words import asked_for, shortened, words_of
from courses.models import Course
from seminars.models import Seminar
from tests import making
from tests.kept import kept

# What people type, on which pages, and the term that they mean.
SIXTY = """
uz oʻquv            drill
uz o'quv            drill
uz o‘quv            drill
uz o’quv            drill
uz o`quv            drill
uz oquv             drill
uz ўқув             drill
uz öquv             drill
uz OʻQUV MASHGʻULOTI drill
uz mashgulot        drill
uz машғулот         session
uz to'g'ri javob    correct_answer
uz togri javob      correct_answer
uz тўғри жавоб      correct_answer
uz so‘rovnoma       survey
uz сўровнома        survey
uz taʼlim natijasi  learning_outcome
uz ta'lim           learning_outcome
uz talim            learning_outcome
uz таълим           learning_outcome
uz zxcvb qwerty     -
uz boʼlim           hr_specialist
uz бўлим            hr_specialist
uz ro'yxatdan o'tish sign_up
uz royxatdan        sign_up
uz рўйхатдан        sign_up
uz qongiroq         call_back
uz қўнғироқ         call_back
uz shaxsga doir ma'lumot personal_data
uz shahsga doir malumot personal_data
uz шахсга доир маълумот personal_data
uz mualliflik       copyright
uz муаллифлик       copyright
uz huquqi           copyright
uz ҳуқуқлар         rights_register
uz xuquq            copyright
uz sun'iy           ai_label
uz сунъий           ai_label
uz qogoz varaqa     paper_slip
uz metama'lumot     metadata
ru пароль           main_password
ru паролем          main_password
ru ПАРОЛИ           main_password
ru parol            main_password
ru учётная          account
ru учетной записью  account
ru вложения         attachment
ru письменного согласия written_consent
ru устройства       device_inventory
ru гостевыми сетями guest_network
ru прошивку         firmware
ru документов       -
ru субтитрами       captions
en passwords        main_password
en attached         attachment
en captioning       captions
en learners'        learner
en publisher's      publisher_blurb
en cropped          crop
en updating         update
""".strip().splitlines()


@kept
def terms(bedrock):
    load_glossary(Path(settings.BASE_DIR) / "curriculum" / "glossary.csv")
    search_index.index_terms()


@pytest.mark.parametrize("line", SIXTY)
def test_sixty_ways_of_typing_find_what_is_meant(terms, line):
    language, rest = line.split(maxsplit=1)
    typed, _, key = rest.rpartition(" ")

    found = [row.key for row in search.find(typed.strip(), AnonymousUser(), language)]

    assert (key in found[:10]) if key != "-" else found == []


def test_there_are_sixty():
    assert len(SIXTY) == 60


# Typed with more endings than any text has, with a sign of a neighbour's keyboard, with and without the hyphen, with operators.
ENDED = """
uz parollarimizni         main_password
uz паролларимизни         main_password
uz huquqlarimizdan        copyright
uz shaxsga doir maʼlumotlaringizni personal_data
uz dırektorning           director
uz KUTUBXONASİNİNG        library
uz kontentreja            content_calendar
uz kontent-rejasini       content_calendar
ru контентплана           content_calendar
ru контент-планом         content_calendar
en clickthrough           click_through_rate
en CLICK-through rates    click_through_rate
uz "asosiy" AND parol*    main_password
uz NEAR(asosiy,parol)     main_password
uz title_words:parol      main_password
""".strip().splitlines()


@pytest.mark.parametrize("line", ENDED)
def test_endings_hyphens_and_operators_are_no_hindrance(terms, line):
    language, rest = line.split(maxsplit=1)
    typed, key = rest.rsplit(maxsplit=1)

    rows = search.find(typed, AnonymousUser(), language)

    assert key in [row.key for row in rows[:10]]
    assert all("<mark>" in hit.title + hit.context for hit in search.hits(rows[:10], typed))


def test_an_uzbek_word_loses_its_endings_and_keeps_a_stem():
    typed = ["kutubhonachilarning", "parollarimizni", "korsatkichlarini", "telegramdagi", "bola", "mana", "kodning"]

    assert shortened(typed, "uz") == ["kutubhonachi", "parol", "korsatkich", "telegram", "bola", "mana", "kod"]
    assert shortened(["dasha"], "ru") == ["dasha"]


def test_words_are_compared_in_one_form_a_language():
    assert words_of("Oʻquv, maʼlumot – XX asr!", "uz") == " oquv malumot hh asr "
    assert words_of("Ёлки: паролями", "ru") == " elk parol "
    assert words_of("Learners’ passwords", "en") == " learner password "
    assert words_of("…", "uz") == "  "
    assert words_of("E-mail, Wi‑Fi, 3-2-1", "en") == " e mail wi fi 3 2 1 email wifi "


def test_small_words_are_asked_for_only_where_there_is_nothing_else():
    assert asked_for("parol va login", "uz") == ["parol", "login"]
    assert asked_for("Как сменить пароль", "ru") == ["smen", "parol"]
    assert asked_for("How do I change the password", "en") == ["chang", "password"]
    assert asked_for("Вa, бу", "uz") == ["va", "bu"]
    assert asked_for("how to", "en") == ["how", "to"]
    assert asked_for("IT and SMM", "en") == ["it", "smm"]


# --- Pages ------------------------------------------------------------------------------------------------------------------


@kept
def lessons(bedrock):
    """One course with a lesson about passwords, one that says the word in passing, and the first one in Russian."""
    course = making.course()
    about = LessonPage.objects.get(locale__language_code="uz")
    publish(
        about,
        title="Uzun parol",
        outcome="Parolni menejerda saqlash",
        body=[said("Ertalab kutubxona ochildi. " * 20 + "Parol <b>yodda</b> turmaydi. " + "Kechqurun yopildi. " * 20)],
    )
    return course


def said(text):
    return {"type": "text", "value": f"<p>{text}</p>"}


def publish(page, **changes):
    for name, value in changes.items():
        setattr(page, name, page.body.stream_block.to_python(value) if name == "body" else value)
    making.committed(lambda: page.save_revision().publish())


def found(query, user=None, language="uz"):
    rows = search.find(query, user or making.person(), language)
    return search.hits(rows, query)


def test_a_lesson_is_found_by_its_words_with_the_hit_in_its_context(lessons):
    [hit] = [one for one in found("yodda") if one.kind == "lesson"]

    assert (hit.title, hit.language) == ("Uzun parol", "uz")
    assert hit.context == (
        "… Ertalab kutubxona ochildi. Ertalab kutubxona ochildi. Ertalab kutubxona ochildi. Parol <mark>yodda</mark> turmaydi. "
        "Kechqurun yopildi. Kechqurun yopildi. Kechqurun yopildi. Kechqurun yopildi. …"
    )
    assert hit.address == LessonPage.objects.get(locale__language_code="uz").url


def test_what_was_typed_is_shown_as_text(lessons):
    publish(LessonPage.objects.get(), title="Parol <script>")

    [hit] = [one for one in found("parol") if one.kind == "lesson"]

    assert hit.title == "<mark>Parol</mark> &lt;script&gt;"


def test_a_query_in_one_script_is_marked_in_a_text_of_the_other(lessons):
    publish(
        LessonPage.objects.get(), title="Oʻquv <b>mashgʻuloti</b>", body=[said("Ertaga o‘quvlar &lt;i&gt; boʻladi.")]
    )

    [hit] = [one for one in found("ЎҚУВ") if one.kind == "lesson"]

    assert hit.title == "<mark>Oʻquv</mark> &lt;b&gt;mashgʻuloti&lt;/b&gt;"
    assert hit.context == "Parolni menejerda saqlash Ertaga <mark>o‘quvlar</mark> &lt;i&gt; boʻladi."


def test_a_hit_in_a_text_without_spaces_is_in_its_context():
    text = "x/" * 200 + "parol" + "/x" * 200

    shown = search.context(text, ["parol"], "uz")

    assert shown == f"… {text[310:495]} …" and "parol" in shown
    assert search.context("y" * 500, ["parol"], "uz") == f"{'y' * 180} …"


def test_a_title_counts_more_than_the_text(terms, lessons):
    GlossaryTerm.objects.create(key="a_b", titles={"uz": "Boshqa", "ru": "уйку уйку", "en": "uyqu"})
    GlossaryTerm.objects.create(key="z_b", titles={"uz": "Uyqu"})
    search_index.index_terms()

    assert [row.key for row in search.find("uyqu", AnonymousUser(), "uz")] == ["z_b", "a_b"]


def test_a_title_counts_more_than_the_text_however_often_and_two_words_more_than_one_of_them(terms):
    for key, title, others in (
        ("a", "Boshqa", "uyqu " * 40), ("b", "Boshqa", "uyqu tush"), ("c", "Uyqu", ""), ("d", "Boshqa", "uyqu"), ("e", "Boshqa", "tush " * 40),
    ):  # fmt: skip
        GlossaryTerm.objects.create(key=key, titles={"uz": title, "ru": others})
    search_index.index_terms()

    def keys(query):
        return [row.key for row in search.find(query, AnonymousUser(), "uz") if row.language == "uz"]

    assert keys("uyqu")[:1] == ["c"]
    order = keys("uyqu tush zxcvb")
    assert order.index("b") < min(map(order.index, "ade"))
    assert {*keys("uyqu tush zxcvb")} == {"a", "b", "c", "d", "e"}


def test_the_readers_language_comes_first_and_one_thing_once(terms):
    rows = search.find("utm", AnonymousUser(), "ru")

    assert rows[0].language == "ru"
    assert len({row.key for row in rows}) == len(rows)


def test_all_words_else_any_of_them(terms):
    assert [row.key for row in search.find("asosiy parol", AnonymousUser(), "uz")] == ["main_password"]
    assert "main_password" in [row.key for row in search.find("parol zxcvb", AnonymousUser(), "uz")]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "'",
        "ʻ",
        "—",
        "%",
        "_",
        "a",
        "ў",
        "2",
        "a & b | !c",
        "x" * 10_000,
        "a " * 5000,
        "\\",
        "(",
        "oʻ:*",
        "<b>",
    ],
)
def test_nothing_that_is_typed_breaks_it(terms, client, query):
    assert client.get("/search/", {"q": query}).status_code == 200


# --- Who may see what ----------------------------------------------------------------------------------------------------


def test_a_lesson_is_found_after_signing_in_or_where_the_course_is_open(lessons):
    assert [hit.kind for hit in found("yodda", AnonymousUser())] == []

    Course.objects.update(open_reading=True)
    assert [hit.kind for hit in found("yodda", AnonymousUser())] == ["lesson"]


def test_a_page_that_is_taken_back_is_found_no_more(lessons):
    making.committed(lambda: LessonPage.objects.get().unpublish())

    assert found("yodda") == []


def test_a_private_page_is_not_found(lessons):
    PageViewRestriction.objects.create(page=LessonPage.objects.get(), restriction_type="groups")

    assert found("yodda") == []


def test_a_translation_whose_original_is_taken_back_is_not_found(lessons):
    """Its page is live, but it is no step of its course any more: it answers 404."""
    uz = LessonPage.objects.get()
    making.committed(
        lambda: [copy_of(page) for page in (uz.get_parent().get_parent().specific, uz.get_parent().specific, uz)]
    )
    ru = LessonPage.objects.get(locale__language_code="ru")
    assert "lesson" in [hit.kind for hit in found("yodda", language="ru")]

    making.committed(uz.unpublish)

    assert LessonPage.objects.get(pk=ru.pk).live
    assert [hit.kind for hit in found("yodda", language="ru")] == []


def copy_of(page):
    made = page.copy_for_translation(Locale.objects.get(language_code="ru"), copy_parents=True)
    made.save_revision().publish()


def test_neither_questions_nor_answers_nor_rubrics_nor_notes_for_trainers_are_found(lessons):
    pool = making.pool(count=1, course=making.row(lessons))
    assert pool.questions.get().current.content["choices"][0]["text"]["uz"] == "one uz"

    assert found("which") == found("because") == found("one uz") == []


def test_an_archived_seminar_is_not_found(terms):
    seminar = making.committed(lambda: Seminar.objects.create(code="uyqu-1", titles={"uz": "Uyqu haqida"}))
    assert [hit.address for hit in found("uyqu")] == [f"/seminars/{seminar.pk}/"]

    Seminar.objects.update(archived=True)
    assert found("uyqu") == []


# --- Kept true --------------------------------------------------------------------------------------------------------------


def test_what_is_published_is_found_at_once_and_what_it_said_before_no_more(lessons):
    publish(LessonPage.objects.get(), body=[said("Sichqoncha")])

    assert [hit.kind for hit in found("sichqoncha")] == ["lesson"]
    assert found("yodda") == []


def test_a_draft_is_not_found(lessons):
    page = LessonPage.objects.get()
    page.title = "Sichqoncha"
    making.committed(page.save_revision)

    assert found("sichqoncha") == []


def test_the_sweep_finds_what_a_crash_has_left_undone(lessons):
    there = set(SearchEntry.objects.values_list("kind", "key", "language", "title_words", "text_words"))
    SearchEntry.objects.filter(kind="lesson").delete()
    SearchEntry.objects.filter(kind="course").update(version="", title_words="", text_words="")

    assert search_index.index_all() == 2
    assert set(SearchEntry.objects.values_list("kind", "key", "language", "title_words", "text_words")) == there
    assert search_index.index_all() == 0


def test_entries_are_made_anew_when_words_come_out_otherwise(lessons, monkeypatch):
    n = SearchEntry.objects.count()
    assert search_index.index_all() == 0
    monkeypatch.setattr(search_index, "FORM", 99)

    assert search_index.index_all() == n
    assert search_index.index_all() == 0


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL fills a column")
def test_sqlites_table_of_words_is_made_whole_where_its_triggers_were_lost(lessons):
    """As after a migration that makes the table anew."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {search_index.FTS}_update")
    SearchEntry.objects.filter(kind="lesson").update(text_words=" sichqoncha ")
    assert found("sichqoncha") == []

    search_index.install(connection)

    assert [hit.kind for hit in found("sichqoncha")] == ["lesson"]
    assert found("yodda") == []


def test_a_deleted_page_takes_its_entry_along(lessons):
    making.committed(LessonPage.objects.get().delete)

    assert not SearchEntry.objects.filter(kind="lesson").exists()


# --- The page ---------------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_found(lessons, client, django_assert_num_queries):
    client.force_login(making.person())
    client.get("/search/")  # what a process keeps

    with django_assert_num_queries(9):
        page = BeautifulSoup(client.get("/search/?q=yodda").content, "html.parser")

    assert [one.get_text(" ", strip=True) for one in page.select(".hit h3")] == ["Uzun parol"]
    assert page.select_one(".hit mark").text == "yodda"
    assert page.select_one("input[name=q]")["value"] == "yodda"


@pytest.mark.parametrize("page", ["0", "-1", "abc", "99999999999999999999", ""])
def test_a_page_that_is_none_is_the_first_or_the_last(lessons, client, page):
    client.force_login(making.person())

    assert len(BeautifulSoup(client.get(f"/search/?q=yodda&page={page}").content, "html.parser").select(".hit")) == 1


def test_no_html_of_a_query_or_a_title_reaches_the_page(lessons, client):
    publish(lessons, title="<img src=x> kurs")
    publish(LessonPage.objects.get(), title="<script>alert(1)</script> yodda")
    client.force_login(making.person())

    html = client.get("/search/", {"q": 'yodda "><svg onload=x>'}).content.decode()

    assert not [bad for bad in ("<script>alert", "<img src=x", "<svg onload") if bad in html]
    assert "&lt;script&gt;alert(1)" in html and "&lt;img src=x&gt; kurs" in html


def test_the_page_is_read_alone(client, terms):
    assert client.post("/search/", {"q": "parol"}).status_code in (403, 405)


def test_it_says_when_nothing_is_found_and_that_there_is_more_for_who_signs_in(lessons, client):
    text = (
        BeautifulSoup(client.get("/search/?q=zxcvb").content, "html.parser")
        .select_one("main")
        .get_text(" ", strip=True)
    )

    assert "zxcvb" in text and "hisobingizga kirsangiz" in text.lower()


def test_results_come_in_pages(terms, client):
    GlossaryTerm.objects.bulk_create(GlossaryTerm(key=f"uyqu-{n}", titles={"uz": f"Uyqu {n}"}) for n in range(21))
    search_index.index_terms()

    first, second = (
        BeautifulSoup(client.get(f"/search/?q=uy+qu+uyqu&page={n}").content, "html.parser") for n in (1, 2)
    )

    assert (len(first.select(".hit")), len(second.select(".hit"))) == (20, 1)
    assert first.select_one("a[rel=next]")["href"] == "?q=uy%20qu%20uyqu&page=2"


def test_words_in_another_language_are_marked_as_such(terms, client):
    page = BeautifulSoup(client.get("/search/?q=прошивку").content, "html.parser")

    assert page.select_one(".hit h3 a")["lang"] == "ru"
    assert Locale.objects.count() == 3
