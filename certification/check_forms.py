"""Files that are given to be checked, taken into memory alone or refused."""

import io

from django import forms
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext_lazy as _


class InMemory(FileUploadHandler):
    """Keeps one file of at most `most` bytes in memory, never on a disk; of a larger one it remembers that, and lets it go."""

    def __init__(self, request, most):
        super().__init__(request)
        self.most, self.too_large, self.count = most, False, 0

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.held, self.count = io.BytesIO(), self.count + 1

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > self.most or self.count > 1:
            self.too_large = self.too_large or self.count == 1
            raise SkipFile
        self.held.write(raw_data)

    def file_complete(self, file_size):
        self.held.seek(0)
        return InMemoryUploadedFile(
            self.held,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("PDF file of a certificate"),
        help_text=_("5 MB at most. The file is looked at and forgotten: nothing of it is kept."),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )


class BatchForm(forms.Form):
    file = forms.FileField(
        label=_("Table of codes, or files"),
        help_text=_(
            "XLSX or CSV with a code in each row, or a ZIP of PDF files; 1,000 at most. It is deleted when it has been checked."
        ),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.zip"}),
    )
