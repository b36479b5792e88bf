"""manage.py make_buckets: the buckets that MEDIA_STORAGE_URL and PRIVATE_STORAGE_URL name, where they are not there yet."""

from django.core.files.storage import storages
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Makes the buckets of the storages; does nothing where files stand in folders. Safe to repeat."

    def handle(self, *args, **options):
        for name in ("default", "private"):
            storage = storages[name]
            if not hasattr(storage, "make"):
                self.stdout.write(f"{name}: a folder")
            else:
                self.stdout.write(f"{storage.bucket_name}: {'made' if storage.make() else 'is there'}")
