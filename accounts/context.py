"""What every page needs to know, without asking the database."""

from django.conf import settings
from django.utils.translation import get_language

from .text import in_language


def site(request):
    return {
        "SITE_NAME": settings.SITE_NAME,
        "ISSUER_NAME": in_language(settings.ISSUER_NAME),
        "LANGUAGES": settings.LANGUAGES,
        "language": get_language(),
        "MODE": settings.MODE,
    }
