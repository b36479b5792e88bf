"""Small drawings and words that every template may use: {% icon "go" %}, {% mark "done" %}, {{ titles|words }}, menus, form fields."""

from datetime import date, datetime

from django import template
from django.conf import settings
from django.forms import CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.template.base import TextNode
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_from_path
from django.utils.translation import gettext as _

from ..models import Role
from ..roles import RIGHTS, has_role, has_staff_role
from ..text import in_language, language_found

register = template.Library()


@register.simple_tag
def icon(name):
    """An icon of the sprite (templates/components/sprite.html); the word beside it carries the meaning."""
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def mark(state):
    """The star of a state: done, now, todo, due, bad."""
    return format_html(
        '<svg class="mark mark--{0}" viewBox="0 0 24 24" aria-hidden="true"><use href="#m-{0}"/></svg>', state
    )


def _at_once(name):
    """{% icon "go" %} says the same each time: it is drawn when the template is read."""
    compiled = register.tags[name]

    def compile_at_once(parser, token):
        node, said = compiled(parser, token), token.split_contents()
        is_plain = len(said) == 2 and said[1][0] in "\"'" and said[1][0] == said[1][-1]
        return TextNode(node.render(template.Context())) if is_plain else node

    register.tag(name, compile_at_once)


_at_once("icon")
_at_once("mark")


@register.filter
def words(titles):
    """{language: text} in the reader's language."""
    return in_language(titles)


@register.filter
def spoken(titles):
    """As `words`, for the text of an element: what is not in the reader's language is marked with its own."""
    text, code = in_language(titles), language_found(titles)
    return text if code in ("", get_language()) else format_html('<span lang="{}">{}</span>', code, text)


@register.filter
def moment(text):
    """An ISO moment as people read it, in the time of the place; "" for none."""
    return formats.date_format(timezone.localtime(datetime.fromisoformat(text)), "DATETIME_FORMAT") if text else ""


@register.filter
def day(text):
    """An ISO date as people read it."""
    return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")


# --- Where one can go ----------------------------------------------------------------------------------------------


@register.simple_tag
def catalogue_address():
    return f"/{get_language()}/kurslar/"


@register.simple_tag(takes_context=True)
def language_links(context):
    """The languages of this page: [{code, name, address, current, missing}].

    `addresses` in the context ({language: address}) names the page in each language; one that is absent there is `missing`
    and leads to a page that says so. Without it the same address is asked with «?lang=».
    """
    request, addresses = context.get("request"), context.get("addresses")
    return [
        {
            "code": code,
            "name": name,
            "address": (addresses.get(code) or _elsewhere(code, context))
            if addresses
            else _same_page_in(code, request, context.get("stands_at")),
            "current": code == get_language(),
            "missing": bool(addresses) and code not in addresses,
        }
        for code, name in settings.LANGUAGES
    ]


LEARNING = "/learning/"  # for who is signed in


@register.simple_tag(takes_context=True)
def alternates(context):
    """(language, whole address) of this page in each language that it has, for search engines; last «x-default», as a newcomer gets it.

    Of a page that says the same in all languages, only for those who are not signed in: others' pages are nobody's to find.
    """
    request, addresses = context.get("request"), context.get("addresses")
    if request is None or request.method != "GET":
        return []
    if not addresses:
        if get_language_from_path(request.path_info) or getattr(request.user, "is_authenticated", False):
            return []
        addresses = {code: _same_page_in(code, request) for code, _name in settings.LANGUAGES}
    found = {code: addresses[code] for code, _name in settings.LANGUAGES if code in addresses}
    if found:
        found["x-default"] = found.get(settings.LANGUAGE_CODE) or next(iter(found.values()))
    here = f"{request.scheme}://{request.get_host()}"
    return [(code, here + address) for code, address in found.items()]


def _elsewhere(code, context):
    """Where a page leads that is not there in this language: to `elsewhere`, which says so, else to the same place in it."""
    if context.get("elsewhere"):
        return f"{context['elsewhere']}?lang={code}"
    request = context.get("request")
    here = get_language_from_path(request.path_info) if request else None
    return f"/{code}{request.path.removeprefix(f'/{here}')}" if here else f"/{code}/"


def _same_page_in(code, request, stands_at=None):
    if request is None or get_language_from_path(request.path_info):
        return f"/{code}/"  # the address itself names the language: only its page knows its name in another
    if stands_at or not request.GET:
        return f"{stands_at or request.path}?lang={code}"
    query = request.GET.copy()
    query["lang"] = code
    return f"{request.path}?{query.urlencode()}"


def _main_sections():
    return [
        (catalogue_address(), _("Courses")),
        (LEARNING, _("My learning")),
        ("/seminars/", _("Seminars")),
        ("/search/", _("Search")),
        ("/verify/", _("Verify a certificate")),
    ]


@register.simple_tag(takes_context=True)
def main_menu(context):
    """The main sections: [{address, words, current}]."""
    is_known = context.get("user") and context["user"].is_authenticated
    return _entries(context, [entry for entry in _main_sections() if is_known or entry[0] != LEARNING])


@register.simple_tag(takes_context=True)
def staff_menu(context):
    """What the staff roles of the reader open: [{address, words, current}]. Costs one query for a signed-in person."""
    user, entries = context.get("user"), []
    if user is None or not has_staff_role(user):
        return entries
    if has_role(user, Role.HR, Role.DIRECTOR, Role.ADMINISTRATOR):
        entries.append(("/hr/", _("Staff and progress")))
    if has_role(user, Role.TRAINER, Role.ADMINISTRATOR):
        entries.append(("/teach/", _("Teaching")))
    if has_role(user, *(role for role, rights in RIGHTS.items() if rights.cms)):
        entries.append((reverse("wagtailadmin_home"), _("Writing courses")))
    return _entries(context, entries)


@register.simple_tag(takes_context=True)
def section(context):
    """In which main section this page stands: the beginning of its address, "" for none. Decides what is `current` in main_menu."""
    here = context["request"].path if context.get("request") else ""
    return next((address for address, _words in _main_sections() if here.startswith(address)), "")


def _entries(context, entries):
    here = context["request"].path if context.get("request") else ""
    return [{"address": address, "words": text, "current": here.startswith(address)} for address, text in entries]


@register.simple_tag
def registration_is_open():
    return settings.REGISTRATION_OPEN


@register.simple_tag
def sign_in_help():
    """Whom to ask when one does not get in: a line of SIGN_IN_HELP in the reader's language, "" for none."""
    return in_language(settings.SIGN_IN_HELP)


@register.simple_tag
def session_idle_minutes():
    return settings.SESSION_IDLE_MINUTES


@register.simple_tag
def identity_provider():
    """What stands on the button of the sign-in by OpenID Connect; "" where it is not set up."""
    return settings.OIDC_NAME if settings.OIDC_SERVER_URL else ""


BROWSERS = (("Edg", "Edge"), ("YaBrowser", "Yandex Browser"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
            ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Macintosh", "macOS"),
           ("Linux", "Linux"))  # fmt: skip


@register.filter
def device(user_agent):
    """«Firefox, Windows», of what a browser says of itself; many say several names, the rarer first."""
    named = [next((name for sign, name in known if sign in user_agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, named)) or _("Unknown browser")


@register.filter
def without_scheme(address):
    """https://saboq.uz/verify/ as it is read: saboq.uz/verify"""
    return address.partition("://")[2].rstrip("/")


# --- Forms -----------------------------------------------------------------------------------------------------------


@register.filter
def is_check(field):
    """Whether this is one check box: its label stands beside it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choice(field):
    """Whether this is a list of radio buttons or check boxes."""
    return isinstance(field.field.widget, (RadioSelect, CheckboxSelectMultiple))


@register.simple_tag
def control(field, **attrs):
    """The widget of a bound field in the look. aria_describedby="HINT" names our own hint; the error is named with it.

    Placeholders are left out: a hint stays to be read, a placeholder vanishes.
    """
    attrs = {"placeholder": False, **{name.replace("_", "-"): value for name, value in attrs.items()}}
    if hint := attrs.get("aria-describedby"):
        attrs["aria-describedby"] = f"{hint} {field.auto_id}_error" if field.errors else hint
    if not isinstance(field.field.widget, (CheckboxInput, FileInput)) and not field.use_fieldset:
        classes = ["input", field.field.widget.attrs.get("class"), attrs.get("class")]
        attrs["class"] = " ".join(filter(None, classes))
    return field.as_widget(attrs=attrs)


@register.filter
def anchor(field):
    """The id that a link to this field goes to."""
    return field.auto_id if field.use_fieldset else field.id_for_label
