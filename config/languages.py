"""Uzbek as Django knows it, with our own plural rule and names (Django's LANG_INFO already has uz; its plural is nplurals=1)."""

from django.conf.locale import LANG_INFO


def register_uzbek():
    """Name Uzbek in its own present spelling: Django's table writes it with an ASCII apostrophe."""
    LANG_INFO["uz"] = {"bidi": False, "code": "uz", "name": "Uzbek", "name_local": "oʻzbekcha"}
