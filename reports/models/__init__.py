"""What HR sets and what is counted for it."""

from .requirements import DigestWeek, Requirement, Waiver

__all__ = ["DigestWeek", "Requirement", "Waiver"]
