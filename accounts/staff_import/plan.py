"""What would become of each row: pure, from the rows and what is known. Rows are judged in order; one that repeats another is found.

Recognised surely: by login, e-mail or personnel number with a name that is alike, or by the same name in the same library. Everything
that is only probable is a question, and what nobody answers is left out.
"""

from . import likeness
from .known import REGION, Crowd, Someone, number_key
from .likeness import DIFFERENT, EQUAL
from .places import Places
from .words import told

NEW, CHANGED, SAME, DUPLICATE, REFUSED = "new", "changed", "same", "duplicate", "refused"
MOST_CANDIDATES = 5
NAMES = ("last_name", "first_name", "patronymic")


class Refuse(Exception):
    def __init__(self, *said):
        self.said = list(said)


class Ask(Exception):
    def __init__(self, candidates, why):
        self.why = why
        self.candidates = sorted(dict.fromkeys(candidates), key=lambda one: (one.pk is None, one.pk or one.line))


def wish_of(row, places: Places):
    """(Someone as the row wants it, faults)."""
    given = row.given
    library, no_library = places.library(given.get("library", ""))
    position, no_position = places.position(given.get("position", ""))
    wish = Someone(
        None, given.get("login", ""), given.get("email", ""), given.get("personnel_number", ""), given.get("last_name", ""),
        given.get("first_name", ""), given.get("patronymic", ""), library.pk if library else None, region_of(library),
        position.pk if position else None, given.get("language", ""), line=row.line,
    )  # fmt: skip
    return wish, [*row.faults, *filter(None, (no_library, no_position))]


def region_of(library):
    return library.path[:REGION] if library else ""


class Plan:
    """Judges rows one after the other. `crowd`: whom they may mean; `elsewhere`: e-mails that others have."""

    def __init__(self, places, crowd, elsewhere=()):
        self.places, self.crowd, self.elsewhere = places, crowd, elsewhere
        self.file = Crowd()  # the rows so far that may be taken in
        self.taken = {}  # {person: line}
        self.found = {}  # {line: person} of rows that are somebody on record

    def judge(self, row):
        """Set verdict, said, changes, candidates and person of a row; returns {field: value} of what is to be written."""
        row.said, row.changes, row.candidates, row.person_id = [], {}, [], None
        wish, faults = wish_of(row, self.places)
        try:
            if faults:
                raise Refuse(*faults)
            self._not_a_repeat(wish)
            try:
                person, how = self._recognise(wish)
                if how == "by_name" and (row.answer or person.pk in self.taken):
                    raise Ask([person], told("why_name"))  # somebody else of that name, or one person twice
            except Ask as question:
                row.candidates = [self._described(one) for one in question.candidates[:MOST_CANDIDATES]]
                if not row.answer:
                    row.verdict, row.said = DUPLICATE, [question.why]
                    self.file.add(wish)
                    return {}
                person, how = self._answered(row, wish, question), "by_answer"
            values = self._settle(row, wish, person, how) if person else self._new(row, wish, how)
        except Refuse as no:
            row.verdict, row.said = REFUSED, no.said
            return {}
        self.file.add(wish)
        return values

    # --- Whom it means ---

    def _not_a_repeat(self, wish):
        """Raises Refuse for what stands in the file already."""
        if wish.email and (one := self.file.by_email.get(wish.email.lower())):
            raise Refuse(told("repeats" if is_alike(wish, one) else "email_in_row", line=one.line))
        if wish.login and (one := self.file.by_login.get(wish.login.lower())):
            raise Refuse(told("repeats", line=one.line))
        for one in self.file.numbered(wish.region, wish.number) if wish.number else ():
            if is_alike(wish, one):
                raise Refuse(told("repeats", line=one.line))
        for one in self.file.near(*wish.plain()):
            if is_exact(wish, one) and not (wish.login and one.login) and not says_another(wish, one):
                raise Refuse(told("repeats", line=one.line))

    def _recognise(self, wish):
        """(person, how); (None, "") of somebody new. Raises Refuse, Ask."""
        login = email = None
        if wish.login and not (login := self.crowd.by_login.get(wish.login.lower())):
            raise Refuse(told("login_unknown", text=wish.login))
        if wish.email and not (email := self.crowd.by_email.get(wish.email.lower())):
            if wish.email.lower() in self.elsewhere:
                raise Refuse(told("email_elsewhere"))
        numbered = self._numbered(wish)
        on_record = [one for one in numbered if one.pk]
        sure = login or email
        if sure and ((email and email is not sure) or (on_record and sure not in on_record)):
            names = ", ".join(f"{one.name} ({one.login})" for one in dict.fromkeys((sure, email or sure, *on_record)))
            raise Refuse(told("keys_disagree", names=names))
        if sure:
            if is_alike(wish, sure):
                return sure, "by_login" if login else "by_email"
            raise Ask([sure], told("why_key", field="login" if login else "email"))
        if numbered:
            alike = [one for one in on_record if is_alike(wish, one)]
            if len(alike) == 1:
                return alike[0], "by_number"
            raise Ask([*numbered, *self._by_name(wish)[1]], told("why_key", field="personnel_number"))
        exact, probable = self._by_name(wish)
        if len(exact) == 1:
            return exact[0], "by_name"
        if exact or probable:
            raise Ask(exact or probable, told("why_several" if exact else "why_name"))
        return None, ""

    def _numbered(self, wish):
        if not wish.number:
            return []
        in_file = [one for one in self.file.numbered(wish.region, wish.number) if one.line not in self.found]
        return [*self.crowd.numbered(wish.region, wish.number), *in_file]

    def _by_name(self, wish):
        """(people who are so called in the same library, people who might be meant)."""
        names = wish.plain()
        in_file = [one for one in self.file.near(*names) if one.line not in self.found]
        exact, probable = [], []
        for one in [*self.crowd.near(*names), *in_file]:
            if one.pk and one.is_active and is_exact(wish, one):
                exact.append(one)
            elif is_probable(wish, one):
                probable.append(one)
        return exact, probable

    def _described(self, one):
        if one.pk is None:
            return {"line": one.line, "name": one.name, "library": self._code(one.library)}
        return {"person": one.pk, "login": one.login, "name": one.name, "library": self._code(one.library)}

    def _code(self, library):
        found = self.places.libraries.get(library)
        return found.code if found else ""

    # --- What is done about it ---

    def _answered(self, row, wish, question):
        """The person that the answer names; None of somebody new. Raises Refuse where that cannot be."""
        if row.answer == "another":
            if wish.login:
                one = self.crowd.by_login[wish.login.lower()]
                raise Refuse(told("login_taken", login=one.login, name=one.name))
            return None
        chosen = row.chosen or (row.candidates[0] if len(row.candidates) == 1 else {})
        if "line" in chosen:
            raise Refuse(told("repeats", line=chosen["line"]))
        allowed = {one.pk for one in question.candidates if one.pk}
        if chosen.get("person") not in allowed:
            raise Refuse(told("chosen_gone"))
        return self.crowd.by_pk[chosen["person"]]

    def _own_email(self, wish, person=None):
        owner = self.crowd.by_email.get(wish.email.lower()) if wish.email else None
        if owner and owner is not person:
            raise Refuse(told("email_taken", name=owner.name, login=owner.login))

    def _new(self, row, wish, how):
        self._own_email(wish)
        row.verdict, row.said = NEW, [told(how)] if how else []
        values = {name: getattr(wish, name) for name in NAMES}
        values |= {"library": self.places.libraries[wish.library], "position": self.places.positions.get(wish.position)}
        values |= {"personnel_number": wish.number, "email": wish.email or None}
        return values | ({"language": wish.language} if wish.language else {})

    def _settle(self, row, wish, person, how):
        if not person.is_active:
            raise Refuse(told("has_left", name=person.name, login=person.login))
        if person.pk in self.taken:
            raise Refuse(told("repeats", line=self.taken[person.pk]))
        self._own_email(wish, person)
        self.taken[person.pk], self.found[row.line], row.person_id = row.line, person.pk, person.pk
        values, notes = differences(wish, person)
        row.verdict, row.said = CHANGED if values else SAME, [told(how), *notes]
        row.changes = {name: [self._read(name, getattr(person, OLD.get(name, name))), self._read(name, value)]
                       for name, value in values.items()}  # fmt: skip
        return {name: self._row_of(name, value) for name, value in values.items()}

    def _row_of(self, name, value):
        if name == "library":
            return self.places.libraries[value]
        return self.places.positions[value] if name == "position" else value

    def _read(self, name, value):
        """As it is kept with the row: codes of libraries and positions."""
        if name == "library":
            return self._code(value)
        if name == "position":
            return self.places.positions[value].code if value else ""
        return value or ""


OLD = {"personnel_number": "number"}


# --- Names ------------------------------------------------------------------------------------------------------------------


def is_alike(one, other):
    """Whether the names can be the same person's: the same or a slip apart, and no other father."""
    near = likeness.near_keys(*one.plain()) & likeness.near_keys(*other.plain())
    return bool(near) and _fathers(one, other) != DIFFERENT


def is_exact(wish, one):
    """The same names in the same library, in any alphabet and order, with nothing that speaks against it."""
    return (
        one.library == wish.library
        and likeness.exact_key(*one.plain()) == likeness.exact_key(*wish.plain())
        and _fathers(wish, one) == EQUAL
        and not _other_number(wish, one)
    )


def says_another(one, other):
    """Whether two rows of one name in one library may well be two people: each has an e-mail or a position of its own."""
    return any(
        getattr(one, name) and getattr(other, name) and getattr(one, name) != getattr(other, name)
        for name in ("email", "position")
    )


def is_probable(wish, one):
    """`one` is near by name. Another father is another person; another number too, unless the whole name is the same."""
    fathers = _fathers(wish, one)
    if fathers == DIFFERENT:
        return False
    same = likeness.exact_key(*one.plain()) == likeness.exact_key(*wish.plain()) and fathers == EQUAL
    return same or not _other_number(wish, one)


def _fathers(one, other):
    return likeness.patronymics(likeness.plain(one.patronymic), likeness.plain(other.patronymic))


def _other_number(one, other):
    both = one.number and other.number and one.region == other.region
    return bool(both) and number_key(one.number) != number_key(other.number)


def differences(wish, person):
    """({field: new value}, what else is to be said). An empty cell changes nothing."""
    values, notes = _name_differences(wish, person)
    if wish.number and number_key(wish.number) != number_key(person.number):
        values["personnel_number"] = wish.number
    if person.has_role:
        notes.append(told("role_kept"))
    if wish.email and wish.email.lower() != person.email.lower():
        if person.has_role:
            notes.append(told("role_email"))
        else:
            values["email"] = wish.email
    for name in ("library", "position", "language"):
        if (value := getattr(wish, name)) and value != getattr(person, name):
            values[name] = value
    return values, notes


def _name_differences(wish, person):
    """A name that differs only in capitals, alphabet or order stays as it is: those are the person's own."""
    new_names = {name: getattr(wish, name) for name in NAMES}
    values, notes = {}, []
    if _is_swapped(wish.plain(), person.plain()):
        new_names |= {"last_name": wish.first_name, "first_name": wish.last_name}
        notes.append(told("swapped"))
    for name, new in new_names.items():
        old = getattr(person, name)
        if not new or likeness.is_spelt_alike(new, old):
            continue
        if likeness.plain(new) == likeness.plain(old) and not likeness.in_one_alphabet(new, old):
            if told("same_in_other_letters") not in notes:
                notes.append(told("same_in_other_letters"))
        else:
            values[name] = new
    return values, notes


def _is_swapped(names, theirs):
    crossed = sum(one == other for one, other in zip(names, reversed(theirs), strict=True))
    return crossed > sum(one == other for one, other in zip(names, theirs, strict=True))
