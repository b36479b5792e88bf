"""Staff from a spreadsheet: read, look at, ask, take in, keep the report.

words.py      what is said of files and rows, as keys that are kept and sentences in the reader's language
headings.py   which column holds what, in three languages and any spelling
reading.py    a file to rows of text: sheets, signs, merged cells, formulas, dates
cleaning.py   a row of text to clean values, or why it cannot be taken
likeness.py   which names may be the same person's; pure
places.py     the importer's libraries and the positions, found by code or name
known.py      the people who could be meant, out of the importer's scope alone
plan.py       what would become of each row; pure
working.py    the two jobs, answers, lists
applying.py   writing, batch by batch, each looked at once more under a lock
report.py, template.py     workbooks
"""
