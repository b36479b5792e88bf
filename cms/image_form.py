"""A picture of the CMS is kept without what its camera wrote into it: renditions would hand that on to everybody."""

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from wagtail.images.forms import BaseImageForm

from courses.photographs import without_traces


class ImageForm(BaseImageForm):
    def clean_file(self):
        file = self.cleaned_data["file"]
        if not isinstance(file, UploadedFile):
            return file
        file.seek(0)
        given = file.read()
        file.seek(0)
        kept = without_traces(given)
        return file if kept is given else SimpleUploadedFile(file.name, kept, file.content_type)
