"""Invariants 5, 6 and 8 of DOMAIN.md §10, as far as submissions hold them (7: test_deposit)."""

import threading
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from approvals.audit import StateConflict
from approvals.people.actions import system_actor
from approvals.submissions.actions import add_to_batch, plan
from approvals.submissions.actions.planning import take_number
from approvals.submissions.models import Dossier, ReferenceCounter
from content.assets.enums import ReferenceStatus
from content.assets.models import Reference, Version
from tests.factories import T0, keep
from tests.factories.catalogue import make_gp_exception
from tests.factories.people import Cast
from tests.factories.submissions import (
    freeze,
    make_approved,
    make_batch,
    make_deposited,
    make_draft,
    pm_window,
    record_decision,
    record_deposit,
    window_of,
)
from tests.races import PATIENCE_SECONDS, at_once

THREADS = 50
MONTH = ("60000001", "PM", 2026, 4)


@pytest.mark.django_db
class TestInvariant5:
    """A reference is never given twice; a minor modification keeps its predecessor's."""

    def test_a_burnt_reference_is_never_given_again(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier, "inadmissible", reason="Quittance.")
        burnt = Reference.objects.get()
        assert burnt.status == ReferenceStatus.BURNT

        given = plan(make_draft(cast).pk, window=pm_window().pk, by=cast.pm, now=T0)

        assert given.value != burnt.value

    def test_the_database_refuses_the_same_number_twice(self, cast: Cast) -> None:
        given = plan(make_draft(cast).pk, window=pm_window().pk, by=cast.pm, now=T0)
        copy = Reference(
            value="26/04/60000001/PM/999",
            cis=given.cis,
            category=given.category,
            year=given.year,
            month=given.month,
            number=given.number,
            reserved_by=cast.pm,
            reserved_at=T0,
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            keep(copy, by=cast.pm)


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestInvariant5Race:
    def test_fifty_plans_at_once_get_fifty_references(self, cast: Cast) -> None:
        versions = [make_draft(cast) for _ in range(THREADS)]
        window, pm = pm_window().pk, cast.pm

        def planning(version: Version) -> Any:
            return lambda: plan(version.pk, window=window, by=pm, now=T0).value

        values = at_once(*[planning(version) for version in versions])

        assert max(Counter(values).values()) == 1
        assert sorted(values) == [f"26/04/60000001/PM/{n:03d}" for n in range(1, THREADS + 1)]

    def test_without_the_lock_two_connections_take_the_same_number(self, system: Any) -> None:
        """The proof that the race exists: what ``take_number`` does, its lock taken away."""
        key = dict(zip(("cis", "category", "year", "month"), MONTH, strict=True))
        ReferenceCounter.objects.create(**key)
        both_have_read = threading.Barrier(2, timeout=PATIENCE_SECONDS)

        def careless() -> int:
            with transaction.atomic():
                counter = ReferenceCounter.objects.get(**key)
                both_have_read.wait()
                counter.last += 1
                counter.save()
                return counter.last

        assert at_once(careless, careless) == [1, 1]

    def test_with_the_lock_two_connections_take_two_numbers(self, system: Any) -> None:
        both_have_begun = threading.Barrier(2, timeout=PATIENCE_SECONDS)

        def careful() -> int:
            with transaction.atomic():
                both_have_begun.wait()
                return take_number(*MONTH)

        assert sorted(at_once(careful, careful)) == [1, 2]

    def test_one_version_enters_one_of_two_batches(self, cast: Cast) -> None:
        version = make_approved(cast)
        batches = [make_batch(cast), make_batch(cast)]
        regulatory = cast.regulatory

        def adding(batch: Any) -> Any:
            return lambda: add_to_batch(batch.pk, version=version.pk, by=regulatory, now=T0)

        said = at_once(*[adding(batch) for batch in batches])

        assert sorted(type(answer).__name__ for answer in said) == ["Dossier", "StateConflict"]
        assert {answer.code for answer in said if isinstance(answer, StateConflict)} == {
            "already_in_batch"
        }
        assert Dossier.objects.count() == 1


@pytest.mark.django_db
class TestInvariant6:
    """A version has at most one undecided dossier."""

    def test_a_second_dossier_is_refused(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version)
        with pytest.raises(StateConflict) as refused:
            make_batch(cast, version)
        assert refused.value.code == "already_in_batch"

    @pytest.mark.parametrize("deposited", [False, True])
    def test_the_database_refuses_it_too(self, cast: Cast, deposited: bool) -> None:
        version = make_approved(cast)
        dossier = freeze(cast, make_batch(cast, version)).dossiers.get()
        if deposited:
            dossier = record_deposit(cast, dossier)
        copy = Dossier(
            batch=make_batch(cast),
            version=version,
            state_since=T0,
            reference=dossier.reference,
            revision=dossier.revision,
            digest=dossier.digest,
            cis=dossier.cis,
            created_by=cast.regulatory,
            created_at=T0,
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            keep(copy, by=cast.regulatory)

    def test_once_decided_another_may_be_opened(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(
            cast, dossier, "inadmissible", decided_on=date(2026, 4, 14), reason="x", now=T0
        )
        version = Version.objects.with_asset().get(pk=dossier.version_id)
        plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)

        make_batch(cast, version, complete=False)

        assert Dossier.objects.filter(version=version).count() == 2


@pytest.mark.django_db
class TestInvariant8:
    """GP holds only for products that allow it, at the freeze and at the deposit."""

    def window(self) -> Any:
        return window_of(date(2026, 5, 7), "GP")

    def bar(self, cast: Cast, **fields: bool) -> None:
        for name, value in fields.items():
            setattr(cast.free_product, name, value)
        keep(cast.free_product, by=system_actor())

    def gp(self, cast: Cast) -> Any:
        version = make_approved(cast, self.window(), product=cast.free_product, audience="public")
        return make_batch(cast, version, window=self.window())

    def test_a_product_that_allows_it_is_frozen(self, cast: Cast) -> None:
        assert freeze(cast, self.gp(cast)).state == "frozen"

    @pytest.mark.parametrize("field", ["prescription_only", "reimbursed", "restricted"])
    def test_a_bar_that_came_meanwhile_refuses_the_freeze(self, cast: Cast, field: str) -> None:
        batch = self.gp(cast)
        self.bar(cast, **{field: True})
        with pytest.raises(StateConflict) as refused:
            freeze(cast, batch)
        assert refused.value.code == "public_not_allowed"

    def test_an_exception_in_force_lifts_the_bar(self, cast: Cast) -> None:
        batch = self.gp(cast)
        self.bar(cast, prescription_only=True)
        make_gp_exception(cast.free_product)
        assert freeze(cast, batch).state == "frozen"

    def test_an_exception_that_ended_does_not(self, cast: Cast) -> None:
        batch = self.gp(cast)
        self.bar(cast, prescription_only=True)
        make_gp_exception(cast.free_product, ends_on=date(2026, 4, 14))
        with pytest.raises(StateConflict):
            freeze(cast, batch)

    def test_a_bar_that_came_after_the_freeze_refuses_the_deposit(self, cast: Cast) -> None:
        now = window_day = T0.replace(month=5, day=5)
        batch = freeze(cast, self.gp(cast))
        self.bar(cast, reimbursed=True)
        with pytest.raises(StateConflict) as refused:
            record_deposit(cast, batch.dossiers.get(), deposited_at=window_day, now=now)
        assert refused.value.code == "public_not_allowed"
