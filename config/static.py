"""The style files of static/css are served as one site.css: one request, and still four readable files."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder, FileSystemFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

ORDER = ("tokens.css", "base.css", "layout.css", "components.css", "figures.css")
NAME = "site.css"
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def bare(style):
    """The style without its comments: they are for who reads the files, and would be a twelfth of what is sent."""
    return COMMENT.sub("", style)


class JoinedStylesheetFinder(BaseFinder):
    """Finds «site.css», joined from static/css in ORDER into var/joined whenever one of them has changed."""

    def __init__(self, *args, **kwargs):
        self.folder = settings.BASE_DIR / "static" / "css"
        self.storage = FileSystemStorage(location=settings.VAR / "joined")

    def join(self):
        target = settings.VAR / "joined" / NAME
        parts = [self.folder / name for name in ORDER if (self.folder / name).exists()]
        changed = max(path.stat().st_mtime for path in (*parts, Path(__file__)))
        if not target.exists() or target.stat().st_mtime < changed:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(bare(part.read_text(encoding="utf-8")) for part in parts), encoding="utf-8")
        return target

    def find(self, path, find_all=False, **kwargs):
        found = str(self.join()) if path == NAME else ""
        return found if found and not find_all else [found] if found else []

    def list(self, ignore_patterns):
        self.join()
        if not matches_patterns(NAME, ignore_patterns or []):
            yield NAME, self.storage

    def check(self, **kwargs):
        return []


class OwnFilesFinder(FileSystemFinder):
    """Our static files without the parts of site.css: their addresses of pictures hold for the joined file alone."""

    def list(self, ignore_patterns):
        return super().list([*(ignore_patterns or []), *(f"css/{name}" for name in ORDER)])
