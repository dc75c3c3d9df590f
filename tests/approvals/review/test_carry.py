"""Carry: verdicts and visas given on one digest hold for another (DOMAIN.md §3, §6)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.desk.queries import signatures_on
from approvals.people.actions import revoke_role
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review import policies
from approvals.review.actions import reopen, send_back, submit
from approvals.review.enums import CarryKind, CycleKind, CycleState, Outcome, TaskState
from approvals.review.models import Carry, ReviewCycle, ReviewTask, Verdict
from approvals.review.policies import check_verdicts_hold, missing_roles
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Signature
from content.access.actions import delegate, revoke_delegation
from content.access.models import Delegation
from content.assets.actions import transfer_asset
from content.assets.actions.facts import burn_reference, grant_visa
from content.assets.enums import State, VisaBasis
from content.assets.models import Version
from tests.factories import keep
from tests.factories.assets import drive, make_version
from tests.factories.people import Cast, make_person
from tests.factories.review import (
    approved,
    correct,
    draft,
    everyone,
    give,
    give_all,
    in_review,
    reserve,
    resubmitted,
    sign_carry,
    task_of,
)
from tests.security.conftest import client_of

# Each walks a whole review, every step of it a signed act.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CHANGES = Outcome.APPROVED_WITH_CHANGES


def approve_all(cast: Cast, cycle: ReviewCycle) -> Version:
    give_all(cycle, everyone(cast))
    return fresh(cycle.version)


def fresh(version: Version) -> Version:
    kept: Version = Version.objects.get(pk=version.pk)
    return kept


def with_changes(cast: Cast, *askers: str) -> Version:
    """A brochure in which the named reviewers asked for changes to evidence."""
    cycle = in_review(cast)
    for role, person in (
        ("medical_reviewer", cast.medical),
        ("regulatory_reviewer", cast.regulatory),
        ("compliance_reviewer", cast.compliance),
    ):
        give(task_of(cycle, role), person, CHANGES if role in askers else Outcome.APPROVED)
    return fresh(cycle.version)


class TestConfirmation:
    def test_the_cycle_goes_on_with_those_who_asked(self, cast: Cast, now: datetime) -> None:
        version = with_changes(cast, "medical_reviewer")
        assert version.state == State.CHANGES_REQUESTED
        cycle = resubmitted(version)
        assert (cycle.number, cycle.state) == (1, CycleState.CONFIRMING)
        assert task_of(cycle, "medical_reviewer").state == TaskState.TO_CONFIRM
        assert task_of(cycle, "regulatory_reviewer").state == TaskState.DECIDED
        assert list(ReviewTask.objects.awaiting(cast.medical)) == [
            task_of(cycle, "medical_reviewer")
        ]
        assert not ReviewTask.objects.awaiting(cast.medical2).exists()

    def test_the_last_confirmation_carries_every_other_verdict(
        self, cast: Cast, now: datetime
    ) -> None:
        version = with_changes(cast, "medical_reviewer", "compliance_reviewer")
        cycle = resubmitted(version)
        first = sign_carry(version, cast.medical)
        assert first.carried.count() == 1
        assert not cycle.tasks.filter(stage=2).exists()
        last = sign_carry(version, cast.compliance)
        assert last.carried.count() == 2
        assert cycle.tasks.get(stage=2).state == TaskState.OPEN
        give(cycle.tasks.get(stage=2), cast.pharmacist)
        assert fresh(version).state == State.APPROVED
        check_verdicts_hold(fresh(version))

    def test_it_names_both_digests_reason_and_difference(self, cast: Cast, now: datetime) -> None:
        version = with_changes(cast, "medical_reviewer")
        cycle = resubmitted(version)
        kept = sign_carry(version, cast.medical, reason="Posologie corrigée")
        verdict = Verdict.objects.get(cycle=cycle, decided_by=cast.medical)
        assert (kept.from_digest, kept.to_digest) == (verdict.digest, cycle.revision.digest)
        assert kept.from_digest != kept.to_digest
        assert (kept.kind, kept.reason) == (CarryKind.CONFIRMATION, "Posologie corrigée")
        assert kept.difference["files"][0] != kept.difference["files"][1]
        assert kept.signature.meaning == Meaning.CARRY
        assert [item["digest"] for item in kept.signature.covers] == [
            kept.from_digest,
            kept.to_digest,
        ]

    def test_its_signature_is_shown_with_both_digests(self, cast: Cast) -> None:
        version = with_changes(cast, "medical_reviewer")
        resubmitted(version)
        kept = sign_carry(version, cast.medical)
        client = client_of(cast.inspector)
        told = client.get(f"/api/v1/versions/{version.pk}/signatures/").json()["results"][-1]
        both = [kept.from_digest, kept.to_digest]
        assert [covered["digest"] for covered in told["covered"]] == both
        line = signatures_on(fresh(version))[-1]
        assert [digest for _number, digest in line.covered] == both

    def test_only_by_who_asked(self, cast: Cast, now: datetime) -> None:
        version = with_changes(cast, "medical_reviewer")
        resubmitted(version)
        signatures = Signature.objects.count()
        for person in (cast.medical2, cast.regulatory, cast.pm):
            with pytest.raises(PolicyDenied) as refusal:
                sign_carry(version, person)
            assert refusal.value.code == "not_your_verdict"
            assert not policies.can_carry(fresh(version), person, now)
        assert Signature.objects.count() == signatures
        assert policies.can_carry(fresh(version), cast.medical, now)

    def test_only_one_s_own_tasks_are_named(self, cast: Cast, now: datetime) -> None:
        version = with_changes(cast, "medical_reviewer", "compliance_reviewer")
        cycle = resubmitted(version)
        other = task_of(cycle, "compliance_reviewer").pk
        with pytest.raises(InvalidInput) as refusal:
            sign_carry(version, cast.medical, tasks=[other])
        assert list(refusal.value.errors) == ["tasks"]

    def test_a_reason_is_owed(self, cast: Cast) -> None:
        version = with_changes(cast, "medical_reviewer")
        resubmitted(version)
        with pytest.raises(InvalidInput) as refusal:
            sign_carry(version, cast.medical, reason=" ")
        assert list(refusal.value.errors) == ["reason"]

    def test_who_asked_may_refuse_instead(self, cast: Cast) -> None:
        version = with_changes(cast, "medical_reviewer")
        cycle = resubmitted(version)
        task = task_of(cycle, "medical_reviewer")
        with pytest.raises(InvalidInput) as refusal:
            give(task, cast.medical)
        assert refusal.value.code == "confirmation_awaited"
        give(task, cast.medical, Outcome.CHANGES_REQUIRED)
        assert fresh(version).state == State.CHANGES_REQUESTED
        assert ReviewCycle.objects.get(pk=cycle.pk).state == CycleState.CHANGES_REQUIRED
        assert task.verdicts.in_force().get().outcome == Outcome.CHANGES_REQUIRED

    def test_another_may_take_a_verdict_back_until_the_last_confirmation(
        self, cast: Cast, now: datetime
    ) -> None:
        version = with_changes(cast, "medical_reviewer")
        cycle = resubmitted(version)
        task = task_of(cycle, "regulatory_reviewer")
        reopen(task.pk, reason="La page 2 a changé", by=cast.regulatory, now=now)
        sign_carry(version, cast.medical)
        assert not cycle.tasks.filter(stage=2).exists()
        with pytest.raises(PolicyDenied) as refusal:
            give(task, cast.regulatory2)
        assert refusal.value.code == "not_your_verdict"
        give(task, cast.regulatory)
        assert cycle.tasks.filter(stage=2).exists()
        with pytest.raises(StateConflict) as late:
            reopen(task.pk, reason="x", by=cast.regulatory, now=now)
        assert late.value.code == "not_reopenable"

    def test_reopening_is_for_who_decided_with_a_reason(self, cast: Cast, now: datetime) -> None:
        version = with_changes(cast, "medical_reviewer")
        cycle = resubmitted(version)
        task = task_of(cycle, "regulatory_reviewer")
        with pytest.raises(PolicyDenied) as denied:
            reopen(task.pk, reason="x", by=cast.regulatory2, now=now)
        assert denied.value.code == "not_your_verdict"
        with pytest.raises(InvalidInput):
            reopen(task.pk, reason="", by=cast.regulatory, now=now)
        with pytest.raises(StateConflict) as asked:
            reopen(task_of(cycle, "medical_reviewer").pk, reason="x", by=cast.medical, now=now)
        assert asked.value.code == "not_reopenable"

    def test_the_pharmacist_s_changes_carry_the_first_stage_too(
        self, cast: Cast, now: datetime
    ) -> None:
        version = with_changes(cast, "medical_reviewer")
        cycle = resubmitted(version)
        sign_carry(version, cast.medical)
        give(cycle.tasks.get(stage=2), cast.pharmacist, CHANGES)
        resubmitted(version, text="ENCORE")
        kept = sign_carry(version, cast.pharmacist)
        assert kept.carried.count() == 4
        assert fresh(version).state == State.APPROVED
        check_verdicts_hold(fresh(version))

    def test_a_deputy_confirms_on_behalf_of_the_pharmacist(self, cast: Cast) -> None:
        version = self.asked_by_the_deputy(cast)
        kept = sign_carry(version, cast.pharmacist2)
        assert kept.on_behalf_of == cast.pharmacist
        assert kept.role == Role.RESPONSIBLE_PHARMACIST
        assert kept.signature.role == Role.DEPUTY_PHARMACIST
        assert kept.signature.on_behalf_of == str(cast.pharmacist)
        assert fresh(version).state == State.APPROVED

    def test_a_deputy_confirms_only_under_a_delegation_in_force(
        self, cast: Cast, now: datetime
    ) -> None:
        version = self.asked_by_the_deputy(cast)
        lent = Delegation.objects.get(delegate=cast.pharmacist2)
        revoke_delegation(lent.pk, reason="Retour", by=cast.pharmacist, now=now)
        with pytest.raises(PolicyDenied) as refusal:
            sign_carry(version, cast.pharmacist2)
        assert refusal.value.code == "no_delegation"

    def asked_by_the_deputy(self, cast: Cast) -> Version:
        version = with_changes(cast)
        task = task_of(ReviewCycle.objects.open().get(version=version), "responsible_pharmacist")
        give(task, cast.pharmacist2, CHANGES)
        resubmitted(fresh(version))
        return fresh(version)

    def test_who_lost_the_role_neither_confirms_nor_takes_back(
        self, cast: Cast, system: User, now: datetime
    ) -> None:
        version = with_changes(cast, "medical_reviewer")
        cycle = resubmitted(version)
        for person, role in (
            (cast.medical, Role.MEDICAL_REVIEWER),
            (cast.compliance, Role.COMPLIANCE_REVIEWER),
        ):
            revoke_role(person, role, by=system, now=now, reason="Parti")
        medical = User.objects.get(pk=cast.medical.pk)
        compliance = User.objects.get(pk=cast.compliance.pk)
        with pytest.raises(PolicyDenied) as refusal:
            sign_carry(version, medical)
        assert refusal.value.code == "role_missing"
        with pytest.raises(PolicyDenied) as denied:
            reopen(task_of(cycle, "compliance_reviewer").pk, reason="Doute", by=compliance, now=now)
        assert denied.value.code == "role_missing"


class TestReferenceOnly:
    def sent_back(
        self, cast: Cast, now: datetime, text: str = "CARDIOMED 10 mg", **fields: Any
    ) -> Version:
        """A version whose reference was burnt, corrected and submitted again."""
        draft_ = draft(cast)
        printed = f"CARDIOMED 10 mg\n{draft_.reference.value}\nPrepare le 01/04/2026"
        correct(draft_, text=printed)
        version = approve_all(cast, submit(draft_.pk, by=cast.pm, now=now))
        send_back(version.pk, reason="Période manquée", by=cast.regulatory, now=now)
        if fields.get("new_reference", True):
            burn_reference(fresh(version), reason="Manquée", by=cast.regulatory, now=now)
            reserve(fresh(version))
        reference = fresh(version).reference
        assert reference is not None
        correct(version, text=f"{text}\n{reference.value}\nPrepare le 01/04/2026")
        submit(version.pk, by=cast.pm, now=now)
        return fresh(version)

    def test_not_where_a_word_of_the_file_changed(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now, text="CARDIOMED 20 mg")
        # It is offered: what the files show is compared only once somebody asks.
        assert policies.can_carry(version, cast.regulatory2, now)
        with pytest.raises(StateConflict) as refusal:
            sign_carry(version, cast.regulatory2)
        assert refusal.value.code == "more_than_reference"
        assert "− “10” + “20”" in str(refusal.value.message)
        assert fresh(version).state == State.IN_REVIEW

    def test_the_page_shows_what_changed_before_one_signs(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now)
        page = client_of(cast.regulatory2).get(f"/admin/review/versions/{version.pk}/carry/")
        assert page.status_code == 200
        shown = page.content.decode()
        (difference,) = page.context["differences"]
        (place,) = difference.changed_places
        assert place["regions"]
        assert f"<ins>{version.reference.value}" in shown
        assert "data-regions" in shown
        assert "/pages/1.png" in shown

    def test_the_page_that_refuses_shows_it_too(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now, text="CARDIOMED 20 mg")
        page = client_of(cast.regulatory2).get(f"/admin/review/versions/{version.pk}/carry/")
        assert page.status_code == 409
        assert "<ins>20" in page.content.decode()
        assert 'type="password"' not in page.content.decode()

    def test_regulatory_alone_carries_all_verdicts(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now)
        assert policies.can_carry(version, cast.regulatory2, now)
        kept = sign_carry(version, cast.regulatory2)
        assert (kept.kind, kept.carried.count()) == (CarryKind.REFERENCE_ONLY, 4)
        version = fresh(version)
        assert version.state == State.APPROVED
        check_verdicts_hold(version)
        assert not ReviewTask.objects.open().filter(cycle__version=version).exists()

    def test_nobody_else(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now)
        for person in (cast.medical, cast.pharmacist, cast.pm):
            with pytest.raises(PolicyDenied) as refusal:
                sign_carry(version, person)
            assert refusal.value.code == "role_missing"

    def test_not_where_the_reference_is_the_same(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now, new_reference=False)
        with pytest.raises(StateConflict) as refusal:
            sign_carry(version, cast.regulatory)
        assert refusal.value.code == "reference_unchanged"

    def test_not_where_more_changed(self, cast: Cast, now: datetime) -> None:
        from content.assets.actions import edit_asset

        version = approved(cast)
        send_back(version.pk, reason="x", by=cast.regulatory, now=now)
        burn_reference(fresh(version), reason="Manquée", by=cast.regulatory, now=now)
        reserve(fresh(version))
        edit_asset(version.asset_id, changes={"title": "Neuf"}, reason="x", by=cast.pm, now=now)
        correct(version)
        submit(version.pk, by=cast.pm, now=now)
        with pytest.raises(StateConflict) as refusal:
            sign_carry(version, cast.regulatory)
        assert refusal.value.code == "more_than_reference"
        assert "titre" in str(refusal.value.message) or "title" in str(refusal.value.message)

    def test_not_on_a_first_review_nor_a_draft(self, cast: Cast, now: datetime) -> None:
        cycle = in_review(cast)
        with pytest.raises(StateConflict) as first:
            sign_carry(cycle.version, cast.regulatory)
        assert first.value.code == "nothing_to_carry"
        version = approved(cast)
        with pytest.raises(StateConflict) as state:
            sign_carry(version, cast.regulatory)
        assert state.value.code == "wrong_state"

    def test_not_once_somebody_decided(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now)
        cycle = ReviewCycle.objects.open().get(version=version)
        give(task_of(cycle, "medical_reviewer"), cast.medical)
        with pytest.raises(StateConflict) as refusal:
            sign_carry(version, cast.regulatory)
        assert refusal.value.code == "review_started"


class TestMinorModification:
    def cleared(self, cast: Cast, now: datetime) -> Version:
        """A version reviewed by all and cleared under a visa."""
        version = approved(cast)
        grant_visa(
            version,
            category="PM",
            digest=version.current_revision.digest,
            basis=VisaBasis.EXPRESS,
            starts_on=date(2026, 4, 1),
            ends_on=date(2028, 4, 1),
            by=cast.regulatory,
            now=now,
        )
        version = fresh(version)
        for name in ("add_to_batch", "deposit", "grant"):
            getattr(version, name)(at=now)
            keep(version, by=cast.regulatory)
        return version

    def successor(self, cast: Cast, now: datetime) -> Version:
        before = self.cleared(cast, now)
        released = fresh(before)
        released.release(at=now)
        from content.assets.actions.facts import mark_released

        mark_released(
            released,
            valid_from=date(2026, 4, 14),
            expires_on=date(2028, 4, 1),
            by=cast.pharmacist,
            now=now,
        )
        return make_version(before.asset, change_kind="minor_modification")

    def test_two_carries_clear_it_under_the_old_visa(self, cast: Cast, now: datetime) -> None:
        version = self.successor(cast, now)
        cycle = submit(version.pk, by=cast.pm, now=now)
        assert cycle.kind == CycleKind.CARRY
        assert sorted(cycle.tasks.values_list("role", flat=True)) == [
            "regulatory_reviewer",
            "responsible_pharmacist",
        ]
        sign_carry(version, cast.regulatory, category="layout")
        assert fresh(version).state == State.IN_REVIEW
        sign_carry(version, cast.pharmacist, category="layout")
        version = fresh(version)
        before = version.asset.versions.get(number=1)
        assert version.state == State.CLEARED
        assert (version.visa, version.reference) == (before.visa, before.reference)
        assert version.expires_on == before.expires_on
        check_verdicts_hold(version)
        assert Carry.objects.filter(version=version).count() == 2
        assert version.history.filter(state=State.CLEARED).count() == 1

    def test_the_category_is_on_the_authority_s_list(self, cast: Cast, now: datetime) -> None:
        version = self.successor(cast, now)
        submit(version.pk, by=cast.pm, now=now)
        with pytest.raises(InvalidInput) as refusal:
            sign_carry(version, cast.regulatory, category="everything")
        assert list(refusal.value.errors) == ["category"]

    def test_two_people_sign(self, cast: Cast, now: datetime) -> None:
        both = make_person(Role.REGULATORY_REVIEWER, Role.RESPONSIBLE_PHARMACIST)
        version = self.successor(cast, now)
        submit(version.pk, by=cast.pm, now=now)
        sign_carry(version, both, category="layout")
        with pytest.raises(PolicyDenied) as refusal:
            sign_carry(version, both, category="layout")
        assert refusal.value.code == "already_decided"

    def test_two_people_sign_by_delegation_too(self, cast: Cast, now: datetime) -> None:
        both = make_person(Role.REGULATORY_REVIEWER, Role.RESPONSIBLE_PHARMACIST)
        deputy = make_person(Role.DEPUTY_PHARMACIST)
        delegate(
            deputy.pk,
            roles=[Role.RESPONSIBLE_PHARMACIST],
            starts_on=date(2026, 4, 14),
            ends_on=date(2026, 5, 14),
            by=both,
            now=now,
        )
        version = self.successor(cast, now)
        submit(version.pk, by=cast.pm, now=now)
        sign_carry(version, both, category="layout")
        with pytest.raises(PolicyDenied) as refusal:
            sign_carry(version, deputy, category="layout")
        assert refusal.value.code == "already_decided"

    def test_inv03_who_signed_a_carry_never_owns_the_version(
        self, cast: Cast, now: datetime
    ) -> None:
        signer = make_person(
            Role.REGULATORY_REVIEWER, Role.PRODUCT_MANAGER, teams=[cast.cardiology]
        )
        version = self.successor(cast, now)
        submit(version.pk, by=cast.pm, now=now)
        sign_carry(version, signer, category="layout")
        with pytest.raises(PolicyDenied) as refusal:
            transfer_asset(version.asset_id, to=signer, reason="Départ", by=cast.pm, now=now)
        assert refusal.value.code == "four_eyes"

    def test_no_other_role_and_no_second_signature_of_a_role(
        self, cast: Cast, now: datetime
    ) -> None:
        version = self.successor(cast, now)
        submit(version.pk, by=cast.pm, now=now)
        with pytest.raises(PolicyDenied) as refusal:
            sign_carry(version, cast.medical, category="layout")
        assert refusal.value.code == "role_missing"
        sign_carry(version, cast.regulatory, category="layout")
        with pytest.raises(StateConflict) as twice:
            sign_carry(version, cast.regulatory2, category="layout")
        assert twice.value.code == "task_decided"

    def test_it_is_not_decided_again(self, cast: Cast, now: datetime) -> None:
        version = self.successor(cast, now)
        cycle = submit(version.pk, by=cast.pm, now=now)
        with pytest.raises(StateConflict) as refusal:
            give(task_of(cycle, "regulatory_reviewer"), cast.regulatory)
        assert refusal.value.code == "carry_awaited"

    def test_without_a_visa_in_force_there_is_nothing_to_keep(
        self, cast: Cast, now: datetime
    ) -> None:
        version = self.successor(cast, now)
        later = now + timedelta(days=800)
        with pytest.raises(StateConflict) as refusal:
            submit(version.pk, by=cast.pm, now=later)
        assert refusal.value.code == "no_visa_to_carry"


class TestVerdictsHold:
    def test_invariant_2_every_required_role_on_the_very_digest(
        self, cast: Cast, now: datetime
    ) -> None:
        version = approved(cast)
        check_verdicts_hold(version)
        revision = version.current_revision
        revision.digest = "0" * 64
        keep(revision, by=cast.admin)
        with pytest.raises(StateConflict) as refusal:
            check_verdicts_hold(version)
        assert refusal.value.code == "verdict_missing"
        assert len(missing_roles(version)) == 4

    def test_invariant_2_nothing_holds_before_the_last_stage(
        self, cast: Cast, now: datetime
    ) -> None:
        cycle = in_review(cast)
        assert len(missing_roles(cycle.version)) == 4
        give_all(cycle, [("medical_reviewer", cast.medical)])
        with pytest.raises(StateConflict):
            check_verdicts_hold(fresh(cycle.version))

    def test_invariant_2_a_version_that_was_never_reviewed(self, cast: Cast, now: datetime) -> None:
        from tests.factories.review import draft

        version = drive(draft(cast), State.APPROVED)
        with pytest.raises(StateConflict) as refusal:
            check_verdicts_hold(version)
        assert refusal.value.code == "verdict_missing"

    def test_invariant_4_a_new_revision_voids_the_verdicts_unless_carried(
        self, cast: Cast, now: datetime
    ) -> None:
        version = with_changes(cast, "medical_reviewer")
        cycle = resubmitted(version)
        digest = cycle.revision.digest
        assert not Verdict.objects.holding_on(digest, cycle=cycle).exists()
        sign_carry(version, cast.medical)
        assert Verdict.objects.holding_on(digest, cycle=cycle).count() == 3
