"""What reports holds of people: exemptions from what is required; else who has set something, and nothing about anybody."""

from accounts.personal import Held

WORKED = "who worked on it: after depersonalising a row that names nobody"
HELD = (
    Held("reports.Waiver", "person", ("requirement__course__code", "reason", "begins", "ends", "made_at", "withdrawn_at"),
        erase={"reason": "–"}),
)  # fmt: skip
NAMED = {
    f"reports.{column}": WORKED
    for column in (
        "Requirement.set_by", "Requirement.withdrawn_by", "Waiver.made_by", "Waiver.withdrawn_by", "ApiClient.made_by",
        "ApiClient.withdrawn_by",
    )
}  # fmt: skip
RETENTION = ()
