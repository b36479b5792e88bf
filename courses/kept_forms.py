"""Answers that a form brought after the sign-in had ended: they wait in the session of that browser for the person who gave them.

A page with a script has its own queue (static/js/waiting.js); this is for those without. Nothing is saved by it: once that
person has signed in again, courses/kept_form_views.py shows what there is, and the page's own form sends it once more.
"""

from datetime import datetime, timedelta

from .models import Attempt

KEY = "courses:kept_answers"
HOLDS = timedelta(hours=2)
MOST_FORMS = 10  # pages of questions that may be open at once
MOST_SIGNS = 60_000  # of all forms of a session; two hundred answers in words are a fifth of it
_PLAIN = ("page", "slot", "go", "flag", "answer", "seen", "sequence")
_NUMBERED = ("answer-", "seen-")


class TooMuch(Exception):
    """More than a session keeps."""


def keep(*, session, attempt, form, now):
    """Keep the fields of a form (a QueryDict) for the learner of this attempt's primary key. Raises TooMuch, Attempt.DoesNotExist."""
    person = Attempt.objects.values_list("enrolment__learner", flat=True).get(pk=attempt)
    fields = {
        name: values for name, values in form.lists() if name in _PLAIN or name.startswith(_NUMBERED)
    }  # not the form's token
    kept = [one for one in session.get(KEY, []) if _holds(one, now)]
    kept.append({"person": person, "attempt": attempt, "at": now.isoformat(), "fields": fields})
    if len(kept) > MOST_FORMS or sum(map(_signs, kept)) > MOST_SIGNS:
        raise TooMuch
    session[KEY] = kept
    session.set_expiry(int(HOLDS.total_seconds()))  # the sign-in sets its own


def _signs(one):
    return sum(len(name) + sum(map(len, values)) for name, values in one["fields"].items())


def _holds(one, now):
    return datetime.fromisoformat(one["at"]) > now - HOLDS


def of(*, session, person, now, attempt=None):
    """The earliest that waits for this person, of this attempt if one is named, or None."""
    for one in session.get(KEY, ()):
        if one["person"] == person.pk and _holds(one, now) and attempt in (None, one["attempt"]):
            return one
    return None


def drop(*, session, at):
    """Give up what came at this moment (its text): it has been sent, or shall not be."""
    _leave(session, [one for one in session.get(KEY, ()) if one["at"] != at])


def leave_to(*, session, person):
    """Who has signed in finds the own forms alone: those of others are gone."""
    _leave(session, [one for one in session.get(KEY, ()) if one["person"] == person.pk])


def _leave(session, kept):
    if len(kept) == len(session.get(KEY, ())):
        return
    if kept:
        session[KEY] = kept
    else:
        del session[KEY]


class Waiting:
    """A kept form as its learner is shown it. One query.

    `answers`: the numbers of the questions that it would answer; `later`: of those that were answered since, on another page or
    device, which stays; `hidden`: the (name, value) pairs of the form to send.
    """

    def __init__(self, attempt, one):
        self.key, self.at = one["at"], datetime.fromisoformat(one["at"])
        fields = one["fields"]
        suffix = "-{}" if "page" in fields else ""
        given = {
            int(slot): (fields.get("answer" + suffix.format(slot), []), fields.get("seen" + suffix.format(slot)))
            for slot in fields.get("slot", ())
            if slot.isdecimal() and len(slot) < 4
        }
        changed = {slot for slot, (values, seen) in given.items() if seen != ["|".join(values)]}
        newer = attempt.questions.filter(slot__in=changed, saved_at__gt=self.at).values_list("slot", flat=True)
        self.later = sorted(newer)
        self.answers = sorted(changed.difference(self.later))
        left_out = {suffix.format(slot) for slot in self.later}
        self.hidden = [
            (name, value)
            for name, values in fields.items()
            for value in values
            if not (name == "slot" and value.isdecimal() and int(value) in self.later)
            and not any(name in ("answer" + end, "seen" + end) for end in left_out)
        ]
