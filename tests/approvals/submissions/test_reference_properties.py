"""Whatever is planned, and in which order: what every reference and every counter holds to (§8)."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.submissions.actions import burn_lapsed_references, plan
from approvals.submissions.actions.planning import take_number
from approvals.submissions.models import DepositWindow, PlannedDeposit, ReferenceCounter
from content.assets.enums import ReferenceStatus
from content.assets.models import Reference, Version
from content.calendar import paris_day
from tests.factories.people import Cast
from tests.factories.submissions import make_draft

pytestmark = pytest.mark.django_db

# One database for all examples of a test: each takes back what it wrote.
in_database = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
FORM = re.compile(r"(\d\d)/(0[1-9]|1[0-2])/(\d{8})/(PM|GP)/(\d{3})")
MONTHS = st.tuples(
    st.sampled_from(["60000001", "60000002"]),
    st.sampled_from(["PM", "GP"]),
    st.integers(2026, 2027),
    st.sampled_from([1, 4, 12]),
)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what an example wrote, whatever becomes of it."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


START = datetime(2025, 12, 1, 9, tzinfo=UTC)


@in_database
@given(asked=st.lists(MONTHS, max_size=30))
def test_each_month_counts_from_one_without_a_gap(
    system: User, asked: list[tuple[str, str, int, int]]
) -> None:
    taken = defaultdict(list)
    with undone():
        for month in asked:
            taken[month].append(take_number(*month))
        for month, numbers in taken.items():
            assert numbers == list(range(1, len(numbers) + 1))
            kept = dict(zip(("cis", "category", "year", "month"), month, strict=True))
            assert ReferenceCounter.objects.get(**kept).last == len(numbers)
        assert ReferenceCounter.objects.count() == len(taken)


@pytest.mark.slow  # A few hundred plans.
@in_database
@given(
    moves=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 40), st.booleans()),
        max_size=12,
    )
)
def test_whatever_is_planned_a_reference_is_given_once(
    cast: Cast, moves: list[tuple[int, int, int, bool]]
) -> None:
    """Three versions are planned and planned again as days pass, the sweep running or not."""
    assert cast.pm  # Made once, for all examples, with their team and its products.
    with undone():
        live(cast, moves)


def live(cast: Cast, moves: list[tuple[int, int, int, bool]]) -> None:
    versions = [make_draft(cast) for _ in range(3)]
    windows = list(
        DepositWindow.objects.filter(category="PM", closes_on__year=2026).order_by("closes_on")
    )
    given_to: dict[str, set[int]] = defaultdict(set)
    now = START
    for which, window, days, swept in moves:
        now += timedelta(days=days)
        if swept:
            burn_lapsed_references(by=system_actor(), now=now)
        version, chosen = versions[which], windows[window]
        if chosen.is_closed(paris_day(now)):
            continue
        reference = plan(version.pk, window=chosen.pk, by=cast.pm, now=now)
        given_to[reference.value].add(version.pk)
        holds_its_form(reference, chosen.closes_on)
        assert PlannedDeposit.objects.current().filter(version=version).count() == 1
    one_each(given_to)


def holds_its_form(reference: Reference, closes_on: date) -> None:
    matched = FORM.fullmatch(reference.value)
    assert matched is not None
    year, month, cis, category, number = matched.groups()
    assert (int(year) + 2000, int(month)) == (closes_on.year, closes_on.month)
    assert (cis, category, int(number)) == (reference.cis, reference.category, reference.number)


def one_each(given_to: dict[str, set[int]]) -> None:
    """No two versions ever had one reference, and what none has any more is burnt."""
    assert all(len(versions) == 1 for versions in given_to.values())
    held = Counter(Version.objects.exclude(reference=None).values_list("reference", flat=True))
    assert max(held.values(), default=1) == 1
    for reference in Reference.objects.all():
        burnt = reference.status == ReferenceStatus.BURNT
        assert burnt != (reference.pk in held)
    for counter in ReferenceCounter.objects.all():
        numbers = Reference.objects.filter(
            cis=counter.cis,
            category=counter.category,
            year=counter.year,
            month=counter.month,
        ).values_list("number", flat=True)
        assert sorted(numbers) == list(range(1, counter.last + 1))
