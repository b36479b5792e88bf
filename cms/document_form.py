"""A document of the CMS is what its ending says, by its content; a workbook or letter carries no macros."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm

from courses.homework_files import BadFile, kind_of

PLAYED = {  # (where, what): the first bytes of sound and video
    "mp4": [(4, b"ftyp")],
    "webm": [(0, b"\x1aE\xdf\xa3")],
    "ogg": [(0, b"OggS")],
    "mp3": [(0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")],
}


class DocumentForm(BaseDocumentForm):
    def clean_file(self):
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            self.check(file, file.name.rpartition(".")[2].lower())
        return file

    @staticmethod
    def check(file, ending):
        """Raises ValidationError where the content is of another kind, or what nobody may give out (macros, a lock, a bomb)."""
        file.seek(0)
        if ending in PLAYED:
            head = file.read(16)
            agrees = any(head[at:].startswith(sign) for at, sign in PLAYED[ending])
        elif ending == "vtt":
            agrees = file.read(9).removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")
        else:
            try:
                agrees = kind_of(file, file.name) == ending
            except BadFile as no:
                if no.reason != "kind":
                    no.name = file.name
                    raise forms.ValidationError(no.say()) from None
                agrees = False
        file.seek(0)
        if not agrees:
            raise forms.ValidationError(
                _("This is no .%(ending)s file: its content is of another kind.") % {"ending": ending}
            )
