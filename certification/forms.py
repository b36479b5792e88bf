"""The code that somebody types from a paper, as a clean value."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import codes

LONGEST = 300  # characters: an address may be pasted
_IN_ADDRESS = re.compile(r"/verify/([^/?#.]+)")
_NUMBER = re.compile(r"[A-Z]{3}20[0-9]{8}")  # SBQ-2026-000417 without its hyphens


def read_code(text):
    """The normalised, well-formed code that `text` means: typed in any way, or pasted as the address on the QR code.

    Raises ValidationError that says what is wrong with it.
    """
    found = _IN_ADDRESS.search(text)
    typed = found[1] if found else text
    code = codes.normalise(typed)
    if _NUMBER.fullmatch(re.sub(r"[^A-Z0-9]", "", typed.upper())):
        raise ValidationError(
            _("This is the number of the certificate. The code stands at its lower right, under the QR code."),
            code="number",
        )
    if len(code) != codes.LENGTH:
        raise ValidationError(_("A code has 12 characters. Typed here: %(n)s."), params={"n": len(code)}, code="length")
    if strangers := sorted({sign for sign in code if sign not in codes.ALPHABET}):
        raise ValidationError(
            _("These characters never occur in a code: %(signs)s. Look at the paper once more."),
            params={"signs": " ".join(strangers)},
            code="strangers",
        )
    if not codes.is_well_formed(code):
        raise ValidationError(_("The check character does not match. Copy the code again."), code="check")
    return code


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Verification code"),
        help_text=_(
            "12 characters at the lower right of the certificate, under the QR code. 0 and O, 1 and I never occur in it."
        ),
        max_length=LONGEST,
        error_messages={
            "required": _("Type the code that stands on the certificate."),
            "max_length": _("This is too long for a code. Type only the 12 characters."),
        },
        widget=forms.TextInput(
            attrs={
                "class": "input--verify num",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )

    def clean_code(self):
        return read_code(self.cleaned_data["code"])
