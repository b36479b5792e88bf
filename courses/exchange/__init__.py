"""Questions from files and into files: GIFT, Aiken, Moodle XML, XLSX and CSV.

reading.py     a file, its size, its signs and its format; gives drafts
gift.py, aiken.py, moodle_xml.py, tables.py     one format each
neutral.py     a draft: what was read, what was repaired, why it is refused; its content as courses/kinds.py wants it
pictures.py    pictures that come inside of files
taking_in.py   what the pool has already; writing the others
gift_writing.py, moodle_xml_writing.py     the way back: what is written is read again as the same questions
"""

from accounts.given_files import BadFile

__all__ = ["FORMATS", "BadFile"]

FORMATS = {  # names of their own, in every language
    "gift": "GIFT",
    "aiken": "Aiken",
    "moodle-xml": "Moodle XML",
    "xlsx": "Excel (XLSX)",
    "csv": "CSV",
}
