"""The translation board: what of a course is translated, what its source has changed since, and both side by side."""
