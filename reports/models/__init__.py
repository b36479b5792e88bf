"""What HR sets and what is counted for it."""

from .requirements import Requirement
from .totals import Counting, Total

__all__ = ["Counting", "Requirement", "Total"]
