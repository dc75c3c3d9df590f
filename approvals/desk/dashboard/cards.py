"""A card of the home page: a question, its answer as lines, what to do."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse


@dataclass
class Line:
    """One line: what it is about, a remark, at the right a pill or a date."""

    text: str
    url: str = ""
    remark: str = ""
    state: str = ""
    end: str = ""
    # Late or at risk: shown in words, the colour only underlines it.
    alarm: str = ""
    # Too late already, where an alarm alone would only warn.
    late: bool = False
    # Shape, word and colour of what is no version.
    pill: tuple[str, Any, str] | None = None

    @property
    def alarm_colour(self) -> str:
        """Amber warns; red says that it happened, as on the page that tells more."""
        return "red" if self.late else "amber"


@dataclass
class Count:
    """How many there are of one state, and where they are listed."""

    pill: tuple[str, Any, str]
    number: int
    url: str = ""


@dataclass
class Card:
    """A question of the role, answered; ``empty`` says what would be there."""

    title: Any
    empty: Any
    lines: list[Line] = field(default_factory=list)
    more: str = ""
    more_label: Any = ""
    # Whether its lines are all of a kind, so that their number says something.
    counted: bool = True
    # Numbers by state, above the lines.
    counts: list[Count] = field(default_factory=list)


@dataclass
class Deed:
    """The one next thing to do."""

    label: Any
    url: str


def address(name: str, *args: Any) -> str:
    """Return a page's address, or nothing where the page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
