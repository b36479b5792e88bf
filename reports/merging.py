"""What becomes of this room's rows when two records of a person are merged (accounts/merging.py), and of tokens when two libraries are."""

from django.utils import timezone

from accounts import libraries
from accounts.merging import follows, follows_once, rules

from .models import ApiClient


@libraries.on_merge("reports.ApiClient.library")
def tokens_follow(library, into, by):
    """An organisation goes on reading, but no more libraries than an administrator gave it."""
    rows = ApiClient.objects.filter(library=library)
    if into.is_above(library) and rows.in_force(timezone.localdate()).exists():
        raise libraries.Refused("reach_grows")
    rows.update(library=into)


rules("reports", {
    "ApiClient.made_by": follows,
    "ApiClient.withdrawn_by": follows,
    "Requirement.set_by": follows,
    "Requirement.withdrawn_by": follows,
    "Waiver.made_by": follows,
    "Waiver.person": follows_once("requirement", "begins"),
    "Waiver.withdrawn_by": follows,
})  # fmt: skip
