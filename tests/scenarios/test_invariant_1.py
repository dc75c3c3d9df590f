"""Invariant 1: nothing served as usable on a day fails section 4 for that day, as recorded.

A Hypothesis state machine lives through months of the house through its actions, beside a model
of a few lines that knows nothing of periods; no sweep ever runs. Every answer is compared: today,
the days ahead, and every past day as known at its end.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from approvals.submissions.actions import record_window
from content.assets.models import Version
from content.assets.validity import usable_on, why_not
from content.assets.validity.answers import known_when
from content.calendar import add_months
from content.catalogue.models import Product
from content.positive_list import queries
from tests.factories.catalogue import make_product
from tests.factories.people import Cast
from tests.scenarios.walk import Walk

START = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)


@dataclass
class Known:
    """What the model knows of one released version: plain days, no periods."""

    version: Version
    product: Product
    promotional: bool
    first: date
    end: date
    stops: list[list[date]] = field(default_factory=list)
    gone: date = date.max

    def usable(self, day: date, freezes: dict[int, list[list[date]]]) -> bool:
        frozen = self.promotional and any(
            start <= day < end for start, end in freezes.get(self.product.pk, [])
        )
        stopped = any(start <= day < end for start, end in self.stops)
        return self.first <= day < min(self.end, self.gone) and not frozen and not stopped


class House(RuleBasedStateMachine):
    """Months in the house, by its people."""

    cleared = Bundle("cleared")

    @initialize()
    def open_the_house(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.walk = Walk(Cast(), START)
        self.products = [self.walk.cast.product, self.walk.cast.free_product]
        # A made-up year without published windows: one that is open all along, every month.
        self.windows = {
            month: record_window(
                category="PM",
                opens_on=date(2030, month, 1),
                closes_on=add_months(date(2030, month, 1), 1) - timedelta(days=1),
                by=self.walk.cast.regulatory,
                now=START,
            )
            for month in range(1, 13)
        }
        self.known: dict[int, Known] = {}
        self.freezes: dict[int, list[list[date]]] = {}
        self.past: dict[date, dict[int, bool]] = {}

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(target=cleared, which=st.integers(0, 1), promotional=st.booleans())
    def prepare(self, which: int, promotional: bool) -> tuple[int, int, bool]:
        """A version walked to where the pharmacist may release it."""
        product = self.products[which]
        if self.frozen(product) and promotional:
            promotional = False
        if promotional:
            version = self.walk.cleared(product, window=self.windows[self.walk.today.month])
        else:
            version = self.walk.approved(product, nature="environment")
        return version.pk, which, promotional

    @rule(prepared=cleared, wait=st.sampled_from([0, 0, 3, 40]))
    def release(self, prepared: tuple[int, int, bool], wait: int) -> None:
        pk, which, promotional = prepared
        product = self.products[which]
        if pk in self.known or (promotional and self.frozen(product)):
            return
        version = self.walk.release(
            Version.objects.get(pk=pk), valid_from=self.walk.today + timedelta(days=wait)
        )
        end = version.visa.ends_on if version.visa else add_months(self.walk.today, 24)
        self.known[pk] = Known(
            version, product, promotional, self.walk.today + timedelta(days=wait), end
        )

    def one(self, data: st.DataObject, *states: str) -> Known | None:
        rows = Version.objects.filter(pk__in=self.known, state__in=states)
        found = [self.known[pk] for pk in rows.order_by("pk").values_list("pk", flat=True)]
        alive = [known for known in found if self.walk.today < min(known.end, known.gone)]
        return data.draw(st.sampled_from(alive)) if alive else None

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def suspend(self, data: st.DataObject) -> None:
        known = self.one(data, "released")
        if known:
            self.walk.suspend(known.version)
            known.stops.append([self.walk.today, date.max])

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        known = self.one(data, "suspended")
        if known and not self.frozen(known.product):
            self.walk.resume(known.version)
            for stop in known.stops:
                stop[1] = min(stop[1], self.walk.today)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), wait=st.sampled_from([0, 0, 5]))
    def withdraw(self, data: st.DataObject, wait: int) -> None:
        known = self.one(data, "released", "suspended")
        if known and known.gone == date.max:
            day = self.walk.today + timedelta(days=wait)
            self.walk.withdraw(known.version, effective_on=day)
            known.gone = day

    @rule(which=st.integers(0, 1))
    def freeze_or_lift(self, which: int) -> None:
        product = self.products[which]
        today = self.walk.today
        if self.frozen(product):
            self.walk.unfreeze(product)
            self.freezes[product.pk][-1][1] = today
            return
        released = set(
            Version.objects.filter(pk__in=self.known, state="released").values_list("pk", flat=True)
        )
        self.walk.freeze(product)
        self.freezes.setdefault(product.pk, []).append([today, date.max])
        for pk, known in self.known.items():
            if known.product == product and known.promotional and pk in released:
                known.stops.append([today, date.max])

    def frozen(self, product: Product) -> bool:
        return any(end == date.max for _, end in self.freezes.get(product.pk, []))

    @rule(days=st.sampled_from([1, 2, 30, 200]))
    def time_passes(self, days: int) -> None:
        if self.walk.now + timedelta(days=days) > datetime(2030, 12, 20, tzinfo=UTC):
            return
        self.past[self.walk.today] = self.model(self.walk.today)
        self.walk.wait(days=days)

    def model(self, day: date) -> dict[int, bool]:
        return {pk: known.usable(day, self.freezes) for pk, known in self.known.items()}

    def days(self) -> Iterator[date]:
        yield from (self.walk.today + timedelta(days=offset) for offset in (0, 1, 3, 40))
        for known in self.known.values():
            yield known.end - timedelta(days=1)
            yield known.end

    @invariant()
    def every_answer_is_right(self) -> None:
        if not hasattr(self, "known"):
            return
        now = self.walk.now
        for day in {*self.days()}:
            for pk, expected in self.model(day).items():
                version = Version.objects.get(pk=pk)
                assert usable_on(version, day, as_of=now) == expected
                assert (not why_not(version, day)) == expected
        served = {row.version for row in self.listed(self.walk.today)}
        usable = {pk for pk, yes in self.model(self.walk.today).items() if yes}
        assert served == {pk for pk in usable if self.known[pk].promotional}

    @invariant()
    def no_past_answer_changes(self) -> None:
        for day, answers in getattr(self, "past", {}).items():
            as_of = known_when(day, as_of=None, now=self.walk.now)
            for pk, expected in answers.items():
                version = Version.objects.get(pk=pk)
                assert usable_on(version, day, as_of=as_of) == expected

    def listed(self, day: date) -> list[queries.Row]:
        return queries.positive(
            queries.scope_for(self.walk.cast.pharmacist), day=day, as_of=self.walk.now
        ).rows


@pytest.mark.slow
@pytest.mark.django_db
def test_invariant_1_nothing_served_fails_the_rule_of_its_day() -> None:
    make_product()  # a product that nobody advertises never matters
    run_state_machine_as_test(
        House,
        settings=settings(
            max_examples=8,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
