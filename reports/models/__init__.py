"""What HR sets and what is counted for it; who outside may ask."""

from .api import ApiClient, Delivery, Webhook
from .requirements import Requirement

__all__ = ["ApiClient", "Delivery", "Requirement", "Webhook"]
