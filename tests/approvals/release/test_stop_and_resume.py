"""Suspend, resume, withdraw: they work; every denial; the day they take effect; the cascade."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import system_actor
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.release.policies import can_resume, can_suspend, can_withdraw
from approvals.release.queries import made_unusable_by
from approvals.signatures.enums import Meaning
from content.assets.actions.facts import interrupt
from content.assets.actions.sweep import follow_the_day
from content.assets.enums import Cause, InvolvementKind, Nature, State
from content.assets.models import Involvement, Version
from content.assets.validity import usable_on, why_not
from content.calendar import paris_day
from content.outbox.models import Message
from tests.factories import T0, keep
from tests.factories.clearing import freeze_it, resume_it, suspend_it, withdraw_it
from tests.factories.people import Cast, make_person
from tests.factories.releases import make_bare_asset, make_cleared, make_released, release_now

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
DAY = timedelta(days=1)
Step = Callable[..., Any]


def again(version: Version) -> Version:
    found: Version = Version.objects.get(pk=version.pk)
    return found


def usable(version: Version, day: Any = TODAY, now: Any = T0) -> bool:
    return usable_on(version, day, as_of=now)


class TestSuspend:
    def test_it_stops_use_at_once(self, cast: Cast) -> None:
        version = make_released(cast.product)
        by = cast.pharmacist
        events = AuditEvent.objects.count()
        done = suspend_it(version, by, reason=" doute ")
        kept = again(version)
        assert kept.state == State.SUSPENDED
        assert not usable(kept)
        assert why_not(kept, TODAY)[0].code == "suspended"
        assert (done.reason, done.effective_on) == ("doute", TODAY)
        assert done.signature.meaning == Meaning.SUSPENSION
        assert AuditEvent.objects.count() == events + 1
        assert kept.history.filter(state=State.SUSPENDED).count() == 1

    def test_a_later_day_is_followed_by_the_state_on_that_day(
        self, cast: Cast, system: User
    ) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist, effective_on=TODAY + 5 * DAY)
        assert again(version).state == State.RELEASED
        assert usable(version, TODAY + 4 * DAY)
        assert not usable(version, TODAY + 5 * DAY)
        follow_the_day(by=system, now=T0 + 5 * DAY)
        assert again(version).state == State.SUSPENDED

    def test_the_day_may_be_brought_forward_never_delayed(self, cast: Cast) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist, effective_on=TODAY + 5 * DAY)
        for day in (TODAY + 5 * DAY, TODAY + 6 * DAY):
            with pytest.raises(InvalidInput) as refused:
                suspend_it(version, cast.pharmacist, effective_on=day)
            assert (refused.value.code, set(refused.value.errors)) == (
                "already_decided",
                {"effective_on"},
            )
        suspend_it(version, cast.pharmacist, effective_on=TODAY + 2 * DAY)
        assert not usable(version, TODAY + 2 * DAY)

    def test_the_field_is_told_of_what_was_reviewed(self, cast: Cast) -> None:
        """Editing the asset for its next version changes neither the title nor who is told (§2)."""
        assert cast.rep
        assert cast.msl
        version = make_released(cast.product, nature=Nature.MEDICAL, title="Note médicale")
        asset = version.asset
        asset.title, asset.nature = "Prochaine", Nature.INSTITUTIONAL
        keep(asset, by=system_actor())
        suspend_it(version, cast.pharmacist)
        told = Message.objects.filter(topic="release.suspend").exclude(recipient=asset.owner)
        assert [message.recipient for message in told] == [cast.msl]
        assert "Note médicale" in told.get().body

    def test_the_field_is_told_why(self, cast: Cast) -> None:
        assert cast.rep
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist, reason="signal de vigilance")
        mail = Message.objects.get(topic="release.suspend", recipient=cast.rep)
        assert "signal de vigilance" in mail.body


class TestResume:
    def test_it_gives_use_back_from_today(self, cast: Cast) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist)
        later = T0 + 3 * DAY
        done = resume_it(version, cast.pharmacist, now=later)
        kept = again(version)
        assert kept.state == State.RELEASED
        assert usable(kept, TODAY + 3 * DAY, later)
        assert not usable(kept, TODAY + DAY, later)
        assert done.signature.meaning == Meaning.RESUMPTION
        assert kept.expires_on == again(version).expires_on

    def test_its_end_never_moves(self, cast: Cast) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist)
        resume_it(version, cast.pharmacist, now=T0 + 100 * DAY)
        assert again(version).expires_on == version.expires_on

    def test_not_once_its_time_is_over(self, cast: Cast) -> None:
        version = make_released(cast.product, expires_on=TODAY + 3 * DAY)
        suspend_it(version, cast.pharmacist)
        with pytest.raises(StateConflict) as refused:
            resume_it(version, cast.pharmacist, now=T0 + 3 * DAY)
        assert refused.value.code == "expired"
        assert not can_resume(again(version), cast.pharmacist, T0 + 3 * DAY)

    def test_not_once_a_successor_replaced_it(self, cast: Cast, system: User) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist)
        release_now(make_cleared(version.asset, number=2).pk, by=system, now=T0)
        with pytest.raises(StateConflict) as refused:
            resume_it(version, cast.pharmacist)
        assert refused.value.code == "superseded"

    @pytest.mark.parametrize("days", [0, 4])
    def test_not_while_a_product_is_frozen_or_about_to_be(self, cast: Cast, days: int) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist)
        freeze_it(cast.product, cast.pharmacist, effective_on=TODAY + days * DAY)
        with pytest.raises(StateConflict) as refused:
            resume_it(version, cast.pharmacist)
        assert refused.value.code == "product_frozen"

    def test_after_the_authority_its_letter_is_owed(self, cast: Cast, system: User) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist)
        interrupt(
            version,
            cause=Cause.AUTHORITY_SUSPENDED,
            reason="lettre du 14",
            starts_on=TODAY,
            by=system,
            now=T0,
        )
        with pytest.raises(InvalidInput) as refused:
            resume_it(version, cast.pharmacist)
        assert set(refused.value.errors) == {"authority_proof"}
        done = resume_it(version, cast.pharmacist, authority_proof="ANSM 2026-118, 20 avril")
        assert done.authority_proof == "ANSM 2026-118, 20 avril"
        assert usable(version)

    def test_never_after_the_authority_withdrew_its_visa(self, cast: Cast, system: User) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist)
        interrupt(
            version,
            cause=Cause.AUTHORITY_WITHDRAWN,
            reason="retrait",
            starts_on=TODAY,
            by=system,
            now=T0,
        )
        with pytest.raises(StateConflict) as refused:
            resume_it(version, cast.pharmacist)
        assert refused.value.code == "visa_withdrawn"

    def test_another_day_than_today_is_refused(self, cast: Cast) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist)
        with pytest.raises(InvalidInput) as refused:
            resume_it(version, cast.pharmacist, effective_on=TODAY + DAY)
        assert set(refused.value.errors) == {"effective_on"}

    def test_inv03_whoever_touched_it_never_gives_it_back(self, cast: Cast) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist)
        touched = Involvement(version=version, user=cast.pharmacist, kind=InvolvementKind.OWNED)
        keep(touched, by=system_actor())
        with pytest.raises(PolicyDenied) as refused:
            resume_it(version, cast.pharmacist)
        assert refused.value.code == "four_eyes"


class TestWithdraw:
    @pytest.mark.parametrize("state", [State.CLEARED, State.RELEASED, State.SUSPENDED])
    def test_it_is_final(self, cast: Cast, state: State) -> None:
        version = make_cleared(make_bare_asset(cast.product))
        if state != State.CLEARED:
            release_now(version.pk, by=system_actor(), now=T0)
        if state == State.SUSPENDED:
            suspend_it(version, cast.pharmacist)
        done = withdraw_it(version, cast.pharmacist)
        kept = again(version)
        assert kept.state == State.WITHDRAWN
        assert not usable(kept)
        assert done.signature.meaning == Meaning.WITHDRAWAL
        for can in (can_suspend, can_resume, can_withdraw):
            assert not can(kept, cast.pharmacist, T0)

    def test_a_later_day_may_be_brought_forward_never_delayed(
        self, cast: Cast, system: User
    ) -> None:
        version = make_released(cast.product)
        withdraw_it(version, cast.pharmacist, effective_on=TODAY + 5 * DAY)
        assert again(version).state == State.RELEASED
        with pytest.raises(InvalidInput) as refused:
            withdraw_it(version, cast.pharmacist, effective_on=TODAY + 6 * DAY)
        assert refused.value.code == "already_decided"
        withdraw_it(version, cast.pharmacist, effective_on=TODAY + DAY)
        assert usable(version)
        assert not usable(version, TODAY + DAY)
        follow_the_day(by=system, now=T0 + DAY)
        assert again(version).state == State.WITHDRAWN

    def test_what_needs_it_stops_with_it_at_any_depth(self, cast: Cast) -> None:
        fragment = make_released(cast.product, asset_type="email_fragment")
        inner = make_released(cast.product, asset_type="template_fragment", requires=[fragment])
        outer = make_released(cast.product, asset_type="email_template", requires=[inner])
        other = make_released(cast.product, asset_type="email_fragment")
        choice = make_released(
            cast.product,
            asset_type="email_template",
            may_include=[fragment, other],
            minimum_components=1,
        )
        few = make_released(
            cast.product,
            asset_type="email_template",
            may_include=[fragment, other],
            minimum_components=2,
        )
        # Shown before signing, and then so.
        foreseen = made_unusable_by([fragment.pk], TODAY)
        assert {version.pk for version in foreseen} == {inner.pk, outer.pk, few.pk}
        withdraw_it(fragment, cast.pharmacist)
        for version in (inner, outer, few):
            assert not usable(version), version
            assert why_not(version, TODAY)[0].code == "dependency"
        assert usable(choice)


class TestDenied:
    STEPS = (suspend_it, resume_it, withdraw_it)

    @pytest.mark.parametrize("step", STEPS)
    def test_nobody_but_a_pharmacist(self, cast: Cast, step: Step) -> None:
        version = make_released(cast.product)
        if step is resume_it:
            suspend_it(version, cast.pharmacist)
        state = again(version).state
        for name in ("pm", "medical", "regulatory", "rep", "inspector", "admin"):
            with pytest.raises(PolicyDenied) as refused:
                step(version, getattr(cast, name))
            assert refused.value.code == "role_missing"
        deputy = make_person(Role.DEPUTY_PHARMACIST)
        with pytest.raises(PolicyDenied) as refused:
            step(version, deputy)
        assert refused.value.code == "no_delegation"
        assert again(version).state == state

    @pytest.mark.parametrize("step", STEPS)
    def test_a_deputy_under_a_delegation(self, cast: Cast, step: Step) -> None:
        version = make_released(cast.product)
        if step is resume_it:
            suspend_it(version, cast.pharmacist)
        done = step(version, cast.pharmacist2)
        assert done.signature.on_behalf_of == str(cast.pharmacist)

    @pytest.mark.parametrize("step", STEPS)
    def test_a_reason_is_owed(self, cast: Cast, step: Step) -> None:
        version = make_released(cast.product)
        if step is resume_it:
            suspend_it(version, cast.pharmacist)
        with pytest.raises(InvalidInput) as refused:
            step(version, cast.pharmacist, reason="  ")
        assert set(refused.value.errors) == {"reason"}

    @pytest.mark.parametrize("step", [suspend_it, withdraw_it])
    def test_a_past_day(self, cast: Cast, step: Step) -> None:
        version = make_released(cast.product)
        with pytest.raises(InvalidInput) as refused:
            step(version, cast.pharmacist, effective_on=TODAY - DAY)
        assert set(refused.value.errors) == {"effective_on"}
        assert again(version).state == State.RELEASED

    def test_in_another_state(self, cast: Cast) -> None:
        cleared = make_cleared(make_bare_asset(cast.product))
        released = make_released(cast.product)
        for step, version in ((suspend_it, cleared), (resume_it, released)):
            with pytest.raises(StateConflict) as refused:
                step(version, cast.pharmacist)
            assert refused.value.code == "wrong_state"
