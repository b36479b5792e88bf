"""What becomes of this room's rows when two records of a person are merged (accounts/merging.py)."""

from accounts.merging import follows, rules

rules("reports", {
    "Requirement.set_by": follows,
    "Requirement.withdrawn_by": follows,
})  # fmt: skip
