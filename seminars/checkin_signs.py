"""Signs that a code was passed on: for the trainer, who decides. They never change a mark. Pure, over the entries of a session."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta

SLOW = timedelta(minutes=10)  # between scan and button: longer than a slow sign-in
STALE = timedelta(seconds=75)  # between screen and scan: longer than a phone at hand needs
FEW = 5  # of fewer addresses none is the usual one
USUAL = 2 / 3  # of the check-ins come from the usual network


@dataclass(frozen=True)
class Sign:
    """`kind`: device (`count` people on one), stale, slow (`minutes`), or network."""

    kind: str
    number: int = 0


def signs(entries):
    """{person's primary key: [Sign]} of check-ins and walk-ins."""
    checked = [entry for entry in entries if entry.by_oneself or entry.how == entry.How.WALK_IN]
    people = defaultdict(set)
    for entry in checked:
        if entry.device:
            people[entry.device].add(entry.person_id)
    usual = _usual_network([entry.network for entry in checked if entry.network])
    found = defaultdict(list)
    for entry in checked:
        mine = found[entry.person_id]
        if len(people[entry.device]) > 1:
            mine.append(Sign("device", len(people[entry.device])))
        if entry.shown_at and entry.at - entry.shown_at > STALE:
            mine.append(Sign("stale", int((entry.at - entry.shown_at).total_seconds())))
        if entry.confirmed_at and entry.confirmed_at - entry.at > SLOW:
            mine.append(Sign("slow", int((entry.confirmed_at - entry.at).total_seconds() // 60)))
        if usual and entry.network and entry.network != usual:
            mine.append(Sign("network"))
    return {person: told for person, told in found.items() if told}


def _usual_network(networks):
    if len(networks) < FEW:
        return None
    [(network, count)] = Counter(networks).most_common(1)
    return network if count >= USUAL * len(networks) else None
