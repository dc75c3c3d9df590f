"""The bon à diffuser: it works; every denial; one event, one signature; what it supersedes."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.release import notifications
from approvals.release.actions import release
from approvals.release.models import ReleaseAct
from approvals.release.policies import OFFERED, can_release, visa_covers
from approvals.review.actions import submit
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Signature
from content.assets.actions.facts import interrupt
from content.assets.enums import Cause, InvolvementKind, State
from content.assets.models import Involvement, Period, Revision, Version
from content.assets.validity import usable_on
from content.calendar import paris_day
from content.catalogue.actions import record_authorisation_end
from content.outbox.models import Message
from tests.factories import T0, keep
from tests.factories.assets import make_pdf, make_version
from tests.factories.clearing import (
    VISA_ENDS,
    freeze_it,
    make_cleared,
    make_ready,
    next_cleared,
    release_it,
    withdraw_it,
)
from tests.factories.people import Cast, make_person
from tests.factories.review import approved, proof_of, sign_carry

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TODAY = paris_day(T0)
DAY = timedelta(days=1)


def again(version: Version) -> Version:
    found: Version = Version.objects.get(pk=version.pk)
    return found


class TestItWorks:
    def test_a_cleared_version_is_used_until_its_visa_ends(self, cast: Cast) -> None:
        version = make_cleared(cast)
        events = AuditEvent.objects.count()
        assert can_release(version, cast.pharmacist, T0)
        done = release_it(version, cast.pharmacist)
        kept = again(version)
        assert kept.state == State.RELEASED
        assert (kept.released_by, kept.released_at) == (cast.pharmacist, T0)
        assert (kept.valid_from, kept.expires_on) == (TODAY, VISA_ENDS)
        assert usable_on(kept, VISA_ENDS - DAY, as_of=T0)
        assert not usable_on(kept, VISA_ENDS, as_of=T0)
        digest = kept.current_revision.digest
        assert (done.digest, done.effective_on, done.by) == (digest, TODAY, cast.pharmacist)
        assert done.signature.meaning == Meaning.RELEASE
        assert [row["digest"] for row in done.signature.covers] == [digest]
        # Invariant 9: one history row of the state, one event, one signature.
        assert AuditEvent.objects.count() == events + 1
        last = AuditEvent.objects.in_order().last()
        assert last is not None
        assert (last.kind, last.actor) == ("release", cast.pharmacist)
        assert kept.history.filter(state=State.RELEASED).count() == 1

    def test_an_approved_one_without_a_visa_for_24_calendar_months(self, cast: Cast) -> None:
        version = make_ready(cast)
        release_it(version, cast.pharmacist)
        assert again(version).expires_on == date(2028, 4, 14)

    def test_a_visa_to_come_moves_the_first_day_not_the_end(self, cast: Cast) -> None:
        version = make_cleared(cast, starts_on=TODAY + 3 * DAY)
        release_it(version, cast.pharmacist)
        kept = again(version)
        assert (kept.valid_from, kept.expires_on) == (TODAY + 3 * DAY, VISA_ENDS)

    def test_a_chosen_first_day(self, cast: Cast) -> None:
        version = make_cleared(cast)
        release_it(version, cast.pharmacist, valid_from=TODAY + 9 * DAY)
        kept = again(version)
        assert not usable_on(kept, TODAY + 8 * DAY, as_of=T0)
        assert usable_on(kept, TODAY + 9 * DAY, as_of=T0)

    def test_the_deputy_signs_on_behalf_of_the_responsible(self, cast: Cast) -> None:
        version = make_cleared(cast)
        done = release_it(version, cast.pharmacist2)
        assert done.signature.role == Role.DEPUTY_PHARMACIST
        assert done.signature.on_behalf_of == str(cast.pharmacist)

    def test_the_owner_and_the_field_of_its_teams_are_told(self, cast: Cast) -> None:
        people = {cast.pm.pk, cast.rep.pk, cast.msl.pk}
        assert cast.rep2.pk not in people
        version = make_cleared(cast)
        Message.objects.all().delete()
        release_it(version, cast.pharmacist)
        told = Message.objects.filter(topic="release.release")
        assert set(told.values_list("recipient", flat=True)) == people


class TestItSupersedes:
    def test_the_old_version_ends_when_the_new_one_starts(self, cast: Cast) -> None:
        old = make_cleared(cast)
        release_it(old, cast.pharmacist)
        new = next_cleared(cast, old, now=T0 + DAY)
        release_it(new, cast.pharmacist, now=T0 + DAY)
        kept = again(old)
        assert (kept.state, kept.superseded_by, kept.superseded_on) == (
            State.SUPERSEDED,
            new,
            TODAY + DAY,
        )
        assert not usable_on(kept, TODAY + DAY, as_of=T0 + DAY)

    def test_an_overlap_keeps_both_for_its_days(self, cast: Cast) -> None:
        old = make_cleared(cast)
        release_it(old, cast.pharmacist)
        new = next_cleared(cast, old, now=T0 + DAY)
        release_it(new, cast.pharmacist, now=T0 + DAY, overlap_days=90)
        kept = again(old)
        assert kept.state == State.RELEASED
        assert kept.superseded_on == TODAY + 91 * DAY
        assert usable_on(kept, TODAY + 90 * DAY, as_of=T0 + DAY)
        assert not usable_on(kept, TODAY + 91 * DAY, as_of=T0 + DAY)

    @pytest.mark.parametrize("kind", ["safety", "smpc"])
    def test_a_change_for_safety_or_the_smpc_takes_no_overlap(self, cast: Cast, kind: str) -> None:
        old = make_cleared(cast)
        release_it(old, cast.pharmacist)
        new = next_cleared(cast, old, change_kind=kind)
        with pytest.raises(InvalidInput) as refused:
            release_it(new, cast.pharmacist, overlap_days=1)
        assert set(refused.value.errors) == {"overlap_days"}
        assert again(new).state == State.CLEARED

    def test_an_earlier_version_cannot_follow_a_later_one(self, cast: Cast) -> None:
        old = make_cleared(cast)
        new = next_cleared(cast, old)
        release_it(new, cast.pharmacist)
        withdraw_it(new, cast.pharmacist)
        with pytest.raises(StateConflict) as refused:
            release_it(old, cast.pharmacist)
        assert refused.value.code == "later_version_released"


class TestMinorModification:
    def test_inv02_it_stands_under_the_old_visa_once_both_carried_it(self, cast: Cast) -> None:
        old = make_cleared(cast)
        release_it(old, cast.pharmacist)
        visa = again(old).visa
        assert visa is not None
        files = [make_pdf("CARDIOMED 10 mg, nouvelle adresse")]
        new = make_version(old.asset, change_kind="minor_modification", files=files)
        submit(new.pk, by=cast.pm, now=T0)
        sign_carry(new, cast.regulatory, category="layout")
        assert not visa_covers(visa, new.current_revision)
        sign_carry(new, cast.pharmacist, category="layout")
        assert visa_covers(visa, new.current_revision)
        release_it(new, cast.pharmacist)
        kept = again(new)
        assert (kept.state, kept.visa, kept.expires_on) == (State.RELEASED, visa, VISA_ENDS)
        assert again(old).state == State.SUPERSEDED


class TestDenied:
    @pytest.mark.parametrize(
        "name",
        [
            *("pm", "mpm", "medical", "regulatory", "compliance", "legal", "dpo", "director"),
            *("rep", "msl", "inspector", "admin", "agency"),
        ],
    )
    def test_nobody_but_a_pharmacist(self, cast: Cast, name: str) -> None:
        version = make_cleared(cast)
        person = getattr(cast, name)
        with pytest.raises(PolicyDenied) as refused:
            release_it(version, person)
        assert refused.value.code == "role_missing"
        assert not can_release(version, person, T0)

    def test_a_deputy_without_a_delegation(self, cast: Cast) -> None:
        deputy = make_person(Role.DEPUTY_PHARMACIST)
        with pytest.raises(PolicyDenied) as refused:
            release_it(make_cleared(cast), deputy)
        assert refused.value.code == "no_delegation"

    def test_inv03_whoever_touched_it_never_releases_it(self, cast: Cast, system: User) -> None:
        version = make_cleared(cast)
        touched = Involvement(version=version, user=cast.pharmacist, kind=InvolvementKind.UPLOADED)
        keep(touched, by=system)
        for person in (cast.pharmacist, cast.pharmacist2):  # nor anybody on their behalf
            assert not can_release(version, person, T0)
            with pytest.raises(PolicyDenied) as refused:
                release_it(version, person)
            assert refused.value.code == "four_eyes"

    @pytest.mark.parametrize("fields", [{"valid_from": TODAY - DAY}, {"valid_from": VISA_ENDS}])
    def test_a_first_day_past_or_after_the_end(self, cast: Cast, fields: dict[str, date]) -> None:
        with pytest.raises(InvalidInput) as refused:
            release_it(make_cleared(cast), cast.pharmacist, **fields)
        assert set(refused.value.errors) == {"valid_from"}

    def test_a_first_day_before_the_visa(self, cast: Cast) -> None:
        version = make_cleared(cast, starts_on=TODAY + 3 * DAY)
        with pytest.raises(InvalidInput) as refused:
            release_it(version, cast.pharmacist, valid_from=TODAY + DAY)
        assert set(refused.value.errors) == {"valid_from"}

    @pytest.mark.parametrize("days", [-1, 91])
    def test_an_overlap_out_of_bounds(self, cast: Cast, days: int) -> None:
        with pytest.raises(InvalidInput) as refused:
            release_it(make_cleared(cast), cast.pharmacist, overlap_days=days)
        assert set(refused.value.errors) == {"overlap_days"}

    def test_a_version_that_still_needs_its_visa(self, cast: Cast, system: User) -> None:
        version = approved(cast)
        with pytest.raises(StateConflict) as refused:
            release_it(version, cast.pharmacist)
        assert refused.value.code == "wrong_state"

    def test_twice(self, cast: Cast) -> None:
        version = make_cleared(cast)
        release_it(version, cast.pharmacist)
        with pytest.raises(StateConflict) as refused:
            release_it(version, cast.pharmacist)
        assert refused.value.code == "wrong_state"

    def test_inv02_a_verdict_on_another_digest_is_none(self, cast: Cast, system: User) -> None:
        version = make_cleared(cast)
        old = version.current_revision
        other = Revision(
            version=version,
            number=old.number + 1,
            prepared_on=old.prepared_on,
            uploaded_by=system,
            uploaded_at=T0,
            metadata_text=old.metadata_text,
            digest="f" * 64,
            frozen_at=T0,
        )
        keep(other, by=system)
        with pytest.raises(StateConflict) as refused:
            release_it(version, cast.pharmacist)
        assert refused.value.code == "verdict_missing"

    def test_inv02_a_visa_on_another_digest_is_none(self, cast: Cast, system: User) -> None:
        version = make_cleared(cast)
        visa = again(version).visa
        assert visa is not None
        visa.digest = "f" * 64
        keep(visa, by=system)
        with pytest.raises(StateConflict) as refused:
            release_it(version, cast.pharmacist)
        assert refused.value.code == "visa_missing"

    def test_a_visa_that_the_authority_suspended(self, cast: Cast, system: User) -> None:
        version = make_cleared(cast)
        interrupt(
            version,
            cause=Cause.AUTHORITY_SUSPENDED,
            reason="lettre",
            starts_on=TODAY,
            by=system,
            now=T0,
        )
        with pytest.raises(StateConflict) as refused:
            release_it(version, cast.pharmacist)
        assert refused.value.code == "visa_suspended"

    @pytest.mark.parametrize("effective_on", [TODAY, TODAY + 5 * DAY])
    def test_a_frozen_product(self, cast: Cast, effective_on: date) -> None:
        version = make_cleared(cast)
        freeze_it(cast.product, cast.pharmacist, effective_on=effective_on)
        with pytest.raises(StateConflict) as refused:
            release_it(version, cast.pharmacist)
        assert refused.value.code == "product_frozen"

    def test_a_visa_that_ended(self, cast: Cast) -> None:
        version = make_cleared(cast, starts_on=date(2024, 4, 1), ends_on=TODAY)
        with pytest.raises(StateConflict) as refused:
            release_it(version, cast.pharmacist)
        assert refused.value.code == "expired"

    def test_what_would_be_usable_on_no_day(self, cast: Cast) -> None:
        version = make_cleared(cast)
        record_authorisation_end(
            cast.product.pk, ends_on=TODAY, reason="abrogée", by=cast.regulatory, now=T0
        )
        assert not can_release(version, cast.pharmacist, T0)
        with pytest.raises(StateConflict) as refused:
            release_it(version, cast.pharmacist)
        assert refused.value.code == "never_usable"
        assert cast.product.name in str(refused.value)
        assert again(version).state == State.CLEARED
        assert not Period.objects.filter(version=version).exists()
        assert not ReleaseAct.objects.exists()

    def test_a_proof_of_another_meaning_or_used_twice(self, cast: Cast) -> None:
        version = make_cleared(cast)
        for meaning in (Meaning.WITHDRAWAL, Meaning.RESUMPTION):
            proof = proof_of(cast.pharmacist, meaning)
            with pytest.raises(StateConflict) as refused:
                release(version.pk, credentials=proof, by=cast.pharmacist, now=T0)
            assert refused.value.code == "proof_invalid"
        assert again(version).state == State.CLEARED

    def test_a_failure_at_the_end_leaves_nothing(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        version = make_cleared(cast)
        events, signatures = AuditEvent.objects.count(), Signature.objects.count()

        def fail(*args: object, **kwargs: object) -> None:
            raise DatabaseError

        monkeypatch.setattr(notifications, "released", fail)
        with pytest.raises(DatabaseError):
            release_it(version, cast.pharmacist)
        assert again(version).state == State.CLEARED
        assert not Period.objects.filter(version=version).exists()
        assert Signature.objects.count() == signatures
        assert AuditEvent.objects.count() == events


def test_the_acts_that_pages_and_the_api_offer() -> None:
    assert set(OFFERED) == {"release", "suspend", "resume", "withdraw"}
