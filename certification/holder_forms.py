"""What a holder says of a certificate that somebody else has issued."""

from datetime import date

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.text import normalise_name
from accounts.words import NOTE, refuse_pinfl

from .external import MOST_MEGABYTES
from .models import ExternalCertificate

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
EARLIEST = date(1950, 1, 1)


class ExternalForm(forms.ModelForm):
    link = forms.CharField(
        label=gettext_lazy("Link to it"), required=False, max_length=500, widget=forms.URLInput,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=gettext_lazy("Where everybody can see it, if there is such a page."),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("File"), required=False,
        help_text=gettext_lazy(
            "PDF, PNG or JPEG, or an open badge (PNG, SVG, JSON), 10 MB at most. Only you and the HR department of your libraries "
            "can open it."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.svg,.json,.jwt", "data-most": MOST_MEGABYTES * 1024 * 1024}),
    )  # fmt: skip

    class Meta:
        model = ExternalCertificate
        fields = ["issuer", "title", "issued_on", "expires_on", "link"]
        widgets = {"issued_on": DAY, "expires_on": DAY}
        help_texts = {"expires_on": gettext_lazy("Empty: for ever."), "title": NOTE}

    def clean_issuer(self):
        refuse_pinfl(self.cleaned_data["issuer"])
        return normalise_name(self.cleaned_data["issuer"])

    def clean_title(self):
        refuse_pinfl(self.cleaned_data["title"])
        return normalise_name(self.cleaned_data["title"])

    def clean(self):
        cleaned = super().clean()
        issued, expires = cleaned.get("issued_on"), cleaned.get("expires_on")
        if issued and not EARLIEST <= issued <= timezone.localdate():
            self.add_error("issued_on", _("This day cannot be right."))
        if issued and expires and expires < issued:
            self.add_error("expires_on", _("The period ends before it begins."))
        if not self.errors and not cleaned.get("link") and not cleaned.get("file"):
            self.add_error("file", _("Add the file or a link: HR has to see the certificate."))
        return cleaned

    @property
    def said(self):
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def _post_clean(self):
        """The rules of the row are checked above, in words; the file comes by its own road."""
