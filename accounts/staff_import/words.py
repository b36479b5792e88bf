"""What is said of a file or a row. A row keeps keys and what is put into them; the sentence is made in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

FIELDS = {  # in the order of the template
    "login": gettext_noop("Sign-in name"),
    "last_name": gettext_noop("Family name"),
    "first_name": gettext_noop("Given name"),
    "patronymic": gettext_noop("Patronymic"),
    "full_name": gettext_noop("Full name"),
    "library": gettext_noop("Library"),
    "position": gettext_noop("Position"),
    "personnel_number": gettext_noop("Personnel number"),
    "email": gettext_noop("E-mail"),
    "language": gettext_noop("Language"),
}

SAID = {
    # the file
    "sheet": gettext_noop("Read is the sheet “%(name)s”; its headings stand in row %(line)s."),
    "other_sheets": gettext_noop("Other sheets are not read: %(names)s."),
    "signs": gettext_noop("The file is read as %(signs)s."),
    "unknown_columns": gettext_noop("Columns that are not known are left aside: %(names)s."),
    "not_kept": gettext_noop("Columns that this platform does not keep are left aside: %(names)s."),
    "twice": gettext_noop("Two columns hold the same; the first is read: %(names)s."),
    "far_columns": gettext_noop("Only the first %(n)s columns are read."),
    # a row that cannot be taken
    "formula": gettext_noop("There is a formula in “%(field)s”. Put its value in its place."),
    "date": gettext_noop("Excel made a date of what was typed in “%(field)s”. Set the cell to Text and type it again."),
    "cell_error": gettext_noop("There is an error of the spreadsheet in “%(field)s”: %(text)s."),
    "no_name": gettext_noop("Family name and given name are needed."),
    "initials": gettext_noop("Initials are not enough: write the given name in full."),
    "name_signs": gettext_noop("“%(field)s” may have letters, spaces, hyphens, apostrophes and full stops only. Remove: %(signs)s"),
    "name_mixed": gettext_noop("A word in “%(field)s” has Latin and Cyrillic letters. Write it in one alphabet."),
    "no_letters": gettext_noop("There are no letters in “%(field)s”."),
    "too_long": gettext_noop("“%(field)s” is too long: %(n)s characters, at most %(most)s."),
    "bad_email": gettext_noop("This is no e-mail address: %(text)s"),
    "personal_number": gettext_noop("A PINFL or passport number, it seems: neither is kept here. Give the personnel number or nothing."),
    "language_unknown": gettext_noop("The language is not known: %(text)s"),
    "no_library": gettext_noop("The library is missing."),
    "library_unknown": gettext_noop("Not found among your libraries: %(text)s"),
    "library_ambiguous": gettext_noop("Several of your libraries are called so; write the code: %(text)s"),
    "library_outside": gettext_noop("This library is not one of yours: %(text)s"),
    "library_closed": gettext_noop("This library has been closed: %(text)s"),
    "position_unknown": gettext_noop("The position is not known: %(text)s. The template lists them."),
    "login_unknown": gettext_noop("Nobody in your libraries has the login %(text)s. Leave it empty for new people: it is made for them."),
    "email_elsewhere": gettext_noop("Somebody outside of your libraries has this e-mail. If it is the same person, ask for a transfer."),
    "email_taken": gettext_noop("Another person has this e-mail: %(name)s (%(login)s)."),
    "login_taken": gettext_noop("The login %(login)s belongs to %(name)s: it cannot be another person."),
    "keys_disagree": gettext_noop("Login, e-mail and personnel number belong to different people: %(names)s."),
    "has_left": gettext_noop("%(name)s (%(login)s) has left. Bring the person back on the record first."),
    "repeats": gettext_noop("Repeats row %(line)s."),
    "email_in_row": gettext_noop("Row %(line)s has the same e-mail."),
    "chosen_gone": gettext_noop("The record that was chosen is not in your libraries any more."),
    # a row that is taken, and what is left as it is
    "role_email": gettext_noop("Has a staff role: the e-mail stays as it is."),
    "role_kept": gettext_noop("Has a staff role: login, e-mail and role stay as they are."),
    "same_in_other_letters": gettext_noop("The same name in other letters: the record stays as it is."),
    "swapped": gettext_noop("Family name and given name are swapped in the file: they are taken in the order of the record."),
    "by_login": gettext_noop("Recognised by login."),
    "by_email": gettext_noop("Recognised by e-mail."),
    "by_number": gettext_noop("Recognised by personnel number."),
    "by_name": gettext_noop("Recognised by name and library."),
    "by_answer": gettext_noop("By your answer."),
    "why_key": gettext_noop("The %(field)s is this person’s, the name is not."),
    "why_name": gettext_noop("The name is the same or nearly so."),
    "why_several": gettext_noop("Several people could be meant."),
    # applying
    "open_question": gettext_noop("The question was not answered."),
    "meanwhile_added": gettext_noop("Was added meanwhile by somebody else."),
    "meanwhile": gettext_noop("Something has changed since the file was looked at. Import the file again to see it."),
    "nothing_written": gettext_noop("Nothing was taken in, because all or nothing was asked for and not all rows could be."),
}  # fmt: skip


def say(said):
    """The sentence of a kept [key, values]. Values whose name is «field» are keys of FIELDS."""
    key, values = said
    values = {name: _(FIELDS.get(value, value)) if name == "field" else value for name, value in values.items()}
    return _(SAID[key]) % values


def say_all(many):
    return [say(one) for one in many]


def told(key, **values):
    return [key, values]
