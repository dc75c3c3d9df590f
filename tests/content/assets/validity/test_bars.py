"""The rule itself, without a database: bars, usable stretches, and the rewriting of the record."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from content.assets.enums import LimitCode
from content.assets.validity.bars import (
    Bar,
    ComponentFacts,
    ProductFacts,
    Stretch,
    VersionFacts,
    bars_of,
    complement,
    reasons_on,
    rewrite,
    usable_stretches,
)

START, END = date(2026, 5, 1), date(2028, 5, 1)
TODAY = date(2026, 6, 1)


def facts(**changes: object) -> VersionFacts:
    base = {"version": 1, "released": True, "valid_from": START, "expires_on": END}
    return VersionFacts(**{**base, **changes})  # type: ignore[arg-type]


def usable(subject: VersionFacts, day: date) -> bool:
    return not reasons_on(bars_of(subject), day)


def codes(subject: VersionFacts, day: date) -> list[str]:
    return [bar.code for bar in reasons_on(bars_of(subject), day)]


class TestEachRule:
    def test_1_never_released(self) -> None:
        assert codes(facts(released=False), TODAY) == [LimitCode.NOT_RELEASED]

    def test_1_interrupted_from_its_day_until_lifted(self) -> None:
        stop = (LimitCode.SUSPENDED, TODAY, TODAY + timedelta(days=5), "")
        subject = facts(interruptions=[stop])
        assert usable(subject, TODAY - timedelta(days=1))
        assert codes(subject, TODAY) == [LimitCode.SUSPENDED]
        assert usable(subject, TODAY + timedelta(days=5))

    def test_1_superseded(self) -> None:
        assert codes(facts(superseded_on=TODAY), TODAY) == [LimitCode.SUPERSEDED]

    def test_2_half_open_days(self) -> None:
        assert codes(facts(), START - timedelta(days=1)) == [LimitCode.NOT_YET]
        assert usable(facts(), START)
        assert usable(facts(), END - timedelta(days=1))
        assert codes(facts(), END) == [LimitCode.EXPIRED]

    def test_3_required_component(self) -> None:
        part = ComponentFacts(7, required=True, usable=[(START, TODAY)])
        subject = facts(components=[part])
        assert usable(subject, TODAY - timedelta(days=1))
        assert codes(subject, TODAY) == [LimitCode.DEPENDENCY]

    def test_3_optional_component_counts_toward_the_minimum_only(self) -> None:
        parts = [
            ComponentFacts(7, required=True, usable=[(START, END)]),
            ComponentFacts(8, required=False, usable=[(START, TODAY)]),
        ]
        assert usable(facts(components=parts), TODAY)
        subject = facts(components=parts, minimum_components=2)
        assert usable(subject, TODAY - timedelta(days=1))
        assert codes(subject, TODAY) == [LimitCode.DEPENDENCY]

    def test_4_freeze_spares_safety_information_and_what_is_not_promotional(self) -> None:
        frozen = [ProductFacts("P", freezes=[(TODAY, date.max)])]
        assert codes(facts(products=frozen, promotional=True), TODAY) == [LimitCode.FREEZE]
        assert usable(facts(products=frozen), TODAY)
        spared = facts(products=frozen, promotional=True, safety_information=True)
        assert usable(spared, TODAY)

    def test_5_authorisation(self) -> None:
        ended = [ProductFacts("P", authorisation_ends_on=TODAY)]
        assert usable(facts(products=ended), TODAY - timedelta(days=1))
        assert codes(facts(products=ended), TODAY) == [LimitCode.AUTHORISATION_ENDED]
        suspended = [ProductFacts("P", authorisation_suspended=True)]
        assert codes(facts(products=suspended), START) == [LimitCode.AUTHORISATION_ENDED]

    def test_6_public_unless_an_exception_is_in_force(self) -> None:
        barred = [ProductFacts("P", gp_barred=True, gp_exceptions=[(START, TODAY)])]
        subject = facts(products=barred, promotional=True, public=True)
        assert usable(subject, START)
        assert codes(subject, TODAY) == [LimitCode.PUBLIC_NOT_ALLOWED]
        assert usable(facts(products=barred, promotional=True), TODAY)

    def test_7_global_is_never_usable(self) -> None:
        assert codes(facts(field_use=False), TODAY) == [LimitCode.NOT_YET]


def test_reasons_come_in_the_order_of_the_domain() -> None:
    subject = facts(
        interruptions=[
            (LimitCode.SUSPENDED, START, None, ""),
            (LimitCode.WITHDRAWN, START, None, ""),
            (LimitCode.AUTHORITY, START, None, ""),
        ],
        products=[ProductFacts("P", freezes=[(START, END)], authorisation_ends_on=START)],
        promotional=True,
        superseded_on=START,
    )
    assert codes(subject, END) == [
        "authority",
        "withdrawn",
        "suspended",
        "authorisation_ended",
        "superseded",
        "expired",
    ]


days = st.integers(0, 60).map(lambda offset: START + timedelta(days=offset))
spans = st.lists(
    st.tuples(days, st.integers(1, 20)).map(lambda pair: (pair[0], pair[0] + timedelta(pair[1]))),
    max_size=5,
)


@given(spans)
def test_complement_is_what_no_span_holds(taken: list[tuple[date, date]]) -> None:
    gaps = complement(taken)
    for offset in range(-5, 90):
        day = START + timedelta(days=offset)
        held = any(start <= day < end for start, end in taken)
        assert held != any(start <= day < end for start, end in gaps)


@given(spans, days)
def test_stretches_are_the_days_that_no_bar_covers(
    taken: list[tuple[date, date]], since: date
) -> None:
    bars = [Bar(LimitCode.SUSPENDED, *span) for span in taken]
    stretches = usable_stretches(bars, since)
    for offset in range(90):
        day = START + timedelta(days=offset)
        within = any(stretch.starts_on <= day < stretch.ends_on for stretch in stretches)
        assert within == (day >= since and not any(bar.covers(day) for bar in bars))


@given(spans, spans, st.integers(1, 30))
def test_the_past_is_never_rewritten(
    first: list[tuple[date, date]], second: list[tuple[date, date]], later: int
) -> None:
    recorded = usable_stretches([Bar(LimitCode.SUSPENDED, *span) for span in first], START)
    today = START + timedelta(days=later)
    bars = [Bar(LimitCode.WITHDRAWN, *span) for span in second]
    result = rewrite(recorded, bars, today)

    def holds(stretches: list[Stretch], day: date) -> bool:
        return any(stretch.starts_on <= day < stretch.ends_on for stretch in stretches)

    for offset in range(90):
        day = START + timedelta(days=offset)
        if day < today:
            assert holds(result, day) == holds(recorded, day)
        else:
            assert holds(result, day) == (not any(bar.covers(day) for bar in bars))
    for before, after in pairwise(result):
        assert before.ends_on < after.starts_on, "stretches are unbroken, apart and in order"
