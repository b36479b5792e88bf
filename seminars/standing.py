"""Which mark stands when there are several. Pure: the same entries in any order, however often they came, give the same answer.

An entry names those that its maker had seen. What nobody has seen and replaced is a head. The trainer's word stands before a
check-in; of two that did not know of each other the later one stands, and both are shown.
"""

HERE = {"present", "late", "left_early"}


def heads(entries):
    """The entries that no other entry's maker had seen."""
    seen = {key for entry in entries for key in entry.knew if key != str(entry.key)}
    return [entry for entry in entries if str(entry.key) not in seen] or list(
        entries
    )  # a circle is nobody's work but a forger's


def standing(entries):
    """The entry that counts; None for no entries."""
    return max(heads(entries), key=_weight, default=None)


def _weight(entry):
    return not entry.by_oneself, entry.at, str(entry.key)


def conflict(entries):
    """The heads, in the order of time, if they disagree; else nothing.

    A check-in against a trainer's «late» or «left early» is none: both say that the person was there.
    """
    found = heads(entries)
    told = [entry for entry in found if not entry.by_oneself]
    if told and all(entry.mark in HERE for entry in told):
        found = told
    disagree = len({entry.mark for entry in found}) > 1
    return sorted(found, key=lambda entry: (entry.at, str(entry.key))) if disagree else []
