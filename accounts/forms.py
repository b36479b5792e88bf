"""What people type about themselves, as clean values."""

import re
import unicodedata

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .text import TURNED_COMMA, TUTUQ, is_mixed, normalise_name

NAME_SIGNS = f" -'.{TURNED_COMMA}{TUTUQ}"
LONGEST_NAME = 120


def clean_certificate_name(text):
    """The spelling for certificates: Latin or Cyrillic letters, spaces and the signs of NAME_SIGNS. Raises ValidationError."""
    name = normalise_name(text)
    _refuse_signs(name)
    if not any(_is_letter(sign) for sign in name):
        raise ValidationError(_("Write your name: it has no letters yet."))
    return name


def clean_name(text):
    """A family name, given name or patronymic as HR types it; "" stays. Raises ValidationError."""
    name = normalise_name(text)
    _refuse_signs(name)
    if name and not any(_is_letter(sign) for sign in name):
        raise ValidationError(_("There are no letters in this name."))
    if is_mixed(name):
        raise ValidationError(_("A word of this name has Latin and Cyrillic letters. Write it in one alphabet."))
    return name


def _refuse_signs(name):
    if strangers := strange_signs(name):
        raise ValidationError(
            _("A name has letters, spaces, hyphens, apostrophes and full stops only. Remove: %(signs)s"),
            params={"signs": " ".join(strangers)},
        )


def strange_signs(name):
    """The signs, sorted, that a name cannot have."""
    return sorted({sign for sign in name if sign not in NAME_SIGNS and not _is_letter(sign)})


# Latin and Cyrillic as the certificate's fonts hold them (certification/fonts/make_fonts.py): signs of phonetics and of
# medieval books are letters too, and would be found out when the certificate is drawn, by nobody who could mend it.
_ALPHABETS = (range(0x41, 0x250), range(0x259, 0x25A), range(0x400, 0x530), range(0x1E00, 0x1F00))


def _is_letter(sign):
    is_known = any(ord(sign) in alphabet for alphabet in _ALPHABETS)
    return is_known and sign.isalpha() and bool(re.match("LATIN|CYRILLIC", unicodedata.name(sign, "")))


class CertificateNameForm(forms.Form):
    certificate_name = forms.CharField(
        label=_("Name on certificates"),
        help_text=_("Family name, given name, patronymic, as in your passport. This is how it will be printed."),
        max_length=LONGEST_NAME,
        error_messages={
            "required": _("Write your name: it has no letters yet."),
            "max_length": _("At most %(limit_value)s characters fit on a certificate; this has %(show_value)s."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )

    def clean_certificate_name(self):
        return clean_certificate_name(self.cleaned_data["certificate_name"])


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("Language of mails and certificates"), choices=settings.LANGUAGES)
