"""What is asked of the log of deeds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import deeds
from accounts.models import User

from .forms import DAY


class LogForm(forms.Form):
    deed = forms.ChoiceField(label=_("What"), required=False)
    person = forms.CharField(label=_("Login"), required=False, max_length=40)
    begins = forms.DateField(label=_("First day"), required=False, widget=DAY)
    ends = forms.DateField(label=_("Last day"), required=False, widget=DAY)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        told = sorted(((deed, deeds.words_of(deed)) for deed in deeds.WORDS), key=lambda pair: pair[1])
        self.fields["deed"].choices = [("", _("Everything")), *told]

    def clean_person(self):
        login = self.cleaned_data["person"].strip()
        if not login:
            return None
        found = User.objects.filter(username__iexact=login).first()
        if found is None:
            raise forms.ValidationError(_("Nobody has this login."))
        return found
