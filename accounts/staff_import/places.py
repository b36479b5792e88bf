"""The libraries that an importer may import into, and the positions: found by code, or by a name that means one alone."""

from collections import defaultdict

from ..models import Library, Position, Role, User
from ..roles import has_role, scope_of
from ..text import fold
from .words import told


def scope(by):
    """The libraries of an importer; all of them for the platform itself (None)."""
    return Library.objects.all() if by is None else scope_of(by, Role.HR)


def staff(by):
    """The people whom an importer may mean: those of the own libraries. Administrators also those who work nowhere yet."""
    if by is None or has_role(by, Role.ADMINISTRATOR):
        return User.objects.all()
    return User.objects.filter(library__in=scope(by))


def by_codes(codes):
    """{code in small letters: library} of those codes that there are, anywhere in the nation."""
    found = Library.objects.filter(code__in=[*codes, *map(str.lower, codes), *map(str.upper, codes)])
    return {library.code.lower(): library.standing() for library in found}


class Places:
    """What a file's words for libraries and positions mean. Two queries; one more where words are not found in the scope."""

    def __init__(self, by):
        self.libraries = {library.pk: library for library in scope(by)}
        self._by_code = {library.code.lower(): library for library in self.libraries.values()}
        self._by_name = defaultdict(set)
        for library in self.libraries.values():
            for title in library.titles.values():
                self._by_name[fold(title)].add(library)
        self._elsewhere = {}
        self.positions = {position.pk: position for position in Position.objects.all()}
        self._positions = {fold(position.code): position for position in self.positions.values()}
        for position in self.positions.values():
            for title in position.titles.values():
                self._positions.setdefault(fold(title), position)

    @property
    def only(self):
        """The library that is meant where the file has none: of who has a single one."""
        found = [library for library in self.libraries.values() if not library.closed_at]
        return found[0] if len(found) == 1 else None

    def look_up(self, texts):
        """Ask once for all words that are no code and no name in the scope: old codes, and libraries of others."""
        strange = {text for text in texts if not self._by_code.get(text.lower()) and not self._by_name.get(fold(text))}
        if wanted := sorted(text for text in strange if len(text) <= 20):
            self._elsewhere |= by_codes(wanted)

    def library(self, text):
        """(library, None) or (None, why not)."""
        if not text:
            return (self.only, None) if self.only else (None, told("no_library"))
        if found := self._by_code.get(text.lower()) or self._elsewhere.get(text.lower()):
            return self._open(found, text)
        named = {self._standing(library) for library in self._by_name.get(fold(text), ())} if fold(text) else set()
        named = {library for library in named if library and not library.closed_at} or named
        if len(named) == 1:
            return self._open(named.pop(), text)
        return None, told("library_ambiguous" if named else "library_unknown", text=text[:80])

    def _standing(self, library):
        """Where a library went that was merged; None outside of the scope."""
        while library and library.merged_into_id:
            library = self.libraries.get(library.merged_into_id)
        return library

    def _open(self, library, text):
        found = self._standing(library)
        if found is None or found.pk not in self.libraries:
            return None, told("library_outside", text=text[:80])
        return (None, told("library_closed", text=text[:80])) if found.closed_at else (found, None)

    def position(self, text):
        """(position or None, None) or (None, why not). Nothing is said where nothing stands."""
        if not text:
            return None, None
        found = self._positions.get(fold(text))
        return (found, None) if found else (None, told("position_unknown", text=text[:80]))
