"""Stored periods and entries: written when something changes, compared with the day when asked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.audit import InvalidInput
from approvals.audit.models import AuditEvent
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets.actions.facts import interrupt, lift_interruptions
from content.assets.actions.sweep import follow_the_day
from content.assets.enums import Audience, Cause, State
from content.assets.models import Entry, Period, Version
from content.assets.validity import first_usable_day, last_usable_day, usable_on, why_not
from content.calendar import end_of_day, paris_day
from content.catalogue.actions import freeze_product, lift_freeze, record_gp_exception
from content.catalogue.models import ListHead
from tests.factories import T0
from tests.factories.catalogue import make_product
from tests.factories.people import Cast
from tests.factories.releases import make_cleared, make_released, release_now

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
LATER = T0 + timedelta(days=10)


def usable_now(version: Version, day: date, now: datetime = T0) -> bool:
    return usable_on(version, day, as_of=now)


class TestRelease:
    def test_usable_from_the_release_to_the_eve_of_its_end(self, system: User) -> None:
        version = make_released(make_product())
        assert first_usable_day(version) == TODAY
        assert last_usable_day(version) == date(2028, 4, 13)
        assert usable_now(version, date(2028, 4, 13))
        assert not usable_now(version, date(2028, 4, 14))

    def test_one_entry_a_product_and_a_new_list_version(self, system: User) -> None:
        before = ListHead.objects.get(pk=1).version
        version = make_released(make_product(), make_product(), title="Élan vital")
        entries = Entry.objects.current().filter(version=version)
        assert entries.count() == 2
        assert {entry.sort_key for entry in entries} == {"elan vital"}
        assert ListHead.objects.get(pk=1).version == before + 1

    def test_a_component_is_on_no_list(self, system: User) -> None:
        fragment = make_released(make_product(), asset_type="email_fragment")
        assert Period.objects.filter(version=fragment).exists()
        assert not Entry.objects.filter(version=fragment).exists()

    def test_the_event_names_the_new_periods(self, system: User) -> None:
        version = make_released(make_product())
        event = AuditEvent.objects.in_order().last()
        assert event is not None
        assert f'"usability":{{"{version.pk}":[["2026-04-14","2028-04-14","expired"]]}}' in (
            event.payload
        )


class TestInterruption:
    def test_withdrawn_the_same_day_is_no_for_ever_yet_was_once_usable(self, system: User) -> None:
        version = make_released(make_product())
        afternoon = T0 + timedelta(hours=5)
        interrupt(
            version,
            cause=Cause.WITHDRAWN,
            reason="erreur",
            starts_on=TODAY,
            by=system,
            now=afternoon,
        )
        assert not usable_on(version, TODAY, as_of=end_of_day(TODAY))
        assert usable_on(version, TODAY, as_of=T0 + timedelta(hours=1))
        once = Entry.objects.once_usable(TODAY, afternoon)
        assert once.filter(version=version).exists()

    def test_a_future_day_keeps_the_days_before(self, system: User) -> None:
        version = make_released(make_product())
        stop = TODAY + timedelta(days=5)
        interrupt(version, cause=Cause.WITHDRAWN, reason="fin", starts_on=stop, by=system, now=T0)
        assert last_usable_day(version) == stop - timedelta(days=1)
        assert why_not(version, stop)[0].code == "withdrawn"

    def test_a_past_day_is_refused(self, system: User) -> None:
        version = make_released(make_product())
        with pytest.raises(InvalidInput) as refused:
            interrupt(
                version,
                cause=Cause.WITHDRAWN,
                reason="fin",
                starts_on=TODAY - timedelta(days=1),
                by=system,
                now=T0,
            )
        assert "effective_on" in refused.value.errors

    def test_lifting_gives_the_days_back_from_the_lift_on(self, system: User) -> None:
        version = make_released(make_product())
        interrupt(
            version, cause=Cause.SUSPENDED, reason="doute", starts_on=TODAY, by=system, now=T0
        )
        lift_interruptions(
            version, causes=[Cause.SUSPENDED], ends_on=paris_day(LATER), by=system, now=LATER
        )
        assert not usable_on(version, paris_day(LATER) - timedelta(days=1), as_of=LATER)
        assert usable_on(version, paris_day(LATER), as_of=LATER)


class TestProducts:
    def test_a_freeze_bars_and_its_lift_gives_back(self, cast: Cast) -> None:
        product = make_product()
        version = make_released(product)
        freeze = freeze_product(
            product.pk, reason="réévaluation", effective_on=TODAY, by=cast.pharmacist, now=T0
        )
        assert why_not(version, TODAY)[0].code == "freeze"
        assert not usable_now(version, TODAY, T0)
        lift_freeze(freeze.pk, reason="fin", by=cast.pharmacist, now=LATER)
        assert usable_on(version, paris_day(LATER), as_of=LATER)

    def test_the_public_needs_an_exception(self, cast: Cast) -> None:
        product = make_product(prescription_only=True)
        version = make_released(product, audience=Audience.PUBLIC)
        assert why_not(version, TODAY)[0].code == "public_not_allowed"
        until = TODAY + timedelta(days=30)
        record_gp_exception(
            product.pk,
            legal_basis="L.5122-6",
            starts_on=TODAY,
            ends_on=until,
            reason="vaccin listé",
            by=cast.regulatory,
            now=T0,
        )
        assert last_usable_day(version) == until - timedelta(days=1)


class TestComponents:
    def test_the_cascade_reaches_every_depth_and_the_reason_names_the_path(
        self, system: User
    ) -> None:
        product = make_product()
        fragment = make_released(product, asset_type="email_fragment")
        header = make_released(product, asset_type="template_fragment", requires=[fragment])
        template = make_released(product, requires=[header])
        interrupt(
            fragment, cause=Cause.WITHDRAWN, reason="erreur", starts_on=TODAY, by=system, now=T0
        )
        assert not usable_now(template, TODAY)
        reason = why_not(template, TODAY)[0]
        assert reason.code == "dependency"
        assert reason.path == (str(header), str(fragment))
        assert "erreur" in reason.text

    def test_an_optional_component_only_counts_toward_the_minimum(self, system: User) -> None:
        product = make_product()
        first, second = (make_released(product, asset_type="email_fragment") for _ in range(2))
        free = make_released(product, may_include=[first, second])
        bound = make_released(product, may_include=[first, second], minimum_components=2)
        interrupt(first, cause=Cause.WITHDRAWN, reason="x", starts_on=TODAY, by=system, now=T0)
        assert usable_now(free, TODAY)
        assert not usable_now(bound, TODAY)
        assert why_not(bound, TODAY)[0].code == "dependency"


class TestSupersession:
    def succeed(self, before: Version, **release: object) -> Version:
        successor = make_cleared(before.asset, number=before.number + 1)
        return release_now(successor.pk, by=system_actor(), now=T0, **release)  # type: ignore[arg-type]

    def test_from_the_successors_first_usable_day(self, system: User) -> None:
        before = make_released(make_product())
        first = TODAY + timedelta(days=7)
        successor = self.succeed(before, valid_from=first)
        assert last_usable_day(before) == first - timedelta(days=1)
        reason = why_not(before, first)[0]
        assert (reason.code, str(successor) in reason.text) == ("superseded", True)

    def test_worked_out_anew_until_it_comes(self, system: User) -> None:
        before = make_released(make_product())
        successor = self.succeed(before, valid_from=TODAY + timedelta(days=7))
        interrupt(successor, cause=Cause.WITHDRAWN, reason="x", starts_on=TODAY, by=system, now=T0)
        assert last_usable_day(before) == date(2028, 4, 13)

    def test_then_final(self, system: User) -> None:
        before = make_released(make_product())
        successor = self.succeed(before)
        interrupt(
            successor,
            cause=Cause.SUSPENDED,
            reason="x",
            starts_on=paris_day(LATER),
            by=system,
            now=LATER,
        )
        assert not usable_on(before, paris_day(LATER), as_of=LATER)

    def test_an_overlap_never_outlives_the_old_versions_own_end(self, system: User) -> None:
        before = make_released(make_product(), expires_on=TODAY + timedelta(days=10))
        self.succeed(before, overlap_days=30)
        assert last_usable_day(before) == TODAY + timedelta(days=9)


class TestTheStateFollows:
    def test_nothing_twice_and_nothing_lost_after_days(self, system: User) -> None:
        product = make_product()
        short = make_released(product, expires_on=TODAY + timedelta(days=3))
        stopped = make_released(product)
        interrupt(
            stopped,
            cause=Cause.WITHDRAWN,
            reason="fin",
            starts_on=TODAY + timedelta(days=2),
            by=system,
            now=T0,
        )
        assert sum(follow_the_day(by=system, now=T0).values()) == 0
        assert follow_the_day(by=system, now=LATER)["expired"] == 1
        assert sum(follow_the_day(by=system, now=LATER).values()) == 0
        states = {v.pk: v.state for v in Version.objects.filter(pk__in=[short.pk, stopped.pk])}
        assert states == {short.pk: State.EXPIRED, stopped.pk: State.WITHDRAWN}

    def test_a_version_released_under_an_announced_freeze_is_suspended_on_its_day(
        self, system: User
    ) -> None:
        product = make_product()
        day = TODAY + timedelta(days=2)
        freeze_product(product.pk, reason="réévaluation", effective_on=day, by=system, now=T0)
        version = make_released(product)
        assert last_usable_day(version) == day - timedelta(days=1)
        assert follow_the_day(by=system, now=LATER)["frozen"] == 1
        assert Version.objects.get(pk=version.pk).state == State.SUSPENDED


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    stops=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10)), max_size=3),
    overlap=st.integers(0, 10),
)
def test_the_stored_periods_agree_with_the_rule(
    system: User, stops: list[tuple[int, int]], overlap: int
) -> None:
    product = make_product()
    part = make_released(product, asset_type="email_fragment")
    version = make_released(product, requires=[part])
    now = datetime(2026, 4, 14, 9, tzinfo=UTC)
    for offset, length in stops:
        starts_on = paris_day(now) + timedelta(days=offset)
        interrupt(
            part if length % 2 else version,
            cause=Cause.SUSPENDED,
            reason="x",
            starts_on=starts_on,
            by=system,
            now=now,
        )
    for offset in range(40):
        day = paris_day(now) + timedelta(days=offset)
        assert usable_on(version, day, as_of=now) == (not why_not(version, day))
