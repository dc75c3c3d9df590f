"""The load of the weeks ahead as shapes of an inline SVG, in whole units, and as its table."""

from dataclasses import dataclass
from datetime import date
from math import ceil

from django.utils.translation import gettext as _

from approvals.review.routing import role_label
from approvals.submissions.load import Load
from content.assets.templatetags.imprimatur import plain_day

LABELS = 176
STEP = 48
BAR = 30
BAND = 64
TALL = 38
HEAD = 24


@dataclass(frozen=True)
class Column:
    """A week of a role: what is open at the bottom, what is expected above it."""

    x: int
    open_y: int
    open_height: int
    expected_y: int
    expected_height: int
    total: int
    middle: int

    @property
    def value_y(self) -> int:
        return self.expected_y - 4


@dataclass(frozen=True)
class Band:
    label: str
    base: int
    columns: list[Column]


@dataclass(frozen=True)
class LoadChart:
    width: int
    height: int
    weeks: list[tuple[int, str]]
    bands: list[Band]


def week_name(week: date) -> str:
    """Return the short name of an ISO week: "S48" in French, "W48" in English."""
    return _("W%(n)d") % {"n": week.isocalendar().week}


def chart_of(load: Load) -> LoadChart:
    most = max(1, load.most)
    middles = [LABELS + place * STEP + STEP // 2 for place in range(len(load.weeks))]
    bands = []
    for place, role in enumerate(load.roles):
        base = HEAD + (place + 1) * BAND - 8
        columns = [
            _column(load.open[role, week], load.expected[role, week], base, middle, most)
            for week, middle in zip(load.weeks, middles, strict=True)
        ]
        bands.append(Band(role_label(role), base, columns))
    weeks = [(middle, week_name(week)) for week, middle in zip(load.weeks, middles, strict=True)]
    width = LABELS + len(load.weeks) * STEP
    return LoadChart(width, HEAD + len(bands) * BAND + 4, weeks, bands)


def _column(open_tasks: int, expected: int, base: int, middle: int, most: int) -> Column:
    low = ceil(open_tasks * TALL / most)
    high = ceil(expected * TALL / most)
    return Column(
        middle - BAR // 2, base - low, low, base - low - high, high, open_tasks + expected, middle
    )


@dataclass(frozen=True)
class LoadLine:
    """A week of the table: its name, its first day and a cell per role."""

    name: str
    first_day: str
    cells: list[tuple[str, str]]


def table_of(load: Load) -> list[LoadLine]:
    """Return the weeks with each role's tasks, those already open told apart."""
    lines = []
    for week in load.weeks:
        cells = []
        for role in load.roles:
            both, already = load.count(role, week), load.open[role, week]
            said = str(both) if both else "—"
            if already:
                said = _("%(n)d (%(open)d open)") % {"n": both, "open": already}
            cells.append((role_label(role), said))
        lines.append(LoadLine(week_name(week), plain_day(week), cells))
    return lines
