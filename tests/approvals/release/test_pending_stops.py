"""What was decided for a later day, or by the authority, outlives the acts between (§4, §8)."""

from datetime import date, timedelta

import pytest

from approvals.audit import InvalidInput, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.models import User
from approvals.release.actions import unfreeze_product
from approvals.release.policies import can_release, can_resume
from approvals.signatures.enums import Meaning
from content.assets.actions.facts import interrupt
from content.assets.actions.sweep import follow_the_day
from content.assets.enums import Cause, State
from content.assets.models import Interruption, Version
from content.assets.validity import usable_on
from content.calendar import paris_day
from content.catalogue.actions import freeze_product
from content.catalogue.models import Product
from content.outbox.models import Message
from tests.factories import T0, clearing
from tests.factories.clearing import freeze_it, release_it, resume_it, suspend_it, withdraw_it
from tests.factories.people import Cast
from tests.factories.releases import make_released
from tests.factories.review import proof_of

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
DAY = timedelta(days=1)


def again(version: Version) -> Version:
    found: Version = Version.objects.get(pk=version.pk)
    return found


def lift(product: Product, by: User, now: object = T0) -> None:
    proof = proof_of(by, Meaning.PRODUCT_UNFREEZE, now=now)  # type: ignore[arg-type]
    unfreeze_product(product.cis, reason="levée", credentials=proof, by=by, now=now)  # type: ignore[arg-type]


class TestASuspensionDecidedForALaterDay:
    def test_is_not_revoked_by_the_resume_that_follows_a_freeze(
        self, cast: Cast, system: User
    ) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist, effective_on=TODAY + 10 * DAY)
        freeze_it(cast.product, cast.pharmacist)
        lift(cast.product, cast.pharmacist, T0 + DAY)
        resume_it(version, cast.pharmacist, now=T0 + 2 * DAY)
        known = T0 + 2 * DAY
        assert usable_on(version, TODAY + 9 * DAY, as_of=known)
        assert not usable_on(version, TODAY + 10 * DAY, as_of=known)
        follow_the_day(by=system, now=T0 + 10 * DAY)
        assert again(version).state == State.SUSPENDED

    def test_is_over_with_the_earlier_day_it_was_brought_forward_to(self, cast: Cast) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist, effective_on=TODAY + 10 * DAY)
        suspend_it(version, cast.pharmacist)
        resume_it(version, cast.pharmacist, now=T0 + DAY)
        assert usable_on(version, TODAY + 10 * DAY, as_of=T0 + DAY)


class TestAnAutomaticFreeze:
    def test_suspends_at_once_so_that_nothing_comes_back_without_its_resume(
        self, cast: Cast, system: User
    ) -> None:
        version = make_released(cast.product)
        other = make_released(cast.product, nature="environment")
        events = AuditEvent.objects.count()
        freeze_product(cast.product.pk, reason="suspendue", effective_on=TODAY, by=system, now=T0)
        assert AuditEvent.objects.count() == events + 1
        assert (again(version).state, again(other).state) == (State.SUSPENDED, State.RELEASED)
        lift(cast.product, cast.pharmacist, T0 + DAY)
        assert not usable_on(version, TODAY + DAY, as_of=T0 + DAY)
        resume_it(version, cast.pharmacist, now=T0 + 2 * DAY)
        assert usable_on(version, TODAY + 2 * DAY, as_of=T0 + 2 * DAY)

    def test_suspends_what_is_to_stop_later_for_another_reason_too(
        self, cast: Cast, system: User
    ) -> None:
        version = make_released(cast.product)
        freeze_it(cast.product, cast.pharmacist)
        lift(cast.product, cast.pharmacist)
        resume_it(version, cast.pharmacist)
        suspend_it(version, cast.pharmacist, effective_on=TODAY + 10 * DAY)
        freeze_product(cast.product.pk, reason="suspendue", effective_on=TODAY, by=system, now=T0)
        assert again(version).state == State.SUSPENDED


class TestAVisaSuspendedBeforeTheRelease:
    def test_comes_back_by_a_signed_resume_with_its_proof(self, cast: Cast, system: User) -> None:
        version = clearing.make_cleared(cast)
        interrupt(
            version,
            cause=Cause.AUTHORITY_SUSPENDED,
            reason="réévaluation",
            starts_on=TODAY,
            by=cast.regulatory,
            now=T0,
        )
        assert not can_release(again(version), cast.pharmacist, T0)
        assert can_resume(again(version), cast.pharmacist, T0)
        with pytest.raises(InvalidInput) as refused:
            resume_it(version, cast.pharmacist)
        assert set(refused.value.errors) == {"authority_proof"}
        resume_it(version, cast.pharmacist, authority_proof="ANSM 2026-12")
        assert again(version).state == State.CLEARED
        assert not Interruption.objects.not_lifted().exists()
        assert not Message.objects.filter(topic="release.resume").exists()
        release_it(version, cast.pharmacist)
        assert usable_on(version, TODAY, as_of=T0)

    def test_its_withdrawal_stays_in_the_office(self, cast: Cast) -> None:
        """The field never heard of it (DOMAIN.md §9)."""
        assert cast.rep
        version = clearing.make_cleared(cast)
        withdraw_it(version, cast.pharmacist, reason="secret")
        told = Message.objects.filter(topic="release.withdraw")
        assert [mail.recipient for mail in told] == [cast.pm]

    def test_what_is_only_cleared_is_not_resumed(self, cast: Cast) -> None:
        version = clearing.make_cleared(cast)
        with pytest.raises(StateConflict) as refused:
            resume_it(version, cast.pharmacist)
        assert refused.value.code == "wrong_state"


class TestANonPromotionalVersionChosenForAFreeze:
    def test_comes_back_only_after_the_lift(self, cast: Cast) -> None:
        version = make_released(cast.product, nature="environment")
        freeze_it(cast.product, cast.pharmacist, non_promotional=[version.pk])
        with pytest.raises(StateConflict) as refused:
            resume_it(version, cast.pharmacist)
        assert refused.value.code == "product_frozen"
        lift(cast.product, cast.pharmacist)
        resume_it(version, cast.pharmacist)
        assert again(version).state == State.RELEASED


class TestTheSweepAfterDaysOfSilence:
    def test_what_ended_first_gives_the_state(self, cast: Cast, system: User) -> None:
        version = make_released(cast.product, expires_on=TODAY + 3 * DAY)
        withdraw_it(version, cast.pharmacist, effective_on=TODAY + 5 * DAY)
        follow_the_day(by=system, now=T0 + 8 * DAY)
        assert again(version).state == State.EXPIRED
        assert again(version).expires_on == date(2026, 4, 17)
