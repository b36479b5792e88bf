"""What HR sets and what is counted for it; who outside may ask."""

from .api import ApiClient, Delivery, Webhook
from .requirements import DigestWeek, Requirement, Waiver
from .totals import Counting, Total, TotalBelow

__all__ = ["ApiClient", "Counting", "Delivery", "DigestWeek", "Requirement", "Total", "TotalBelow", "Waiver", "Webhook"]
