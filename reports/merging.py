"""What becomes of this room's rows when two records of a person are merged (accounts/merging.py)."""

from accounts.merging import follows, follows_once, rules

rules("reports", {
    "ApiClient.made_by": follows,
    "ApiClient.withdrawn_by": follows,
    "Requirement.set_by": follows,
    "Requirement.withdrawn_by": follows,
    "Waiver.made_by": follows,
    "Waiver.person": follows_once("requirement", "begins"),
    "Waiver.withdrawn_by": follows,
})  # fmt: skip
