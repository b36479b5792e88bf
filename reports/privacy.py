"""What reports holds of people: who has set a requirement, and nothing about anybody."""

WORKED = "who worked on it: after depersonalising a row that names nobody"
HELD = ()
NAMED = {"reports.Requirement.set_by": WORKED, "reports.Requirement.withdrawn_by": WORKED}
RETENTION = ()
