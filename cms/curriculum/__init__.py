"""Reads and checks the curriculum's files (Markdown lessons, YAML, SVG). Knows neither Django nor a database.

`reading.read_course` gives a checked `model.Course`, `reading.check` everything that is wrong below a folder.
"""
