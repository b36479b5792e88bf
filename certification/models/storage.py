"""Where files that belong to one person lie."""

from django.core.files.storage import storages


def private_storage():
    return storages["private"]
