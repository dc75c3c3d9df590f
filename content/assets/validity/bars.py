"""Days on which a version is barred, one bar per reason; usable days are what no bar covers.

The limits are a conjunction, so their order does not matter (DOMAIN.md §4). Pure: no database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from content.assets.enums import LIMIT_ORDER, LimitCode

BEGINNING = date.min
FOREVER = date.max
Span = tuple[date, date]


@dataclass(frozen=True)
class Bar:
    """Days ``[starts_on, ends_on)`` on which a version is not usable, and why.

    ``component`` is the version that is missed, where the reason is a dependency; ``own`` says
    that the version itself was stopped, for the reason in ``text``.
    """

    code: LimitCode
    starts_on: date
    ends_on: date
    component: int | None = None
    text: str = ""
    own: bool = False

    def covers(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_on


@dataclass(frozen=True)
class Stretch:
    """An unbroken usable stretch ``[starts_on, ends_on)`` and what ends it."""

    starts_on: date
    ends_on: date
    limited_by: str


@dataclass
class ProductFacts:
    """What one product contributes: its freezes, its authorisation, its exceptions."""

    name: str
    authorisation_suspended: bool = False
    authorisation_ends_on: date | None = None
    gp_barred: bool = False
    gp_exceptions: Sequence[Span] = ()
    freezes: Sequence[Span] = ()


@dataclass
class ComponentFacts:
    """A pinned component: whether it is required, and the spans in which it is usable."""

    version: int
    required: bool
    usable: Sequence[Span]


@dataclass
class VersionFacts:
    """All that the rule needs to know of one version."""

    version: int
    released: bool
    valid_from: date | None = None
    expires_on: date | None = None
    promotional: bool = False
    public: bool = False
    safety_information: bool = False
    field_use: bool = True
    superseded_on: date | None = None
    superseded_by: int | None = None
    interruptions: Sequence[tuple[LimitCode, date, date | None, str]] = ()
    products: Sequence[ProductFacts] = ()
    components: Sequence[ComponentFacts] = ()
    minimum_components: int = 0
    digest: str = field(default="", compare=False)


def bars_of(facts: VersionFacts) -> list[Bar]:
    """Return every bar of a version: rules 1 to 7 of DOMAIN.md §4."""
    if not facts.released or facts.valid_from is None or facts.expires_on is None:
        return [Bar(LimitCode.NOT_RELEASED, BEGINNING, FOREVER)]
    bars = [
        Bar(LimitCode.NOT_YET, BEGINNING, facts.valid_from),
        Bar(LimitCode.EXPIRED, facts.expires_on, FOREVER),
    ]
    bars += [
        Bar(code, starts_on, ends_on or FOREVER, text=text, own=True)
        for code, starts_on, ends_on, text in facts.interruptions
    ]
    if facts.superseded_on:
        bars.append(
            Bar(LimitCode.SUPERSEDED, facts.superseded_on, FOREVER, component=facts.superseded_by)
        )
    if not facts.field_use:  # rule 7
        bars.append(Bar(LimitCode.NOT_YET, BEGINNING, FOREVER))
    for product in facts.products:
        bars += _product_bars(product, facts)
    bars += _component_bars(facts)
    return [bar for bar in bars if bar.starts_on < bar.ends_on]


def _product_bars(product: ProductFacts, facts: VersionFacts) -> Iterable[Bar]:
    if facts.promotional and not facts.safety_information:  # rule 4
        for starts_on, ends_on in product.freezes:
            yield Bar(LimitCode.FREEZE, starts_on, ends_on, text=product.name)
    if product.authorisation_suspended:  # rule 5
        yield Bar(LimitCode.AUTHORISATION_ENDED, BEGINNING, FOREVER, text=product.name)
    elif product.authorisation_ends_on:
        yield Bar(
            LimitCode.AUTHORISATION_ENDED,
            product.authorisation_ends_on,
            FOREVER,
            text=product.name,
        )
    if facts.promotional and facts.public and product.gp_barred:  # rule 6
        for starts_on, ends_on in complement(product.gp_exceptions):
            yield Bar(LimitCode.PUBLIC_NOT_ALLOWED, starts_on, ends_on, text=product.name)


def _component_bars(facts: VersionFacts) -> Iterable[Bar]:
    """Rule 3: every required component, and the minimum number of components."""
    for component in facts.components:
        if component.required:
            for starts_on, ends_on in complement(component.usable):
                yield Bar(LimitCode.DEPENDENCY, starts_on, ends_on, component=component.version)
    if facts.minimum_components:
        yield from _minimum_bars(facts)


def _minimum_bars(facts: VersionFacts) -> Iterable[Bar]:
    marks = {BEGINNING}
    for component in facts.components:
        for starts_on, ends_on in component.usable:
            marks |= {starts_on, ends_on}
    edges = [*sorted(marks), FOREVER]
    for starts_on, ends_on in pairwise(edges):
        missing = [
            component.version
            for component in facts.components
            if not any(start <= starts_on < end for start, end in component.usable)
        ]
        if len(facts.components) - len(missing) < facts.minimum_components:
            first = missing[0] if missing else None
            yield Bar(LimitCode.DEPENDENCY, starts_on, ends_on, component=first)


def complement(spans: Sequence[Span]) -> list[Span]:
    """Return the days that no span holds."""
    gaps: list[Span] = []
    cursor = BEGINNING
    for starts_on, ends_on in sorted(spans):
        if starts_on > cursor:
            gaps.append((cursor, starts_on))
        cursor = max(cursor, ends_on)
    if cursor < FOREVER:
        gaps.append((cursor, FOREVER))
    return gaps


def reasons_on(bars: Iterable[Bar], day: date) -> list[Bar]:
    """Return the bars that hold on a day, in the order in which reasons are shown."""
    covering = [bar for bar in bars if bar.covers(day)]
    return sorted(covering, key=lambda bar: (LIMIT_ORDER[bar.code], bar.starts_on))


def usable_stretches(bars: Sequence[Bar], since: date) -> list[Stretch]:
    """Return the usable stretches from a day on, each with the first reason that ends it."""
    free = complement([(bar.starts_on, bar.ends_on) for bar in bars])
    return [
        Stretch(max(starts_on, since), ends_on, _end_reason(bars, ends_on))
        for starts_on, ends_on in free
        if ends_on > since
    ]


def _end_reason(bars: Sequence[Bar], ends_on: date) -> str:
    reasons = reasons_on(bars, ends_on)
    return reasons[0].code if reasons else LimitCode.EXPIRED


def rewrite(recorded: Sequence[Stretch], bars: Sequence[Bar], today: date) -> list[Stretch]:
    """Return what the record becomes: its past as it was, its future from today worked out anew.

    ``recorded`` are the stretches that stand, in order. Days before ``today`` never change.
    """
    past = [
        Stretch(
            stretch.starts_on,
            min(stretch.ends_on, today),
            stretch.limited_by if stretch.ends_on <= today else _end_reason(bars, today),
        )
        for stretch in recorded
        if stretch.starts_on < today
    ]
    future = usable_stretches(bars, today)
    if past and future and past[-1].ends_on == today == future[0].starts_on:
        joined = Stretch(past[-1].starts_on, future[0].ends_on, future[0].limited_by)
        return [*past[:-1], joined, *future[1:]]
    return past + future
