"""Charts as shapes of an inline SVG, in whole units; attributes only (content policy)."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from approvals.review.figures.measures import Figures
from approvals.review.figures.tables import number
from approvals.review.routing import role_label

WIDTH = 720
LABELS = 232
ROW = 34
TALL = 160
TOP = 24
VALUE_ROOM = 28


@dataclass(frozen=True)
class Bar:
    """A bar with its label and value; ``tick`` and ``level`` are where their marks stand."""

    label: str
    value: str
    x: int
    y: int
    width: int
    height: int
    tick: int | None = None
    level: int | None = None

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def is_wide(self) -> bool:
        """Whether the value fits inside, away from the marks."""
        return self.width >= VALUE_ROOM

    @property
    def value_x(self) -> int:
        end = self.x + self.width
        return end - 6 if self.is_wide else max(end, self.tick or 0, self.level or 0) + 8

    @property
    def baseline(self) -> int:
        return self.y + self.height - 5

    @property
    def value_y(self) -> int:
        """Where the value of a column stands: at its foot, or over it and its mark."""
        if self.height >= VALUE_ROOM:
            return self.y + self.height - 8
        return min(self.y, self.y if self.tick is None else self.tick - 6) - 6


@dataclass(frozen=True)
class Chart:
    """What a chart draws; ``lying``: bars from left to right."""

    lying: bool
    width: int
    height: int
    bars: list[Bar]


def stages(found: Figures) -> Chart:
    """Median of each role and stage, its 90th percentile and its service level."""
    most = max([1, *(max(one.times.p90 or 0, one.service_most) for one in found.stages)])
    room = WIDTH - LABELS - 56
    bars = []
    for place, one in enumerate(found.stages):
        bars.append(
            Bar(
                f"{role_label(one.role)} · {one.stage}",
                number(one.times.median),
                LABELS,
                place * ROW + 8,
                _scaled(one.times.median, most, room),
                18,
                LABELS + _scaled(one.times.p90, most, room),
                LABELS + _scaled(one.service_most, most, room),
            )
        )
    return Chart(True, WIDTH, len(bars) * ROW + 8, bars)


def rounds(found: Figures) -> Chart:
    """How many versions took how many rounds."""
    most = max([1, *(versions for _rounds, versions in found.rounds.spread)])
    room = WIDTH - 56 - 40
    bars = [
        Bar(str(taken), str(versions), 40, place * ROW + 8, _scaled(versions, most, room), 18)
        for place, (taken, versions) in enumerate(found.rounds.spread)
    ]
    return Chart(True, WIDTH, len(bars) * ROW + 8, bars)


def months(found: Figures) -> Chart:
    """Median of each month as a column, its 90th percentile as a mark."""
    most = max([1, *(one.times.p90 or 0 for one in found.months)])
    step = WIDTH // max(1, len(found.months))
    bars = []
    for place, one in enumerate(found.months):
        height = _scaled(one.times.median, most, TALL)
        tick = None
        if one.times.p90 is not None:
            tick = TOP + TALL - _scaled(one.times.p90, most, TALL)
        value = number(one.times.median) if one.times.decided else ""
        name = f"{one.month:%m}/{one.month:%y}"
        bars.append(
            Bar(name, value, place * step + 10, TOP + TALL - height, step - 20, height, tick)
        )
    return Chart(False, WIDTH, TOP + TALL + 26, bars)


def charts_of(found: Figures) -> dict[str, Any]:
    return {"stages": stages(found), "months": months(found), "rounds": rounds(found)}


def _scaled(value: float | None, most: float, room: int) -> int:
    return ceil((value or 0) * room / most)
