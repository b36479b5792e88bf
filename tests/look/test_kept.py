"""What a page says alike to everybody is rendered once; what differs is not."""

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.utils import translation

from accounts.templatetags.kept import MOST, KeptNode
from courses.templatetags.lesson_text import choices


def said(template, language="uz", **context):
    with translation.override(language):
        return template.render(Context(context))


def test_what_is_kept_goes_by_language_and_by_the_values_named():
    template = Template("{% kept n done %}{{ n }}{{ done }}{{ never }}{% translate 'Log out' %}{% endkept %}")

    assert said(template, n=1, done=True, never="a") == said(template, n=1, done=True, never="b") == "1TrueaChiqish"
    assert said(template, n=1, done=False, never="b") == "1FalsebChiqish"
    assert said(template, "en", n=1, done=True, never="c") == "1TruecLog out"


def test_a_changed_setting_is_said_at_once():
    template = Template("{% kept %}{{ name }}{% endkept %}")
    assert said(template, name="a") == "a"
    with override_settings(SITE_NAME="b"):
        assert said(template, name="b") == "b"


def test_no_place_keeps_more_than_so_many():
    template = Template("{% kept n %}{{ n }}{% endkept %}")
    for n in range(MOST + 1):
        said(template, n=n)
    [node] = template.nodelist
    assert isinstance(node, KeptNode)
    assert len(node.texts) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{% translate 'Log out' %}", "Chiqish"),
        ('{% translate "Log out"|upper %}', "CHIQISH"),
        ("{% translate word %}", "Chiqish"),
        ("{% translate 'Log out' as out %}-{{ out }}", "-Chiqish"),
        ("{% translate 'Log out' noop %}", "Log out"),
    ],
)
def test_translate_says_what_djangos_says(text, told):
    assert said(Template(text), word="Log out") == told


def test_an_icon_is_drawn_when_the_template_is_read_and_one_by_name_each_time():
    plain, named = Template('{% icon "go" %}{% mark "done" %}'), Template("{% icon name %}")

    assert 'href="#i-go"' in said(plain)
    assert 'href="#m-done"' in said(plain)
    assert 'href="#i-&lt;"' in said(named, name="<")


ALL_RIGHT = (
    '<p class="hint">Toʻgʻrilarining hammasini belgilang. Har bir toʻgʻrisi hisobga qoʻshiladi, '
    "har bir notoʻgʻrisi bittasini ayiradi.</p>"
)


@pytest.mark.parametrize(("kind", "ticked", "hint"), [("single", "radio", ""), ("multiple", "checkbox", ALL_RIGHT)])
def test_answers_to_be_ticked_hold_clean_words_and_no_tag_of_a_lost_picture(db, kind, ticked, hint):
    lost = {"alt": "1 < 2", "library": 10**6}
    options = [
        {"value": 0, "text": "<b>a</b>", "picture": None, "chosen": False},
        {"value": 1, "text": "b", "picture": lost, "chosen": True},
    ]

    assert choices({"kind": kind, "options": options}, "-3") == (
        f'{hint}<div class="options">'
        f'<label class="option"><input type="{ticked}" name="answer-3" value="0"><span><b>a</b></span></label>'
        f'<label class="option"><input type="{ticked}" name="answer-3" value="1" checked><span>b1 &lt; 2</span></label></div>'
    )
