"""What HR sets and what is counted for it."""

from .requirements import Requirement

__all__ = ["Requirement"]
