"""Planning a deposit: the window, and the reference that it reserves."""

import re
from datetime import UTC, date, datetime

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.desk.sweep import sweep
from approvals.people.actions import system_actor
from approvals.submissions.actions import burn_lapsed_references, plan, record_window
from approvals.submissions.models import PlannedDeposit, ReferenceCounter
from approvals.submissions.policies import OFFERED
from content.assets.enums import ChangeKind, ReferenceStatus
from content.assets.models import Reference, Version
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import (
    approve,
    make_approved,
    make_batch,
    make_deposited,
    make_draft,
    pm_window,
    record_decision,
    window_of,
)

pytestmark = pytest.mark.django_db


def july() -> int:
    return int(window_of(date(2026, 7, 28)).pk)


class TestPlan:
    def test_reserves_a_reference_of_the_closing_days_month(self, cast: Cast) -> None:
        version = make_draft(cast)

        reference = plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)

        assert reference.value == "26/04/60000001/PM/001"
        assert reference.status == ReferenceStatus.RESERVED
        current = PlannedDeposit.objects.current().get(version=version)
        assert (current.window, current.planned_on) == (pm_window(), date(2026, 4, 24))
        assert Version.objects.get(pk=version.pk).reference_id == reference.pk

    def test_leaves_one_event_and_one_history_row_of_the_version(self, cast: Cast) -> None:
        version = make_draft(cast)
        events, rows = AuditEvent.objects.count(), version.history.count()

        plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)

        assert AuditEvent.objects.count() == events + 1
        assert version.history.count() == rows + 1

    def test_a_planned_day_of_another_month_gives_its_month(self, cast: Cast) -> None:
        version = make_draft(cast, product=cast.free_product, audience="public")

        reference = plan(
            version.pk,
            window=window_of(date(2026, 5, 7), "GP").pk,
            planned_on=date(2026, 4, 29),
            by=cast.pm,
            now=T0,
        )

        assert reference.value == "26/04/60000002/GP/001"

    def test_numbers_count_per_product_category_and_month(self, cast: Cast) -> None:
        def value(version: Version, window: int) -> str:
            return plan(version.pk, window=window, by=version.asset.owner, now=T0).value

        assert value(make_draft(cast), pm_window().pk).endswith("/PM/001")
        assert value(make_draft(cast), pm_window().pk).endswith("/PM/002")
        assert value(make_draft(cast), july()) == "26/07/60000001/PM/001"
        other = make_draft(cast, product=cast.other_product, owner=cast.pm2)
        assert value(other, pm_window().pk) == "26/04/60000003/PM/001"

    def test_the_same_window_again_changes_nothing(self, cast: Cast) -> None:
        version = make_draft(cast)
        first = plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)
        events = AuditEvent.objects.count()

        assert plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0) == first
        assert AuditEvent.objects.count() == events

    def test_another_month_burns_the_reference_and_gives_a_new_one(self, cast: Cast) -> None:
        version = make_draft(cast)
        first = plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)

        second = plan(version.pk, window=july(), by=cast.pm, now=T0)

        assert second.value == "26/07/60000001/PM/001"
        assert Reference.objects.get(pk=first.pk).status == ReferenceStatus.BURNT
        assert PlannedDeposit.objects.filter(version=version).count() == 2
        assert PlannedDeposit.objects.current().get(version=version).reference == second
        # The gap stays: what was burnt is never given again.
        third = plan(make_draft(cast).pk, window=pm_window().pk, by=cast.pm, now=T0)
        assert third.value == "26/04/60000001/PM/002"

    def test_another_window_of_the_same_month_keeps_the_reference(self, cast: Cast) -> None:
        version = make_draft(cast)
        first = plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)
        other = record_window(
            category="PM",
            opens_on=date(2026, 4, 27),
            closes_on=date(2026, 4, 30),
            by=cast.regulatory,
            now=T0,
        )

        assert plan(version.pk, window=other.pk, by=cast.pm, now=T0) == first
        assert PlannedDeposit.objects.current().get(version=version).window == other

    def test_once_its_window_closed_the_reference_is_lost_before_any_sweep(
        self, cast: Cast
    ) -> None:
        version = make_draft(cast)
        first = plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)
        other = record_window(
            category="PM",
            opens_on=date(2026, 4, 27),
            closes_on=date(2026, 4, 30),
            by=cast.regulatory,
            now=T0,
        )
        after = datetime(2026, 4, 24, 22, 0, tzinfo=UTC)  # 0:00 in Paris, the day after

        second = plan(version.pk, window=other.pk, by=cast.pm, now=after)

        assert (first.value, second.value) == ("26/04/60000001/PM/001", "26/04/60000001/PM/002")
        assert Reference.objects.get(pk=first.pk).status == ReferenceStatus.BURNT

    def test_is_allowed_until_approved(self, cast: Cast) -> None:
        version = approve(make_draft(cast))

        assert plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)

    def test_a_provisional_window_can_be_planned_for(self, cast: Cast) -> None:
        window = record_window(
            category="PM",
            opens_on=date(2027, 1, 11),
            closes_on=date(2027, 1, 29),
            provisional=True,
            by=cast.regulatory,
            now=T0,
        )

        assert plan(make_draft(cast).pk, window=window.pk, by=cast.pm, now=T0)

    def test_on_the_closing_day_until_midnight(self, cast: Cast) -> None:
        last = datetime(2026, 4, 24, 21, 59, tzinfo=UTC)
        assert plan(make_draft(cast).pk, window=pm_window().pk, by=cast.pm, now=last)


class TestDenials:
    def refused(self, version: Version, **given: object) -> InvalidInput:
        by, now = given.pop("by", version.asset.owner), given.pop("now", T0)
        with pytest.raises(InvalidInput) as refused:
            plan(version.pk, **given, by=by, now=now)  # type: ignore[arg-type]
        assert not Reference.objects.exists()
        return refused.value

    def test_a_window_in_the_past(self, cast: Cast) -> None:
        midnight = datetime(2026, 4, 24, 22, 0, tzinfo=UTC)
        error = self.refused(make_draft(cast), window=pm_window().pk, now=midnight)
        assert (error.code, list(error.errors)) == ("window_closed", ["window"])

    def test_a_window_of_the_other_category(self, cast: Cast) -> None:
        window = window_of(date(2026, 5, 7), "GP")
        error = self.refused(make_draft(cast), window=window.pk)
        assert (error.code, list(error.errors)) == ("wrong_category", ["window"])

    def test_a_window_that_does_not_exist(self, cast: Cast) -> None:
        assert self.refused(make_draft(cast), window=999_999).code == "window_unknown"

    def test_neither_window_nor_reason(self, cast: Cast) -> None:
        assert list(self.refused(make_draft(cast)).errors) == ["window"]

    @pytest.mark.parametrize("day", [date(2026, 4, 13), date(2026, 4, 6), date(2026, 4, 25)])
    def test_a_planned_day_past_or_outside(self, cast: Cast, day: date) -> None:
        error = self.refused(make_draft(cast), window=pm_window().pk, planned_on=day)
        assert list(error.errors) == ["planned_on"]

    @pytest.mark.parametrize("person", ["pm2", "mpm", "regulatory", "pharmacist", "admin"])
    def test_anybody_but_the_owner(self, cast: Cast, person: str) -> None:
        with pytest.raises(PolicyDenied) as refused:
            plan(make_draft(cast).pk, window=pm_window().pk, by=getattr(cast, person), now=T0)
        assert refused.value.code == "not_owner"

    def test_what_needs_no_visa(self, cast: Cast) -> None:
        version = make_draft(cast, nature="environment")
        with pytest.raises(StateConflict) as refused:
            plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)
        assert refused.value.code == "no_visa_needed"

    def test_a_minor_modification_keeps_its_predecessors(self, cast: Cast) -> None:
        version = make_draft(cast, change_kind=ChangeKind.MINOR_MODIFICATION)
        with pytest.raises(StateConflict) as refused:
            plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)
        assert refused.value.code == "visa_carried"

    def test_what_is_in_a_batch(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version)
        with pytest.raises(StateConflict) as refused:
            plan(version.pk, window=july(), by=cast.pm, now=T0)
        assert refused.value.code == "not_plannable"

    def test_the_thousandth_of_a_month(self, cast: Cast) -> None:
        ReferenceCounter.objects.create(cis="60000001", category="PM", year=2026, month=4, last=999)
        with pytest.raises(StateConflict) as refused:
            plan(make_draft(cast).pk, window=pm_window().pk, by=cast.pm, now=T0)
        assert refused.value.code == "numbers_exhausted"

    def test_what_is_offered_is_what_is_accepted(self, cast: Cast) -> None:
        version = make_draft(cast)
        assert OFFERED["plan"](version, cast.pm, T0)
        assert not OFFERED["plan"](version, cast.regulatory, T0)
        assert not OFFERED["plan"](make_draft(cast, nature="environment"), cast.pm, T0)

    def test_nothing_is_kept_when_the_last_write_fails(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        version = make_draft(cast)

        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError("the disk is full")

        monkeypatch.setattr(PlannedDeposit, "save", fail)
        with pytest.raises(RuntimeError):
            plan(version.pk, window=pm_window().pk, by=cast.pm, now=T0)

        assert not Reference.objects.exists()
        assert not ReferenceCounter.objects.exists()


class TestOutsideTheWindows:
    STATED = {
        "reason": "Réévaluation : nouvelles mentions de sécurité.",
        "proof": "Courrier ANSM du 2 juin 2026",
        "planned_on": date(2026, 6, 20),
    }
    NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)

    def successor(self, cast: Cast) -> Version:
        dossier = make_deposited(cast)
        record_decision(cast, dossier, now=self.NOW)
        return make_draft(cast, asset=dossier.version.asset, change_kind=ChangeKind.SAFETY)

    def test_what_had_a_visa_is_planned_with_reason_and_proof(self, cast: Cast) -> None:
        version = self.successor(cast)

        reference = plan(version.pk, out_of_window=self.STATED, by=cast.pm, now=self.NOW)

        assert reference.value == "26/06/60000001/PM/001"
        current = PlannedDeposit.objects.current().get(version=version)
        assert current.window is None
        assert current.out_of_window_proof == "Courrier ANSM du 2 juin 2026"

    @pytest.mark.parametrize("absent", ["reason", "proof", "planned_on"])
    def test_reason_proof_and_day_are_owed(self, cast: Cast, absent: str) -> None:
        stated = {name: value for name, value in self.STATED.items() if name != absent}
        with pytest.raises(InvalidInput) as refused:
            plan(self.successor(cast).pk, out_of_window=stated, by=cast.pm, now=self.NOW)
        assert list(refused.value.errors) == [absent]

    def test_a_day_that_is_past(self, cast: Cast) -> None:
        stated = self.STATED | {"planned_on": date(2026, 6, 14)}
        with pytest.raises(InvalidInput) as refused:
            plan(self.successor(cast).pk, out_of_window=stated, by=cast.pm, now=self.NOW)
        assert list(refused.value.errors) == ["planned_on"]

    def test_what_never_had_a_visa(self, cast: Cast) -> None:
        with pytest.raises(StateConflict) as refused:
            plan(make_draft(cast).pk, out_of_window=self.STATED, by=cast.pm, now=self.NOW)
        assert refused.value.code == "never_had_a_visa"


class TestBurnLapsedReferences:
    CLOSED = datetime(2026, 4, 24, 22, 0, tzinfo=UTC)

    def test_burns_what_was_planned_for_a_closed_window_once(self, cast: Cast) -> None:
        version = make_approved(cast)

        assert burn_lapsed_references(by=system_actor(), now=self.CLOSED) == 1
        assert burn_lapsed_references(by=system_actor(), now=self.CLOSED) == 0
        assert Version.objects.get(pk=version.pk).reference_id is None

    def test_leaves_an_open_window_and_what_is_in_a_batch(self, cast: Cast) -> None:
        version = make_approved(cast)
        make_batch(cast, version)
        make_approved(cast)
        last = datetime(2026, 4, 24, 21, 59, tzinfo=UTC)

        assert burn_lapsed_references(by=system_actor(), now=last) == 0
        assert burn_lapsed_references(by=system_actor(), now=self.CLOSED) == 1
        assert Version.objects.get(pk=version.pk).reference_id is not None

    def test_the_sweep_does_it_once(self, cast: Cast) -> None:
        version = make_approved(cast)

        first, second = sweep(self.CLOSED), sweep(self.CLOSED)

        assert Version.objects.get(pk=version.pk).reference_id is None
        assert [done.count for done in first if re.search("burnt|annulés", done.what)] == [1]
        assert [done for done in second if re.search("burnt|annulés", done.what)] == []

    def test_is_the_systems_only(self, cast: Cast) -> None:
        with pytest.raises(PolicyDenied) as refused:
            burn_lapsed_references(by=cast.regulatory, now=self.CLOSED)
        assert refused.value.code == "system_only"
