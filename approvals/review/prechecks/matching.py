"""Find words in a text whatever the printer did to them.

Accents, case, ligatures, line breaks, words broken at the end of a line, non-breaking and invisible
spaces do not matter; where something is found is said in characters of the text as it was read.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

HYPHENS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"
SPELT_OUT = {"œ": "oe", "æ": "ae", "’": "'", "‘": "'", "ʼ": "'", "´": "'"}


@dataclass(frozen=True)
class Normal:
    """A text as it is compared, and for each of its characters the one it comes from."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return (first character, characters) of the text as it was read."""
        first = self.origin[start]
        return first, self.origin[end - 1] - first + 1


def normal(text: str, *, hyphens: bool = False) -> Normal:
    """Return a text without accents, case and layout; with ``hyphens`` each stays, as ``-``.

    Without, a hyphen inside a word joins its two sides, also over the end of a line.
    """
    written: list[str] = []
    origin: list[int] = []
    joining = False
    for at, char in enumerate(text):
        for piece in _pieces(char):
            if piece.isspace():
                if joining or not written or written[-1] == " ":
                    continue
            elif piece == "-" and not hyphens:
                if written and written[-1].isalnum():
                    joining = True
                    continue
                piece = " "  # noqa: PLW2901 - a dash between two words
                if not written or written[-1] == " ":
                    continue
            joining = False
            written.append(" " if piece.isspace() else piece)
            origin.append(at)
    return Normal("".join(written), tuple(origin))


@functools.lru_cache(maxsize=8192)
def _pieces(char: str) -> str:
    """Return what one character is compared as: none, one, or the letters of a ligature."""
    if char in INVISIBLE:
        return ""
    if char in HYPHENS:
        return "-"
    if char.isspace():
        return " "
    spelt = "".join(SPELT_OUT.get(part, part) for part in char.casefold())
    return "".join(
        " " if part.isspace() else part
        for part in unicodedata.normalize("NFKD", spelt)
        if not unicodedata.combining(part)
    )


def phrase(words: str) -> "re.Pattern[str]":
    """Return the pattern of some words as such, whole, in a normal text."""
    return re.compile(rf"(?<!\w){re.escape(normal(words).text.strip())}(?!\w)")


def reference_pattern(reference: str) -> "re.Pattern[str]":
    """Return the pattern of a reference in a text as read: a layout may break it over lines."""
    letters = r"\s*".join(re.escape(letter) for letter in "".join(reference.split()))
    return re.compile(rf"(?<![\d/]){letters}(?!\d)", re.IGNORECASE)


MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev february feb",
            "mars mar march",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept september sep",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
DATES = re.compile(
    r"(?<![\w./-])(?P<y1>\d{4})-(?P<m1>\d{1,2})(?:-(?P<d1>\d{1,2}))?(?![\d-])"
    r"|(?<![\d./-])(?P<d2>\d{1,2}) ?[/.-] ?(?P<m2>\d{1,2}) ?[/.-] ?(?P<y2>\d{4}|\d{2})(?![\d/])"
    r"|(?<![\d./-])(?P<m3>\d{1,2}) ?[/.-] ?(?P<y3>\d{4})(?![\d/])"
    rf"|(?<!\w)(?:(?P<d4>\d{{1,2}})(?:er|st|nd|rd|th)? )?(?P<w4>{NAMES})\.? (?P<y4>\d{{4}})(?!\d)"
)


@dataclass(frozen=True)
class Dated:
    """A date that is printed: a day, or a month alone, and where it stands."""

    year: int
    month: int
    day: int | None
    first: int
    count: int

    def tells(self, day: date) -> bool:
        """Whether this is a day, or its month."""
        return (self.year, self.month) == (day.year, day.month) and self.day in (None, day.day)


def dates_in(text: Normal) -> Iterator[Dated]:
    """Yield each date printed in a text that kept its hyphens."""
    for found in DATES.finditer(text.text):
        named = {name: value for name, value in found.groupdict().items() if value}
        parts = {name[0]: value for name, value in named.items()}
        month = MONTHS[parts["w"]] if "w" in parts else int(parts["m"])
        year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
        day = int(parts["d"]) if "d" in parts else None
        if 1 <= month <= 12 and (day is None or 1 <= day <= 31):
            yield Dated(year, month, day, *text.span(found.start(), found.end()))


class Searched:
    """A text that is searched many times; each of its normal forms is made once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def normal(self) -> Normal:
        return normal(self.text)

    @cached_property
    def hyphenated(self) -> Normal:
        return normal(self.text, hyphens=True)

    def find(self, pattern: "re.Pattern[str]") -> tuple[int, int] | None:
        """Return where a pattern of normal text is first found, in characters as read."""
        found = pattern.search(self.normal.text)
        if found is None or found.start() == found.end():
            return None
        return self.normal.span(found.start(), found.end())

    def find_as_read(self, pattern: "re.Pattern[str]") -> tuple[int, int] | None:
        """Return where a pattern is first found in the text as it was read."""
        found = pattern.search(self.text)
        return (found.start(), found.end() - found.start()) if found else None

    def dates(self) -> list[Dated]:
        return list(dates_in(self.hyphenated))
