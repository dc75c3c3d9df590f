"""Decide: a signed verdict on a task (DOMAIN.md §6)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.review.actions import claim, comment, decide, reassign, resolve
from approvals.review.enums import MEANINGS, Outcome, TaskState
from approvals.review.models import ReviewTask, Verdict
from approvals.review.policies import can_decide, why_cannot_decide
from approvals.signatures.actions import WrongCredentials, prove
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Signature
from content.assets.enums import State
from content.assets.models import Involvement, Version
from tests.factories import keep
from tests.factories.people import Cast, make_person
from tests.factories.review import (
    everyone,
    first_stage,
    give,
    give_all,
    in_review,
    proof_of,
    task_of,
    yes_to_all,
)

pytestmark = pytest.mark.django_db
Footprint = Callable[..., tuple[Any, ...]]


@pytest.fixture
def task(cast: Cast) -> ReviewTask:
    """The medical reviewer's task on a submitted brochure."""
    return task_of(in_review(cast), "medical_reviewer")


def state_of(task: ReviewTask) -> str:
    state: str = Version.objects.get(pk=task.cycle.version_id).state
    return state


class TestItWorks:
    def test_b16_the_verdict_is_bound_to_the_digest(self, cast: Cast, task: ReviewTask) -> None:
        verdict = give(task, cast.medical)
        assert verdict.digest == task.cycle.revision.digest
        assert verdict.decided_by == cast.medical
        assert ReviewTask.objects.get(pk=task.pk).state == TaskState.DECIDED

    def test_one_signature_says_who_in_which_role_and_what(
        self, cast: Cast, task: ReviewTask, now: datetime
    ) -> None:
        verdict = give(task, cast.medical)
        signature = Signature.objects.get()
        assert verdict.signature == signature
        assert signature.meaning == Meaning.MEDICAL_ACCURACY
        assert (signature.username, signature.role, signature.signed_at) == (
            "medical",
            Role.MEDICAL_REVIEWER,
            now,
        )
        assert signature.covers == [
            {
                "label": "assets.revision",
                "id": str(task.cycle.revision_id),
                "digest": task.cycle.revision.digest,
            }
        ]

    def test_one_event_tells_it(self, cast: Cast, task: ReviewTask) -> None:
        person, proof = cast.medical, proof_of(cast.medical, Meaning.MEDICAL_ACCURACY)
        events = AuditEvent.objects.count()
        decide(
            task.pk,
            verdict="approved",
            checklist=yes_to_all(task),
            credentials=proof,
            by=person,
            now=proof.made_at,
        )
        assert AuditEvent.objects.count() == events + 1
        assert task.history.count() == 2

    def test_the_answers_are_part_of_the_record(self, cast: Cast, task: ReviewTask) -> None:
        answers = yes_to_all(task)
        answers["references"] = {"answer": "no", "note": "La source 3 est ancienne."}
        verdict = give(task, cast.medical, checklist=answers)
        kept = {item["key"]: item for item in verdict.checklist}
        assert len(kept) == len(task.questions)
        assert kept["references"]["note"] == "La source 3 est ancienne."
        assert kept["references"]["fr"]

    @pytest.mark.parametrize("role", list(MEANINGS))
    def test_each_role_has_its_own_meaning(self, role: str) -> None:
        expected = {
            "medical_reviewer": "medical_accuracy",
            "regulatory_reviewer": "regulatory_conformity",
            "compliance_reviewer": "compliance_conformity",
            "legal_reviewer": "legal_conformity",
            "dpo": "data_protection",
            "therapeutic_area_director": "therapeutic_area_approval",
            "responsible_pharmacist": "pharmacist_approval",
        }
        assert MEANINGS[role] == expected[role]


class TestDenied:
    def refuse(
        self, task: ReviewTask, by: Any, kind: type[Exception], code: str, **fields: Any
    ) -> Any:
        before = Verdict.objects.count(), Signature.objects.count(), state_of(task)
        with pytest.raises(kind) as refusal:
            give(task, by, **fields)
        assert refusal.value.code == code  # type: ignore[attr-defined]
        assert (Verdict.objects.count(), Signature.objects.count(), state_of(task)) == before
        return refusal.value

    @pytest.mark.parametrize(
        "who", ["pm2", "regulatory", "compliance", "pharmacist", "admin", "inspector", "rep"]
    )
    def test_another_role(self, cast: Cast, task: ReviewTask, now: datetime, who: str) -> None:
        person = getattr(cast, who)
        self.refuse(task, person, PolicyDenied, "role_missing")
        assert not can_decide(task, person, now)

    def test_who_left(self, cast: Cast, task: ReviewTask, now: datetime) -> None:
        cast.medical.is_active = False
        assert not can_decide(task, cast.medical, now)

    def test_a_decided_task(self, cast: Cast, task: ReviewTask) -> None:
        give(task, cast.medical)
        self.refuse(task, cast.medical, StateConflict, "task_decided")
        self.refuse(task, cast.medical2, StateConflict, "task_decided")

    def test_a_task_taken_by_a_colleague(self, cast: Cast, task: ReviewTask, now: datetime) -> None:
        claim(task.pk, by=cast.medical, now=now)
        self.refuse(task, cast.medical2, StateConflict, "claimed_by_another")
        give(task, cast.medical)

    def test_an_unknown_verdict(self, cast: Cast, task: ReviewTask) -> None:
        error = self.refuse(task, cast.medical, InvalidInput, "invalid", verdict="maybe")
        assert list(error.errors) == ["verdict"]

    def test_changes_required_owes_a_comment(self, cast: Cast, task: ReviewTask) -> None:
        error = self.refuse(
            task,
            cast.medical,
            InvalidInput,
            "comment_missing",
            verdict=Outcome.CHANGES_REQUIRED,
            comment="  ",
        )
        assert list(error.errors) == ["comment"]

    def test_approved_with_changes_lists_each(self, cast: Cast, task: ReviewTask) -> None:
        self.refuse(
            task,
            cast.medical,
            InvalidInput,
            "changes_missing",
            verdict=Outcome.APPROVED_WITH_CHANGES,
            changes=[" "],
        )

    def test_not_applicable_only_where_the_route_allows(self, cast: Cast, task: ReviewTask) -> None:
        self.refuse(
            task,
            cast.medical,
            InvalidInput,
            "not_applicable_refused",
            verdict=Outcome.NOT_APPLICABLE,
        )
        task.may_be_not_applicable = True
        keep(task, by=cast.admin)
        verdict = give(task, cast.medical, Outcome.NOT_APPLICABLE, checklist=None)
        assert verdict.outcome == Outcome.NOT_APPLICABLE

    @pytest.mark.parametrize(
        ("checklist", "code"),
        [
            (None, "checklist_incomplete"),
            ({"references": {"answer": "yes"}}, "checklist_incomplete"),
            ({"unheard_of": {"answer": "yes"}}, "invalid"),
            ({"smpc_consistency": {"answer": "perhaps"}}, "invalid"),
            ({"smpc_consistency": {"answer": "no"}}, "note_missing"),
        ],
    )
    def test_an_incomplete_checklist(
        self, cast: Cast, task: ReviewTask, checklist: Any, code: str
    ) -> None:
        error = self.refuse(task, cast.medical, InvalidInput, code, checklist=checklist)
        assert list(error.errors) == ["checklist"]

    def test_a_refusal_needs_no_checklist(self, cast: Cast, task: ReviewTask) -> None:
        verdict = give(task, cast.medical, Outcome.CHANGES_REQUIRED, checklist=None)
        assert verdict.checklist == []

    def test_an_open_blocking_comment(self, cast: Cast, task: ReviewTask, now: datetime) -> None:
        said = comment(
            task.cycle.version_id, body="Faux.", severity="blocking", by=cast.compliance, now=now
        )
        self.refuse(task, cast.medical, StateConflict, "blocking_comment_open")
        resolve(said.pk, by=cast.pm, now=now)
        give(task, cast.medical)

    def test_the_pharmacist_stage_is_not_open_before_the_first_ends(self, cast: Cast) -> None:
        cycle = in_review(cast)
        assert not ReviewTask.objects.filter(cycle=cycle, role="responsible_pharmacist").exists()


def test_invariant_3_whoever_touched_the_version_never_decides(cast: Cast, now: datetime) -> None:
    cycle = in_review(cast)
    task = task_of(cycle, "medical_reviewer")
    for kind in ("owned", "edited", "uploaded"):
        person = make_person(Role.MEDICAL_REVIEWER)
        keep(Involvement(version=cycle.version, user=person, kind=kind), by=cast.pm)
        with pytest.raises(PolicyDenied) as refusal:
            give(task, person)
        assert refusal.value.code == "four_eyes"
        # The sentence is there before the click.
        assert why_cannot_decide(task, person, now) == str(refusal.value)


def test_invariant_3_nobody_decides_two_tasks_of_a_cycle(cast: Cast, now: datetime) -> None:
    both = make_person(Role.MEDICAL_REVIEWER, Role.REGULATORY_REVIEWER)
    cycle = in_review(cast)
    give(task_of(cycle, "medical_reviewer"), both)
    with pytest.raises(PolicyDenied) as refusal:
        give(task_of(cycle, "regulatory_reviewer"), both)
    assert refusal.value.code == "already_decided"
    assert not ReviewTask.objects.awaiting(both).filter(cycle=cycle).exists()


def test_invariant_3_the_database_itself_refuses_a_second_task(cast: Cast, now: datetime) -> None:
    cycle = in_review(cast)
    first = give(task_of(cycle, "medical_reviewer"), cast.medical)
    second = give(task_of(cycle, "compliance_reviewer"), cast.compliance)
    second.decided_by = cast.medical
    with pytest.raises(IntegrityError), transaction.atomic():
        keep(second, by=cast.admin)
    assert first.cycle == second.cycle


class TestTheStage:
    def test_it_ends_when_all_its_tasks_are_decided(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give_all(cycle, first_stage(cast)[:2])
        assert not ReviewTask.objects.filter(cycle=cycle, stage=2).exists()
        give_all(cycle, first_stage(cast)[2:])
        opened = ReviewTask.objects.get(cycle=cycle, stage=2)
        assert (opened.role, opened.state) == (Role.RESPONSIBLE_PHARMACIST, TaskState.OPEN)

    def test_after_the_last_one_the_version_is_approved(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give_all(cycle, everyone(cast))
        version = Version.objects.get(pk=cycle.version_id)
        assert version.state == State.APPROVED
        rows = version.history.filter(state=State.APPROVED)
        assert rows.count() == 1

    def test_all_are_heard_before_a_refusal_ends_the_cycle(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical, Outcome.CHANGES_REQUIRED)
        assert Version.objects.get(pk=cycle.version_id).state == State.IN_REVIEW
        give_all(cycle, first_stage(cast)[1:])
        version = Version.objects.get(pk=cycle.version_id)
        assert version.state == State.CHANGES_REQUESTED
        assert version.cycles.get().closed_at is not None
        assert not ReviewTask.objects.filter(cycle=cycle, stage=2).exists()


class TestThePharmacist:
    def second_stage(self, cast: Cast) -> ReviewTask:
        cycle = in_review(cast)
        give_all(cycle, first_stage(cast))
        return task_of(cycle, "responsible_pharmacist")

    def test_a_deputy_decides_under_a_delegation(self, cast: Cast) -> None:
        verdict = give(self.second_stage(cast), cast.pharmacist2)
        assert verdict.on_behalf_of == cast.pharmacist
        assert verdict.signature.role == Role.DEPUTY_PHARMACIST
        assert verdict.signature.on_behalf_of == str(cast.pharmacist)

    def test_a_deputy_without_one_does_not(self, cast: Cast) -> None:
        task = self.second_stage(cast)
        with pytest.raises(PolicyDenied) as refusal:
            give(task, make_person(Role.DEPUTY_PHARMACIST))
        assert refusal.value.code == "no_delegation"

    def test_four_eyes_binds_the_one_in_whose_place_they_act(self, cast: Cast) -> None:
        task = self.second_stage(cast)
        deputy = cast.pharmacist2
        keep(
            Involvement(version=task.cycle.version, user=cast.pharmacist, kind="edited"),
            by=cast.pm,
        )
        with pytest.raises(PolicyDenied) as refusal:
            give(task, deputy)
        assert refusal.value.code == "four_eyes"


class TestCredentials:
    def test_a_wrong_password_leaves_no_signature_and_a_logged_attempt(
        self, cast: Cast, task: ReviewTask, now: datetime
    ) -> None:
        medical = cast.medical
        events = AuditEvent.objects.count()
        with pytest.raises(WrongCredentials):
            prove(by=medical, now=now, password="guess", meaning=Meaning.MEDICAL_ACCURACY)
        assert not Signature.objects.exists()
        assert state_of(task) == State.IN_REVIEW
        assert ReviewTask.objects.get(pk=task.pk).state == TaskState.OPEN
        assert AuditEvent.objects.count() == events + 1
        attempt = AuditEvent.objects.in_order().last()
        assert attempt is not None
        assert (attempt.kind, attempt.actor_id) == ("signature_refused", medical.pk)

    def test_a_proof_is_used_once(self, cast: Cast, task: ReviewTask, now: datetime) -> None:
        proof = proof_of(cast.medical, Meaning.MEDICAL_ACCURACY)
        other = task_of(in_review(cast), "medical_reviewer")
        for chosen in (task, other):
            given = {"verdict": "approved", "checklist": yes_to_all(chosen), "credentials": proof}
            if chosen is task:
                decide(chosen.pk, by=cast.medical, now=now, **given)
            else:
                with pytest.raises(StateConflict) as refusal:
                    decide(chosen.pk, by=cast.medical, now=now, **given)
                assert refusal.value.code == "proof_invalid"
        assert Signature.objects.count() == 1

    def test_a_proof_of_another_meaning_does_not_serve(
        self, cast: Cast, task: ReviewTask, now: datetime
    ) -> None:
        proof = proof_of(cast.medical, Meaning.RELEASE)
        with pytest.raises(StateConflict) as refusal:
            decide(
                task.pk,
                verdict="approved",
                checklist=yes_to_all(task),
                credentials=proof,
                by=cast.medical,
                now=now,
            )
        assert refusal.value.code == "proof_invalid"


def test_a_failing_save_leaves_nothing(
    cast: Cast, task: ReviewTask, monkeypatch: pytest.MonkeyPatch, footprint: Footprint
) -> None:
    proof = proof_of(cast.medical, Meaning.MEDICAL_ACCURACY)
    before = footprint(task.cycle.version, Verdict, ReviewTask)

    def fail(self: Verdict, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Verdict, "save", fail)
    with pytest.raises(RuntimeError):
        decide(
            task.pk,
            verdict="approved",
            checklist=yes_to_all(task),
            credentials=proof,
            by=cast.medical,
            now=proof.made_at,
        )
    assert footprint(task.cycle.version, Verdict, ReviewTask) == before
    proof.refresh_from_db()
    assert proof.used_at is None


class TestTheExemption:
    def test_regulatory_alone_sets_the_visa_aside(self, cast: Cast) -> None:
        cycle = in_review(cast)
        reference = cycle.version.reference
        verdict = give(
            task_of(cycle, "regulatory_reviewer"),
            cast.regulatory,
            visa_exemption={"support_category": "Rappel d’information"},
        )
        version = Version.objects.get(pk=cycle.version_id)
        assert not version.needs_visa
        assert version.reference is None
        assert verdict.visa_exemption.support_category == "Rappel d’information"
        assert reference is not None
        reference.refresh_from_db()
        assert reference.status == "burnt"

    def test_nobody_else_does(self, cast: Cast, task: ReviewTask) -> None:
        with pytest.raises(InvalidInput) as refusal:
            give(task, cast.medical, visa_exemption={"support_category": "Rappel"})
        assert list(refusal.value.errors) == ["visa_exemption"]
        assert Version.objects.get(pk=task.cycle.version_id).needs_visa

    def test_it_names_its_category(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "regulatory_reviewer")
        with pytest.raises(InvalidInput) as refusal:
            give(task, cast.regulatory, visa_exemption={"support_category": " "})
        assert list(refusal.value.errors) == ["visa_exemption"]

    def test_it_lapses_with_its_verdict(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(
            task_of(cycle, "regulatory_reviewer"),
            cast.regulatory,
            visa_exemption={"support_category": "Rappel"},
        )
        give(task_of(cycle, "medical_reviewer"), cast.medical, Outcome.CHANGES_REQUIRED)
        give(task_of(cycle, "compliance_reviewer"), cast.compliance)
        assert Version.objects.get(pk=cycle.version_id).needs_visa


class TestWhoWorksOnIt:
    def test_claim_and_hand_over(self, cast: Cast, task: ReviewTask, now: datetime) -> None:
        assert claim(task.pk, by=cast.medical, now=now).assignee == cast.medical
        handed = reassign(task.pk, to=cast.medical2, by=cast.medical, now=now)
        assert (handed.assignee, handed.assigned_at) == (cast.medical2, now)
        assert not ReviewTask.objects.awaiting(cast.medical).filter(pk=task.pk).exists()
        give(task, cast.medical2)

    def test_only_to_somebody_who_may_decide(
        self, cast: Cast, task: ReviewTask, now: datetime
    ) -> None:
        for person in (cast.compliance, cast.pm):
            with pytest.raises(InvalidInput) as refusal:
                reassign(task.pk, to=person, by=cast.medical, now=now)
            assert list(refusal.value.errors) == ["to"]
        assert ReviewTask.objects.get(pk=task.pk).assignee is None

    def test_only_by_those_of_the_role(self, cast: Cast, task: ReviewTask, now: datetime) -> None:
        with pytest.raises(PolicyDenied) as refusal:
            reassign(task.pk, to=cast.medical2, by=cast.pm, now=now)
        assert refusal.value.code == "role_missing"
        with pytest.raises(PolicyDenied) as refusal:
            claim(task.pk, by=cast.pm, now=now)
        assert refusal.value.code == "role_missing"

    def test_what_is_decided_is_not_handed_over(
        self, cast: Cast, task: ReviewTask, now: datetime
    ) -> None:
        give(task, cast.medical)
        with pytest.raises(StateConflict) as refusal:
            reassign(task.pk, to=cast.medical2, by=cast.medical, now=now)
        assert refusal.value.code == "task_decided"


class TestTheLists:
    def test_awaiting_mine_and_overdue(self, cast: Cast, task: ReviewTask, now: datetime) -> None:
        from datetime import timedelta

        tasks = ReviewTask.objects
        assert list(tasks.awaiting(cast.medical)) == [task]
        assert not tasks.awaiting(cast.pm).exists()
        assert not tasks.overdue(now).exists()
        assert task in tasks.overdue(now + timedelta(days=30))
        give(task, cast.medical)
        assert not tasks.awaiting(cast.medical).exists()
        assert task in tasks.mine(cast.medical)
        assert task not in tasks.mine(cast.regulatory)

    def test_only_what_one_sees(self, cast: Cast, task: ReviewTask) -> None:
        assert task in ReviewTask.objects.visible_to(cast.pm)
        assert task not in ReviewTask.objects.visible_to(cast.pm2)
        assert task not in ReviewTask.objects.visible_to(cast.rep)
