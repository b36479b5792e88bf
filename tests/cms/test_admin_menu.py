"""What the admin offers to whom besides pages and questions: menu, reports, figures, terms, files, people; its headers."""

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import ModelLogEntry

from accounts.models import Role, User
from accounts.roles import grant
from cms import teams
from cms.models import Drawing, GlossaryTerm
from tests import making
from tests.kept import kept

LANGUAGES = ("uz", "ru", "en")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


@kept
def trainer(bedrock):
    person = making.person("trainer")
    grant(person=person, role=Role.TRAINER)
    teams.join(course=making.row(making.course(quiz=False)), person=person)
    return person


@kept
def editor(bedrock):
    person = making.person("editor")
    grant(person=person, role=Role.EDITOR)
    return person


@kept
def administrator(bedrock):
    person = making.person("admin", is_superuser=True)
    grant(person=person, role=Role.ADMINISTRATOR)
    return person


@pytest.fixture
def person(request):
    return request.getfixturevalue(request.param)


EVERYBODY = pytest.mark.parametrize("person", ["trainer", "editor", "administrator"], indirect=True)


@kept
def drawing(bedrock):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title id="one-title">x</title></svg>'
    return Drawing.objects.create(key="sec/one", svg=svg, words={"one-title": making.words("Oʻn ikki belgi")})


OURS = ["explorer", "question-bank", "figures", "glossary", "images", "documents"]


def menu(client):
    """The names in the main menu."""
    from wagtail.admin.menu import admin_menu

    request = client.get("/cms/").wsgi_request
    return [item.name for item in sorted(admin_menu.menu_items_for_request(request), key=lambda item: item.order)]


def test_a_trainers_menu_holds_what_a_trainer_works_with(client, trainer):
    client.force_login(trainer)
    names = menu(client)
    assert [name for name in names if name in OURS] == OURS
    assert not {"reports", "settings", "help", "snippets"} & set(names)


def test_an_editor_has_the_reports_besides(client, editor):
    client.force_login(editor)
    assert "reports" in menu(client)
    assert client.get("/cms/reports/workflow/").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "site-history/",
        "site-history/results/",
        "aging-pages/",
        "page-types-usage/",
        "workflow/",
        "workflow_tasks/",
        "locked/",
    ],
)
def test_site_wide_reports_are_not_a_trainers(client, trainer, address):
    client.force_login(trainer)
    assert client.get(f"/cms/reports/{address}").status_code == 403


@pytest.mark.parametrize("person", ["trainer", "editor"], indirect=True)
@pytest.mark.parametrize(
    "address",
    [
        "users/",
        "users/new/",
        "groups/",
        "groups/new/",
        "sites/",
        "workflows/list/",
        "workflows/tasks/index/",
        "collections/",
        "locales/",
        "redirects/",
    ],
)
def test_people_and_settings_are_the_administrators(client, person, address):
    client.force_login(person)
    response = client.get(f"/cms/{address}")
    assert (
        (response.status_code, response.url) == (302, "/cms/")
        if response.status_code == 302
        else response.status_code == 404
    )


def test_an_administrator_reaches_people(client, administrator):
    client.force_login(administrator)
    assert client.get("/cms/users/").status_code == 200


def test_a_person_with_an_enrolment_is_not_deleted_and_the_log_does_not_say_so(client, administrator):
    learner = making.enrol(making.person(), making.course(quiz=False)).learner
    client.force_login(administrator)

    response = client.post(f"/cms/users/delete/{learner.pk}/", follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Buni oʻchirib boʻlmaydi: unga kursga yozilishlar, oʻrinlar yoki boshqa yozuvlar bogʻlangan."
    ]
    assert User.objects.filter(pk=learner.pk).exists()
    assert not ModelLogEntry.objects.filter(action="wagtail.delete").exists()


def test_a_person_without_any_facts_can_be_deleted(client, administrator):
    mistake = making.person()
    client.force_login(administrator)

    client.post(f"/cms/users/delete/{mistake.pk}/")

    assert not User.objects.filter(pk=mistake.pk).exists()


@EVERYBODY
def test_nobody_changes_the_own_name_there_past_hr_and_the_log(client, person):
    client.force_login(person)
    page = client.get("/cms/account/")
    sent = client.post("/cms/account/", {
        "name_email-first_name": "Boshqa", "name_email-last_name": "Odam", "locale-preferred_language": "", "theme-theme": "system",
        "theme-contrast": "system", "theme-density": "default", "locale-current_time_zone": "",
    })  # fmt: skip

    assert "name_email" not in page.content.decode() and "locale-preferred_language" in page.content.decode()
    assert sent.status_code == 302  # the rest is kept
    assert User.objects.get(pk=person.pk).last_name == person.last_name


# --- Figures and terms ----------------------------------------------------------------------------------------------------


@EVERYBODY
def test_figures_are_looked_at_and_chosen_but_written_by_nobody(client, person, drawing):
    client.force_login(person)
    name = "wagtailsnippets_cms_drawing"

    assert "Oʻn ikki belgi" in client.get("/cms/figures/").content.decode()
    html = client.get(reverse(f"{name}:inspect", args=[drawing.pk])).content.decode()
    assert html.count(f'<title id="f{drawing.pk}-one-title">x</title></svg>') == len(LANGUAGES)
    assert "sec/one" in client.get("/cms/figures/", {"q": "o'n IKKI"}).content.decode()
    for view, args in (("add", []), ("edit", [drawing.pk]), ("delete", [drawing.pk])):
        response = client.post(reverse(f"{name}:{view}", args=args), {"key": "x"})
        assert (response.status_code, response.url) == (302, "/cms/"), view
    client.post(reverse("wagtail_bulk_action", args=["cms", "drawing", "delete"]) + f"?id={drawing.pk}")
    assert list(Drawing.objects.values_list("key", flat=True)) == ["sec/one"]

    chooser = client.get("/cms/snippets/choose/cms/drawing/", {"q": "belgi"})
    assert "Oʻn ikki belgi" in chooser.json()["html"]
    assert "sec/one" not in client.get("/cms/snippets/choose/cms/drawing/results/", {"q": "boshqa"}).content.decode()


def test_editors_write_terms_and_trainers_choose_them(client, trainer, editor):
    term = GlossaryTerm.objects.create(key="parol", titles={"uz": "parol", "kaa": "парол"})
    address = reverse("wagtailsnippets_cms_glossaryterm:edit", args=[term.pk])
    typed = {"key": "parol", "title_uz": "maxfiy soʻz", "title_ru": "пароль", "title_en": "", "note": ""}

    client.force_login(trainer)
    assert client.post(address, typed).url == "/cms/"
    assert "parol" in client.get("/cms/snippets/choose/cms/glossaryterm/").json()["html"]
    client.force_login(editor)
    client.post(address, typed)

    term.refresh_from_db()
    assert term.titles == {"uz": "maxfiy soʻz", "ru": "пароль", "kaa": "парол"}


# --- Files ----------------------------------------------------------------------------------------------------------------


@EVERYBODY
@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.SVG"])
def test_an_svg_is_no_picture_here(client, person, name):
    client.force_login(person)
    file = SimpleUploadedFile(name, SVG, content_type="image/svg+xml")

    client.post("/cms/images/add/", {"title": "x", "file": file, "collection": 1, "tags": ""})
    file.seek(0)
    client.post(
        "/cms/images/multiple/add/",
        {"title": "x", "files[]": file, "collection": 1},
        headers={"x-requested-with": "XMLHttpRequest"},
    )

    assert not get_image_model().objects.exists()


@EVERYBODY
@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.exe", "a"])
def test_nor_a_document(client, person, name):
    client.force_login(person)
    file = SimpleUploadedFile(name, SVG)

    client.post("/cms/documents/add/", {"title": "x", "file": file, "collection": 1, "tags": ""})
    file.seek(0)
    client.post(
        "/cms/documents/multiple/add/",
        {"title": "x", "files[]": file, "collection": 1},
        headers={"x-requested-with": "XMLHttpRequest"},
    )

    assert not get_document_model().objects.exists()


def test_a_handout_is_taken(client, trainer):
    client.force_login(trainer)
    client.post(
        "/cms/documents/add/",
        {"title": "Tarqatma", "file": SimpleUploadedFile("a.pdf", b"%PDF-1.4"), "collection": 1, "tags": ""},
    )
    assert [one.title for one in get_document_model().objects.all()] == ["Tarqatma"]


# --- Headers and look -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/cms/", "/cms/questions/", "/cms/login/", "/cms/nowhere/"])
def test_the_admin_is_framed_and_sniffed_by_nobody(client, trainer, address):
    client.force_login(trainer)
    headers = client.get(address).headers

    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] in ("DENY", "SAMEORIGIN")  # Wagtail's own says DENY, its previews SAMEORIGIN


def test_other_pages_keep_the_strict_policy(client, base):
    assert "script-src 'self'" in client.get("/uz/").headers["Content-Security-Policy"]


def test_the_admin_bears_our_mark_and_leads_nowhere_outside(client, trainer):
    client.force_login(trainer)
    html = client.get("/cms/").content.decode()

    assert 'class="saboq-mark"' in html
    assert "css/cms.css" in html
    assert "guide.wagtail.org" not in html


@pytest.mark.parametrize(("language", "word"), [("uz", "Savollar"), ("ru", "Вопросы"), ("en", "Questions")])
def test_the_admin_speaks_the_trainers_language(client, trainer, language, word):
    client.force_login(trainer)
    assert word in client.get("/cms/questions/", {"lang": language}).content.decode()


LINKS = ("choose-external-link", "choose-anchor-link", "choose-email-link", "choose-phone-link")


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("uz", {"Havola matni", "E-mail manzili", "Mavzu", "Xat matni", "Telefon raqami"}),
        ("ru", {"Текст ссылки", "Адрес эл. почты", "Тема", "Текст письма", "Номер телефона"}),
        ("en", {"Link text", "Email address", "Subject", "Text of the e-mail", "Phone number"}),
    ],
)
def test_the_choosers_of_links_are_labelled_in_the_trainers_language(client, trainer, language, labels):
    client.force_login(trainer)
    asked = [client.get(f"/cms/{link}/?lang={language}").json()["html"] for link in LINKS]

    found = {
        label.text.strip().rstrip("*").strip()
        for html in asked
        for label in BeautifulSoup(html, "html.parser").select("label")
    }
    assert found - {"URL", "Havola", "URL-адрес", "#"} == labels


@pytest.mark.parametrize(("language", "words"), [("uz", "Qidiruv"), ("ru", "Поиск"), ("en", "Search")])
def test_the_tabs_of_a_chooser_speak_the_trainers_language(client, trainer, language, words):
    client.force_login(trainer)
    html = client.get(f"/cms/images/chooser/?lang={language}").json()["html"]

    assert BeautifulSoup(html, "html.parser").select_one("[role=tab]").find(string=True).strip() == words
