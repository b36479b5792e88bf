"""What a page says alike to everybody is rendered once in a process: {% kept %}, and {% translate "..." %} of a plain text.

Half of the time of a page went into saying the same frame again and again (docs/bench.md).
"""

from weakref import WeakSet

from django import template
from django.core.signals import setting_changed
from django.template.base import Node
from django.templatetags.i18n import do_translate
from django.utils.translation import get_language

register = template.Library()
MOST = 1_000  # texts one place keeps; then it begins anew
_nodes = WeakSet()


class KeptNode(Node):
    """Its text by the reader's language and by the values named."""

    def __init__(self, nodelist, names=()):
        self.nodelist, self.names, self.texts = nodelist, names, {}
        _nodes.add(self)

    def render(self, context):
        key = get_language(), *[name.resolve(context) for name in self.names]
        text = self.texts.get(key)
        if text is None:
            if len(self.texts) >= MOST:
                self.texts.clear()
            text = self.texts[key] = self.nodelist.render(context)
        return text


@register.tag
def kept(parser, token):
    """{% kept number flagged %}...{% endkept %}: what is within depends on the language, the settings and these values alone.

    The values are numbers, codes and yes or no, of which there are few: never a person, a token or an address of one thing.
    No {% block %} stands within.
    """
    names = [parser.compile_filter(name) for name in token.split_contents()[1:]]
    nodelist = parser.parse(["endkept"])
    parser.delete_first_token()
    return KeptNode(nodelist, names)


@register.tag("translate")
def translate(parser, token):
    """As Django's; a plain text in quotation marks is looked up once a language."""
    node = do_translate(parser, token)
    said = token.split_contents()
    if len(said) == 2 and said[1][0] in "\"'" and not node.filter_expression.filters:
        return KeptNode(template.NodeList([node]))
    return node


def forget(**_changed):
    for node in list(_nodes):
        node.texts.clear()


setting_changed.connect(forget)
