"""What HR sets and what is counted for it; who outside may ask."""

from .api import ApiClient, Delivery, Webhook
from .requirements import DigestWeek, Requirement, Waiver

__all__ = ["ApiClient", "Delivery", "DigestWeek", "Requirement", "Waiver", "Webhook"]
