"""What the field may use on a day, from DOMAIN.md §4 alone: plain days, no validity code."""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass
class Span:
    """Days ``[first, after)``."""

    first: date
    after: date = date.max

    def holds(self, day: date) -> bool:
        return self.first <= day < self.after


@dataclass
class Listed:
    """One version that the pharmacist released."""

    version: int
    name: str
    asset: int
    number: int
    cis: str
    public: bool
    first: date
    end: date
    overlap: int = 0
    stops: list[Span] = field(default_factory=list)
    # The first day on which it really was usable: from it its predecessors are counted out.
    came: date | None = None


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Almanac:
    """Releases, stops and bars, as they were decided, and the days that follow from them."""

    def __init__(self) -> None:
        self.listed: dict[int, Listed] = {}
        # How many times it was told something.
        self.told = 0
        # Rules 4 and 5, by product; rule 6, by product, for what is meant for the public.
        self.bars: dict[str, list[Span]] = {}
        self.public_bars: dict[str, list[Span]] = {}

    def usable(self, one: Listed, day: date) -> bool:
        if not one.first <= day < one.end:
            return False
        bars = self.bars.get(one.cis, []) + (self.public_bars.get(one.cis, []) * one.public)
        if any(span.holds(day) for span in one.stops + bars):
            return False
        return not any(
            later.came is not None and later.came + timedelta(days=later.overlap) <= day
            for later in self.listed.values()
            if later.asset == one.asset and later.number > one.number
        )

    def on(self, day: date) -> set[int]:
        """Return what may be used on a day, and remember what came with it."""
        found = set()
        # A successor first: it may replace from this very day on.
        for one in sorted(self.listed.values(), key=lambda one: -one.number):
            if self.usable(one, day):
                one.came = one.came or day
                found.add(one.version)
        return found

    def release(self, one: Listed) -> None:
        self.listed[one.version] = one
        self.told += 1

    def stop(self, version: int, day: date) -> Span:
        return self._begin(self.listed[version].stops, day)

    def bar(self, product: str, day: date, *, public: bool = False) -> Span:
        """Bar a product from a day on; ``public``: only what is meant for the public."""
        bars = self.public_bars if public else self.bars
        return self._begin(bars.setdefault(product, []), day)

    def _begin(self, spans: list[Span], day: date) -> Span:
        spans.append(Span(day))
        self.told += 1
        return spans[-1]

    def lift(self, span: Span, day: date) -> None:
        span.after = day
        self.told += 1

    def bring_forward(self, span: Span, day: date) -> None:
        span.first = day
        self.told += 1

    def resume(self, version: int, day: date) -> None:
        """Let what stops a version end today; what begins later stays."""
        for span in self.listed[version].stops:
            if span.after == date.max and span.first <= day:
                self.lift(span, day)
