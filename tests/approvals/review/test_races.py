"""Two reviewers at the same instant, on two real connections (ARCHITECTURE.md, "An act")."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from approvals.review.actions import decide, decisions
from approvals.review.enums import MEANINGS
from approvals.review.models import ReviewCycle, ReviewTask, Verdict
from approvals.signatures.models import Proof
from content.assets.enums import State
from content.assets.models import Version
from content.assets.models.versions import VersionQuerySet
from tests.factories.people import Cast
from tests.factories.review import give, in_review, proof_of, task_of, yes_to_all
from tests.races import Meeting, at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
Signing = tuple[ReviewTask, Any, Proof]


def signed(signing: Signing, now: datetime) -> Callable[[], Verdict]:
    task, person, proof = signing
    checklist = yes_to_all(task)

    def sign() -> Verdict:
        return decide(
            task.pk,
            verdict="approved",
            checklist=checklist,
            credentials=proof,
            by=person,
            now=now,
        )

    return sign


@pytest.fixture
def last_two(transactional_db: None, now: datetime) -> tuple[ReviewCycle, Any]:
    """A component whose two reviewers are the last ones to sign, both about to."""
    cast = Cast()
    cycle = in_review(cast)
    give(task_of(cycle, "medical_reviewer"), cast.medical)
    pairs = [("regulatory_reviewer", cast.regulatory), ("compliance_reviewer", cast.compliance)]
    signings = []
    for role, person in pairs:
        task = task_of(cycle, role)
        signings.append(signed((task, person, proof_of(person, MEANINGS[role])), now))
    return cycle, signings


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    """Hold each decision until both have looked at their task, and again until both have asked
    whether the stage is over: neither commits before the other has asked.
    """
    meeting = Meeting().after(monkeypatch, decisions, "check_can_decide")
    return meeting.after(monkeypatch, decisions, "settle")


def test_the_stage_ends_once_and_both_verdicts_are_kept(
    last_two: tuple[ReviewCycle, Any], together: Meeting
) -> None:
    cycle, signings = last_two
    done = at_once(*signings)
    assert [type(answer) for answer in done] == [Verdict, Verdict]
    assert Verdict.objects.in_force().filter(cycle=cycle).count() == 3
    second = ReviewTask.objects.filter(cycle=cycle, stage=2)
    assert second.count() == 1
    assert ReviewCycle.objects.get(pk=cycle.pk).stage == 2
    assert Version.objects.get(pk=cycle.version_id).state == State.IN_REVIEW


def test_without_the_lock_the_race_exists(
    last_two: tuple[ReviewCycle, Any], together: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sees the other's task still open: both sign, and nothing opens the next stage."""
    together.insist()
    monkeypatch.setattr(VersionQuerySet, "locked", lambda self: self.order_by("pk"))
    cycle, signings = last_two
    done = at_once(*signings)
    assert [type(answer) for answer in done] == [Verdict, Verdict]
    assert Verdict.objects.in_force().filter(cycle=cycle).count() == 3
    assert not ReviewTask.objects.filter(cycle=cycle, stage=2).exists()


def test_the_same_task_signed_twice_at_once_is_decided_once(
    transactional_db: None, now: datetime, together: Meeting
) -> None:
    cast = Cast()
    task = task_of(in_review(cast), "medical_reviewer")
    meaning = MEANINGS["medical_reviewer"]
    done = at_once(
        signed((task, cast.medical, proof_of(cast.medical, meaning)), now),
        signed((task, cast.medical2, proof_of(cast.medical2, meaning)), now),
    )
    assert sorted(type(answer).__name__ for answer in done) == ["StateConflict", "Verdict"]
    assert Verdict.objects.filter(task=task).count() == 1
