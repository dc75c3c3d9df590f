"""A decision entered wrongly: days, list, carriers, reasons, references, refusals (§3, §4)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from approvals.audit import InvalidInput, StateConflict
from approvals.release.policies import check_can_resume, check_visa_holds
from approvals.review.models import Comment
from approvals.submissions.actions import plan
from approvals.submissions.models import Dossier, PlannedDeposit
from content.assets.actions.facts import carry_visa
from content.assets.enums import Cause, ReferenceStatus, State, VisaBasis
from content.assets.models import Period, Reference, Version, Visa
from content.assets.validity import usable_on
from content.outbox.models import Message
from content.positive_list.queries import positive, scope_for
from tests.factories import keep
from tests.factories.clearing import resume_it, withdraw_it
from tests.factories.people import Cast
from tests.factories.releases import release_now
from tests.factories.submissions import (
    make_deposited,
    make_draft,
    record_correction,
    record_decision,
    state_of,
    window_of,
)

pytestmark = pytest.mark.django_db

RELEASED = datetime(2026, 6, 15, 9, tzinfo=UTC)
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
JUNE_10, JUNE_15, JULY_1 = date(2026, 6, 10), date(2026, 6, 15), date(2026, 7, 1)


def fresh(version: Version) -> Version:
    return Version.objects.with_asset().get(pk=version.pk)


def released(cast: Cast, **fields: Any) -> tuple[Dossier, Version]:
    """A version granted on 10 June and released on the 15th."""
    dossier = make_deposited(cast, **fields)
    record_decision(cast, dossier, decided_on=JUNE_10)
    version = fresh(dossier.version)
    assert version.expires_on is not None
    release_now(version.pk, by=cast.pharmacist, now=RELEASED, expires_on=version.expires_on)
    return dossier, fresh(version)


def minor(cast: Cast, first: Version, *, state: State = State.CLEARED) -> Version:
    """A minor modification under the visa of a version."""
    second = Version(
        asset=first.asset,
        number=first.number + 1,
        change_kind="minor_modification",
        created_by=cast.pm,
        created_at=NOW,
        state_since=NOW,
        state=state,
        needs_visa=True,
        visa_category="PM",
    )
    keep(second, by=cast.pm)
    revision = first.current_revision
    revision.pk, revision.version, revision.digest = None, second, "2" * 64
    keep(revision, by=cast.pm)
    carry_visa(second, first, by=cast.pm, now=RELEASED)
    return fresh(second)


class TestDates:
    def test_another_day_moves_the_visa_and_every_end(self, cast: Cast) -> None:
        dossier, version = released(cast)

        entry = record_correction(cast, dossier, "granted", decided_on=date(2026, 6, 12))

        version = fresh(version)
        assert version.state == State.RELEASED
        assert version.visa is not None
        assert version.visa.starts_on == date(2026, 6, 12)
        assert version.visa.ends_on == version.expires_on == date(2028, 6, 12)
        assert version.valid_from == JUNE_15
        assert entry.wrong_days == []
        assert Visa.objects.count() == 1
        last = Period.objects.current().get(version=version)
        assert (last.starts_on, last.ends_on) == (JUNE_15, date(2028, 6, 12))

    def test_a_later_start_makes_the_days_before_it_wrong(self, cast: Cast) -> None:
        dossier, version = released(cast)

        entry = record_correction(cast, dossier, "granted", decided_on=date(2026, 6, 20))

        assert entry.wrong_days == [
            {
                "version": version.pk,
                "name": str(version),
                "first": "2026-06-15",
                "last": "2026-06-19",
            }
        ]
        version = fresh(version)
        assert version.valid_from == date(2026, 6, 20)
        # What was known on those days stays as it was known then.
        assert usable_on(version, date(2026, 6, 16), as_of=datetime(2026, 6, 16, 9, tzinfo=UTC))
        assert usable_on(version, JULY_1, as_of=NOW + HOUR)

    def test_an_express_decision_was_silence(self, cast: Cast) -> None:
        dossier, version = released(cast)

        entry = record_correction(cast, dossier, "tacit", decided_on=date(2026, 6, 26))

        visa = fresh(version).visa
        assert visa is not None
        assert (visa.basis, visa.starts_on) == (VisaBasis.TACIT, date(2026, 6, 25))
        assert [row["last"] for row in entry.wrong_days] == ["2026-06-24"]

    def test_a_start_stated_by_hand_with_its_reason(self, cast: Cast) -> None:
        dossier, version = released(cast)

        record_correction(
            cast,
            dossier,
            "granted",
            decided_on=JUNE_10,
            starts_on=date(2026, 6, 14),
            start_reason="Notifiée le 14.",
        )

        visa = fresh(version).visa
        assert visa is not None
        assert (visa.basis, visa.starts_on) == (VisaBasis.STATED, date(2026, 6, 14))
        assert visa.start_reason == "Notifiée le 14."

    def test_what_expired_keeps_its_end(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier, decided_on=JUNE_10)
        end = date(2026, 6, 30)
        release_now(dossier.version_id, by=cast.pharmacist, now=RELEASED, expires_on=end)

        # The sweep has not run: it expired all the same, and no correction revives it.
        record_correction(cast, dossier, "granted", decided_on=date(2026, 6, 12))

        version = fresh(dossier.version)
        assert version.state == State.EXPIRED
        assert version.expires_on == end
        assert not usable_on(version, JULY_1, as_of=NOW + HOUR)


class TestNoLongerGranted:
    def test_use_ends_when_it_is_recorded_and_the_days_are_listed(self, cast: Cast) -> None:
        dossier, version = released(cast)
        noon = NOW

        entry = record_correction(
            cast,
            dossier,
            "refused",
            decided_on=JUNE_10,
            authority_reasons="Indication hors AMM.",
            now=noon,
        )

        assert state_of(version) == State.REFUSED
        assert [(row["first"], row["last"]) for row in entry.wrong_days] == [
            ("2026-06-15", "2026-07-01")
        ]
        before = {row.version for row in listed(cast, JULY_1, noon - HOUR)}
        after = {row.version for row in listed(cast, JULY_1, noon + HOUR)}
        assert version.pk in before
        assert version.pk not in after
        yesterday = date(2026, 6, 30)
        assert version.pk in {row.version for row in listed(cast, yesterday, noon + HOUR)}

    def test_no_visa_is_left_under_which_it_could_be_used(self, cast: Cast) -> None:
        dossier, version = released(cast)

        record_correction(cast, dossier, "refused", authority_reasons="Indication.")

        version = fresh(version)
        visa = Visa.objects.get()
        assert version.visa is None
        assert (visa.voided_at, visa.void_reason) == (NOW, "Mal lu.")
        with pytest.raises(StateConflict) as refused:
            check_visa_holds(version)
        assert refused.value.code == "visa_missing"
        with pytest.raises(StateConflict) as refused:
            check_can_resume(version, cast.pharmacist, NOW)
        assert refused.value.code == "wrong_state"

    def test_tells_pharmacist_regulatory_and_owner(self, cast: Cast) -> None:
        dossier, _version = released(cast)

        record_correction(cast, dossier, "refused", authority_reasons="Indication.")

        told = Message.objects.filter(topic="decision.corrected")
        people = set(told.values_list("recipient__username", flat=True))
        assert {cast.pm.username, cast.pharmacist.username, cast.regulatory.username} <= people
        body = told.get(recipient=cast.pm).body
        assert "15 juin 2026" in body
        assert "Mal lu." in body

    def test_a_refusal_keeps_its_reasons_for_the_next_version(self, cast: Cast) -> None:
        dossier, version = released(cast)
        record_correction(cast, dossier, "refused", authority_reasons="Indication hors AMM.")

        following = make_draft(cast, asset=version.asset)

        kept = Comment.objects.concerning(following).blocking().get()
        assert kept.body == "Indication hors AMM."

    def test_inadmissible_burns_the_reference_of_what_was_never_released(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)

        record_correction(cast, dossier, "inadmissible")

        version = fresh(dossier.version)
        assert version.state == State.APPROVED
        assert version.reference is None
        assert version.expires_on is None
        assert Reference.objects.get().status == ReferenceStatus.BURNT
        assert not PlannedDeposit.objects.current().filter(version=version).exists()

    def test_it_can_be_planned_again_and_nothing_of_the_past_bars_it(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        record_decision(cast, dossier, "suspended", reason="Risque.", now=NOW - HOUR)
        record_correction(cast, dossier, "inadmissible")

        plan(
            dossier.version_id,
            window=window_of(date(2026, 10, 16)).pk,
            by=cast.pm,
            now=NOW + HOUR,
        )

        version = fresh(dossier.version)
        assert version.reference is not None
        assert not version.interruptions.not_lifted().exists()


def listed(cast: Cast, day: date, as_of: datetime) -> list[Any]:
    return list(positive(scope_for(cast.rep), day=day, as_of=as_of).rows)


class TestGrantedAfterAll:
    def test_a_refusal_that_was_none_clears_and_closes_its_reasons(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier, "refused", reason="Indication.")
        assert Comment.objects.blocking().count() == 1

        record_correction(cast, dossier, "granted", decided_on=JUNE_10)

        version = fresh(dossier.version)
        assert version.state == State.CLEARED
        assert version.visa is not None
        assert version.visa.digest == dossier.digest
        assert not Comment.objects.blocking().exists()
        assert "Mal lu." in Comment.objects.get().replies.get().body

    def test_the_burnt_reference_is_given_back_and_the_new_one_burnt(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier, "inadmissible", reason="Quittance.")
        first = Reference.objects.get()
        new = plan(
            dossier.version_id,
            window=window_of(date(2026, 10, 16)).pk,
            by=cast.pm,
            now=NOW - HOUR,
        )

        record_correction(cast, dossier, "granted", decided_on=JUNE_10)

        version = fresh(dossier.version)
        assert version.state == State.CLEARED
        assert version.reference == first
        assert Reference.objects.get(pk=first.pk).status == ReferenceStatus.USED
        assert Reference.objects.get(pk=new.pk).status == ReferenceStatus.BURNT
        assert not PlannedDeposit.objects.current().filter(version=version).exists()

    def test_what_was_released_comes_back_by_a_resume_only(self, cast: Cast) -> None:
        dossier, version = released(cast)
        record_correction(cast, dossier, "refused", authority_reasons="Indication.")
        later = NOW + 2 * HOUR

        record_correction(cast, dossier, "granted", decided_on=JUNE_10, now=later)

        assert state_of(version) == State.SUSPENDED
        assert not usable_on(version, JULY_1, as_of=later + HOUR)
        assert fresh(version).visa == Visa.objects.get(voided_at__isnull=True)
        resume_it(version, cast.pharmacist, now=later + 2 * HOUR)
        assert usable_on(version, JULY_1, as_of=later + 3 * HOUR)

    def test_a_withdrawal_by_the_authority_that_was_none(self, cast: Cast) -> None:
        dossier, version = released(cast)
        record_decision(cast, dossier, "withdrawn_by_authority", reason="Risque.", now=NOW - HOUR)

        record_correction(cast, dossier, "granted", decided_on=JUNE_10)

        version = fresh(version)
        assert version.state == State.SUSPENDED
        assert version.visa is not None
        assert not version.visa.is_withdrawn
        assert version.expires_on == date(2028, 6, 10)
        resume_it(version, cast.pharmacist, now=NOW + HOUR)
        assert state_of(version) == State.RELEASED

    def test_a_suspension_that_was_none_owes_no_letter_to_resume(self, cast: Cast) -> None:
        dossier, version = released(cast)
        record_decision(cast, dossier, "suspended", reason="Risque.", now=NOW - HOUR)

        record_correction(cast, dossier, "granted", decided_on=JUNE_10)

        version = fresh(version)
        assert version.state == State.SUSPENDED
        assert version.visa is not None
        assert not version.visa.is_suspended
        resume_it(version, cast.pharmacist, now=NOW + HOUR)
        assert state_of(version) == State.RELEASED

    def test_what_comes_back_ends_with_the_visa_as_corrected_meanwhile(self, cast: Cast) -> None:
        dossier, version = released(cast)
        grant = dossier.decisions.get()
        record_decision(cast, dossier, "withdrawn_by_authority", reason="Risque.", now=NOW - HOUR)
        record_correction(cast, dossier, "granted", decided_on=date(2026, 6, 9), decision=grant.pk)

        record_correction(cast, dossier, "suspended", now=NOW + HOUR)
        resume_it(version, cast.pharmacist, now=NOW + 2 * HOUR, authority_proof="ANSM 12")

        version = fresh(version)
        assert version.visa is not None
        assert version.visa.ends_on == date(2028, 6, 9)
        assert version.expires_on == date(2028, 6, 9)

    def test_what_takes_back_a_stop_moves_no_day_of_the_visa(self, cast: Cast) -> None:
        dossier, version = released(cast)
        stop = record_decision(cast, dossier, "suspended", reason="Risque.", now=NOW - HOUR)

        # As the page proposes it: the outcome changed, the day of the stop left.
        with pytest.raises(InvalidInput) as refused:
            record_correction(
                cast, dossier, "granted", decided_on=date(2026, 6, 28), decision=stop.pk
            )

        assert list(refused.value.errors) == ["decided_on"]
        assert fresh(version).expires_on == date(2028, 6, 10)
        with pytest.raises(InvalidInput) as refused:
            record_correction(cast, dossier, "tacit", decided_on=date(2026, 6, 26))
        assert list(refused.value.errors) == ["outcome", "decided_on"]

    def test_a_suspension_lifted_since_is_left_as_it_was(self, cast: Cast) -> None:
        dossier, version = released(cast)
        stop = record_decision(cast, dossier, "suspended", reason="Risque.", now=NOW - 3 * HOUR)
        resume_it(version, cast.pharmacist, now=NOW - HOUR, authority_proof="ANSM 12")

        entry = record_correction(cast, dossier, "granted", decided_on=date(2026, 6, 12))

        assert entry.corrects != stop
        version = fresh(version)
        assert version.state == State.RELEASED
        assert version.expires_on == date(2028, 6, 12)

    def test_a_withdrawal_that_was_a_suspension(self, cast: Cast) -> None:
        dossier, version = released(cast)
        record_decision(cast, dossier, "withdrawn_by_authority", reason="Risque.", now=NOW - HOUR)

        record_correction(cast, dossier, "suspended", until=date(2026, 9, 1))

        version = fresh(version)
        assert version.state == State.SUSPENDED
        causes = version.interruptions.not_lifted().values_list("cause", flat=True)
        assert list(causes) == [Cause.AUTHORITY_SUSPENDED]
        with pytest.raises(InvalidInput) as refused:
            resume_it(version, cast.pharmacist, now=NOW + HOUR)
        assert list(refused.value.errors) == ["authority_proof"]

    def test_the_withdrawal_of_a_visa_outlives_the_correction_of_its_grant(
        self, cast: Cast
    ) -> None:
        dossier, version = released(cast)
        record_decision(cast, dossier, "withdrawn_by_authority", reason="Risque.", now=NOW - HOUR)
        record_correction(cast, dossier, "refused", authority_reasons="Indication.")

        record_correction(cast, dossier, "granted", decided_on=JUNE_10, now=NOW + HOUR)

        assert state_of(version) == State.WITHDRAWN
        visa = fresh(version).visa
        assert visa is not None
        assert visa.is_withdrawn


class TestCarriers:
    """A correction reaches every version that carries the visa (§3)."""

    def test_each_follows_by_its_own_life(self, cast: Cast) -> None:
        dossier, first = released(cast)
        second = minor(cast, first)

        record_correction(cast, dossier, "inadmissible")

        assert state_of(first) == State.WITHDRAWN
        assert state_of(second) == State.APPROVED
        assert fresh(second).visa is None
        assert fresh(second).reference is None
        # The reference stays with what was deposited and used under it.
        assert Reference.objects.get().status == ReferenceStatus.USED

    def test_both_come_back_by_a_chained_correction(self, cast: Cast) -> None:
        dossier, first = released(cast)
        second = minor(cast, first)
        record_correction(cast, dossier, "inadmissible")

        record_correction(cast, dossier, "granted", decided_on=JUNE_10, now=NOW + HOUR)

        assert state_of(first) == State.SUSPENDED
        assert state_of(second) == State.CLEARED
        assert fresh(second).visa == fresh(first).visa == Visa.objects.get()
        assert fresh(second).reference == dossier.reference

    def test_another_day_moves_the_end_of_each(self, cast: Cast) -> None:
        dossier, first = released(cast)
        second = minor(cast, first)

        record_correction(cast, dossier, "granted", decided_on=date(2026, 6, 12))

        assert fresh(first).expires_on == fresh(second).expires_on == date(2028, 6, 12)

    def test_what_the_pharmacist_withdrew_stays_withdrawn(self, cast: Cast) -> None:
        dossier, first = released(cast)
        second = minor(cast, first)
        withdraw_it(first, cast.pharmacist, now=NOW - HOUR)

        record_correction(cast, dossier, "refused", authority_reasons="Indication.")
        assert (state_of(first), state_of(second)) == (State.WITHDRAWN, State.REFUSED)

        record_correction(cast, dossier, "granted", decided_on=JUNE_10, now=NOW + HOUR)
        assert (state_of(first), state_of(second)) == (State.WITHDRAWN, State.CLEARED)
