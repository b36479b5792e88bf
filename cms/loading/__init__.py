"""From the curriculum's files to pages, questions and seminars. Reading and checking is cms/curriculum; this writes."""

from .courses import load

__all__ = ["load"]
