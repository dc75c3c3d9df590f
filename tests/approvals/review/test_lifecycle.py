"""Recall, send back, cancel, resubmit (DOMAIN.md §3)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.review import policies
from approvals.review.actions import answer_changes, cancel, recall, revise, send_back, submit
from approvals.review.enums import CycleState, Outcome, TaskState
from approvals.review.models import RequestedChange, ReviewCycle, ReviewTask
from content.assets.actions import add_dependency, edit_asset
from content.assets.enums import State
from content.assets.models import Version
from content.outbox.models import Message
from tests.factories.assets import PREPARED_ON, drive, make_asset, make_pdf, make_version
from tests.factories.people import Cast
from tests.factories.review import (
    answer_all,
    approved,
    correct,
    draft,
    everyone,
    first_stage,
    give,
    give_all,
    in_review,
    reserve,
    resubmitted,
    task_of,
)

pytestmark = pytest.mark.django_db
Footprint = Callable[..., tuple[Any, ...]]


def fresh(version: Version) -> Version:
    kept: Version = Version.objects.get(pk=version.pk)
    return kept


def refused_once(cast: Cast, outcome: str = Outcome.CHANGES_REQUIRED, **fields: Any) -> Version:
    """A version whose first stage ended with one verdict against it, by medical."""
    cycle = in_review(cast)
    give(task_of(cycle, "medical_reviewer"), cast.medical, outcome, **fields)
    give_all(cycle, first_stage(cast)[1:])
    return fresh(cycle.version)


class TestRecall:
    def test_it_makes_it_a_draft_and_ends_the_cycle(self, cast: Cast, now: datetime) -> None:
        cycle = in_review(cast)
        events = AuditEvent.objects.count()
        version = recall(cycle.version_id, reason="Erreur de fichier", by=cast.pm, now=now)
        assert version.state == State.DRAFT
        kept = ReviewCycle.objects.get(pk=cycle.pk)
        assert (kept.state, kept.closed_at) == (CycleState.RECALLED, now)
        assert set(kept.tasks.values_list("state", flat=True)) == {TaskState.CLOSED}
        assert AuditEvent.objects.count() == events + 1
        row = version.history.latest()
        assert (row.state, row.history_change_reason) == (State.DRAFT, "Erreur de fichier")

    def test_a_closed_task_is_not_decided(self, cast: Cast, now: datetime) -> None:
        cycle = in_review(cast)
        recall(cycle.version_id, reason="Erreur", by=cast.pm, now=now)
        with pytest.raises(StateConflict) as refusal:
            give(task_of(cycle, "medical_reviewer"), cast.medical)
        assert refusal.value.code == "task_closed"

    def test_submitted_again_it_opens_a_new_cycle(self, cast: Cast, now: datetime) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical)
        recall(cycle.version_id, reason="Erreur", by=cast.pm, now=now)
        again = submit(cycle.version_id, by=cast.pm, now=now)
        assert again.number == 2
        assert task_of(again, "medical_reviewer").state == TaskState.OPEN

    def test_denials(self, cast: Cast, now: datetime) -> None:
        cycle = in_review(cast)
        with pytest.raises(PolicyDenied) as denied:
            recall(cycle.version_id, reason="x", by=cast.medical, now=now)
        assert denied.value.code == "not_owner"
        with pytest.raises(InvalidInput) as invalid:
            recall(cycle.version_id, reason=" ", by=cast.pm, now=now)
        assert list(invalid.value.errors) == ["reason"]
        other = draft(cast)
        with pytest.raises(StateConflict) as conflict:
            recall(other.pk, reason="x", by=cast.pm, now=now)
        assert conflict.value.code == "wrong_state"
        assert policies.can_recall(fresh(cycle.version), cast.pm, now)
        assert not policies.can_recall(other, cast.pm, now)


class TestCancel:
    def test_it_burns_the_reserved_reference(self, cast: Cast, now: datetime) -> None:
        cycle = in_review(cast)
        reference = cycle.version.reference
        assert reference is not None
        version = cancel(cycle.version_id, reason="Abandon", by=cast.pm, now=now)
        reference.refresh_from_db()
        assert (version.state, version.reference) == (State.CANCELLED, None)
        assert (reference.status, reference.burnt_reason) == ("burnt", "Abandon")
        assert ReviewCycle.objects.get(pk=cycle.pk).state == CycleState.CANCELLED
        assert version.history.filter(state=State.CANCELLED).count() == 1

    def test_from_a_draft(self, cast: Cast, now: datetime) -> None:
        version = draft(cast, planned=False)
        assert cancel(version.pk, reason="Abandon", by=cast.pm, now=now).state == State.CANCELLED

    def test_not_while_in_a_batch(self, cast: Cast, now: datetime) -> None:
        version = drive(draft(cast), State.IN_BATCH)
        with pytest.raises(StateConflict) as refusal:
            cancel(version.pk, reason="x", by=cast.pm, now=now)
        assert refusal.value.code == "in_batch"

    def test_denials(self, cast: Cast, now: datetime) -> None:
        version = draft(cast)
        with pytest.raises(PolicyDenied) as denied:
            cancel(version.pk, reason="x", by=cast.regulatory, now=now)
        assert denied.value.code == "not_owner"
        with pytest.raises(InvalidInput):
            cancel(version.pk, reason="", by=cast.pm, now=now)
        drive(version, State.RELEASED)
        with pytest.raises(StateConflict) as conflict:
            cancel(version.pk, reason="x", by=cast.pm, now=now)
        assert conflict.value.code == "wrong_state"


class TestSendBack:
    def test_it_goes_back_to_its_owner_who_is_told(self, cast: Cast, now: datetime) -> None:
        version = approved(cast)
        sent = send_back(version.pk, reason="Référence périmée", by=cast.regulatory, now=now)
        assert sent.state == State.CHANGES_REQUESTED
        told = Message.objects.get(topic="review.sent_back")
        assert told.recipient == cast.pm
        assert "Référence périmée" in told.body

    def test_submitted_again_it_opens_a_new_cycle(self, cast: Cast, now: datetime) -> None:
        version = approved(cast)
        send_back(version.pk, reason="x", by=cast.regulatory, now=now)
        correct(version)
        assert submit(version.pk, by=cast.pm, now=now).number == 2

    def test_denials(self, cast: Cast, now: datetime) -> None:
        version = approved(cast)
        for person in (cast.pm, cast.medical, cast.pharmacist):
            with pytest.raises(PolicyDenied) as denied:
                send_back(version.pk, reason="x", by=person, now=now)
            assert denied.value.code == "role_missing"
        with pytest.raises(InvalidInput):
            send_back(version.pk, reason=" ", by=cast.regulatory, now=now)
        with pytest.raises(StateConflict) as conflict:
            send_back(draft(cast).pk, reason="x", by=cast.regulatory, now=now)
        assert conflict.value.code == "wrong_state"

    def test_not_a_component_that_a_submitted_version_pins(self, cast: Cast, now: datetime) -> None:
        fragment = make_version(
            make_asset(by=cast.pm, products=[cast.product], asset_type="email_fragment")
        )
        drive(fragment, State.APPROVED)
        template = make_version(
            make_asset(by=cast.pm, products=[cast.product], asset_type="email_template")
        )
        add_dependency(template.pk, kind="requires", target=fragment.pk, by=cast.pm, now=now)
        assert policies.can_send_back(fresh(fragment), cast.regulatory, now)
        submit(reserve(fresh(template)).pk, by=cast.pm, now=now)
        with pytest.raises(StateConflict) as refusal:
            send_back(fragment.pk, reason="x", by=cast.regulatory, now=now)
        assert refusal.value.code == "component_pinned"
        with pytest.raises(StateConflict) as kept:
            cancel(fragment.pk, reason="x", by=cast.pm, now=now)
        assert kept.value.code == "component_pinned"
        assert not policies.can_send_back(fresh(fragment), cast.regulatory, now)


# Each walks a review twice, every step of it a signed act.
@pytest.mark.slow
class TestResubmit:
    def test_a_new_revision_is_owed(self, cast: Cast, now: datetime) -> None:
        version = refused_once(cast)
        with pytest.raises(StateConflict) as refusal:
            submit(version.pk, by=cast.pm, now=now)
        assert refusal.value.code == "no_new_revision"

    def test_after_a_refusal_a_new_cycle_opens(self, cast: Cast, now: datetime) -> None:
        version = refused_once(cast)
        cycle = resubmitted(version)
        assert (cycle.number, cycle.revision.number) == (2, 2)
        assert cycle.tasks.filter(state=TaskState.OPEN).count() == 3

    def test_every_change_is_answered(self, cast: Cast, now: datetime) -> None:
        version = refused_once(cast, Outcome.APPROVED_WITH_CHANGES, changes=["A", "B"])
        correct(version)
        with pytest.raises(StateConflict) as refusal:
            submit(version.pk, by=cast.pm, now=now)
        assert refusal.value.code == "changes_unanswered"
        answer_all(version)
        submit(version.pk, by=cast.pm, now=now)

    def test_answers_name_their_change_and_its_evidence(self, cast: Cast, now: datetime) -> None:
        version = refused_once(cast, Outcome.APPROVED_WITH_CHANGES)
        change = RequestedChange.objects.get()
        good = {"change": change.pk, "evidence": "page 1"}
        with pytest.raises(StateConflict) as early:
            answer_changes(version.pk, answers=[good], by=cast.pm, now=now)
        assert early.value.code == "no_new_revision"
        correct(version)
        for bad in ({"change": 0, "evidence": "x"}, {"change": change.pk, "evidence": " "}, {}):
            with pytest.raises(InvalidInput) as invalid:
                answer_changes(version.pk, answers=[good, bad], by=cast.pm, now=now)
            assert list(invalid.value.errors) == ["answers"]
        assert RequestedChange.objects.get().answered_at is None
        with pytest.raises(PolicyDenied):
            answer_changes(version.pk, answers=[good], by=cast.medical, now=now)
        answer_changes(version.pk, answers=[good], by=cast.pm, now=now)
        kept = RequestedChange.objects.get()
        assert (kept.evidence, kept.answered_by, kept.answered_at) == ("page 1", cast.pm, now)
        assert kept.answered_in == fresh(version).current_revision

    def test_a_revision_and_its_answers_come_in_one_act(self, cast: Cast, now: datetime) -> None:
        version = refused_once(cast, Outcome.APPROVED_WITH_CHANGES)
        events = AuditEvent.objects.count()
        revise(
            version.pk,
            files=[make_pdf("NEUF")],
            prepared_on=PREPARED_ON,
            answers=[{"change": RequestedChange.objects.get().pk, "evidence": "page 3"}],
            by=cast.pm,
            now=now,
        )
        assert AuditEvent.objects.count() == events + 1
        assert submit(version.pk, by=cast.pm, now=now).number == 1

    def test_b17_invariant_4_another_change_voids_the_verdicts_of_the_cycle(
        self, cast: Cast, now: datetime
    ) -> None:
        version = refused_once(cast, Outcome.APPROVED_WITH_CHANGES)
        edit_asset(version.asset_id, changes={"title": "Autre"}, reason="x", by=cast.pm, now=now)
        cycle = resubmitted(version)
        assert cycle.number == 2
        assert version.cycles.get(number=1).state == CycleState.VOIDED
        assert cycle.tasks.filter(state=TaskState.OPEN).count() == 3
        give_all(cycle, everyone(cast))
        assert fresh(version).state == State.APPROVED


@pytest.mark.parametrize("act", [recall, cancel])
def test_a_failing_save_leaves_nothing(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch, footprint: Footprint, act: Any
) -> None:
    cycle = in_review(cast)
    before = footprint(cycle.version, ReviewCycle, ReviewTask)

    def fail(self: ReviewTask, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(ReviewTask, "save", fail)
    with pytest.raises(RuntimeError):
        act(cycle.version_id, reason="x", by=cast.pm, now=now)
    assert footprint(cycle.version, ReviewCycle, ReviewTask) == before
    assert ReviewCycle.objects.get(pk=cycle.pk).is_open
