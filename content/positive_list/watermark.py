"""Copies of PDFs that say who opened them and when; what is stored is never changed."""

from datetime import date
from pathlib import Path
from typing import Any

from approvals.people.models import User
from content.calendar import day_in_words
from content.child import answer_of

STAMP = str(Path(__file__).with_name("stamp.py"))
CPU_SECONDS = 20


class CannotMark(Exception):
    """A PDF could not be marked within the limits."""


def marked(file: Any, *, person: User, day: date) -> bytes:
    """Return a copy of a PDF whose every page names a person and a day.

    :raises CannotMark: where the child process fails, is too long or answers too much.
    """
    words = f"{person} ({person.username}) · {day_in_words(day)}"
    copy = answer_of(STAMP, words, file=file, cpu_seconds=CPU_SECONDS)
    if not copy or not copy.startswith(b"%PDF"):
        raise CannotMark
    return copy
