"""Which of the runs to come: ?region=CODE|online &course=CODE &language=uz. Anybody may ask; what is not understood is left out."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Library
from courses.models import Course

from .models import Seminar

ONLINE = "online"


class FindForm(forms.Form):
    """Two queries for its lists."""

    region = forms.ChoiceField(label=_("Region"), required=False)
    course = forms.ChoiceField(label=_("Course"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("All")), *settings.LANGUAGES])

    def __init__(self, data):
        super().__init__(data)
        regions = Library.objects.in_use().filter(level=Library.Level.REGION)
        self.regions = {region.code: region for region in regions}
        self.courses = {str(one.code or one.pk): one for one in _courses()}
        named = sorted((str(region), code) for code, region in self.regions.items())
        self.fields["region"].choices = [
            ("", _("All")),
            (ONLINE, _("On-line")),
            *((code, name) for name, code in named),
        ]
        self.fields["course"].choices = [("", _("All")), *((code, str(one)) for code, one in self.courses.items())]
        self.is_valid()

    def narrow(self, runs):
        """Those of the runs that are asked for."""
        wanted = self.cleaned_data
        if region := wanted.get("region"):
            runs = (
                runs.filter(online=True)
                if region == ONLINE
                else runs.filter(library__path__startswith=self.regions[region].path)
            )
        if course := wanted.get("course"):
            runs = runs.filter(seminar__course=self.courses[course])
        if language := wanted.get("language"):
            runs = runs.filter(language=language)
        return runs

    @property
    def is_narrowed(self):
        return any(self.cleaned_data.values())


def _courses():
    return Course.objects.filter(pk__in=Seminar.objects.live().values("course")).order_by("pk")
