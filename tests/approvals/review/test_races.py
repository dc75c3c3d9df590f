"""Two reviewers at the same instant, on two real connections (ARCHITECTURE.md, "An act")."""

import contextlib
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import close_old_connections, connection

from approvals.review.actions import decide, decisions
from approvals.review.enums import MEANINGS
from approvals.review.models import ReviewCycle, ReviewTask, Verdict
from approvals.signatures.models import Proof
from content.assets.enums import State
from content.assets.models import Version
from content.assets.models.versions import VersionQuerySet
from tests.factories.people import Cast
from tests.factories.review import give, in_review, proof_of, task_of, yes_to_all

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
Signing = tuple[ReviewTask, Any, Proof]


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run jobs each on its own connection, and return what they returned or raised."""
    done: list[Any] = [None] * len(jobs)

    def run(place: int, job: Callable[[], Any]) -> None:
        close_old_connections()
        try:
            done[place] = job()
        except Exception as error:
            done[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return done


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
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold each decision after it read its task until the other has read its own."""
    barrier = threading.Barrier(2)
    real = decisions.check_can_decide

    def wait(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        # With the lock, the second cannot come so far before the first has committed.
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=2)
        return answer

    monkeypatch.setattr(decisions, "check_can_decide", wait)


def test_the_stage_ends_once_and_both_verdicts_are_kept(
    last_two: tuple[ReviewCycle, Any], together: None
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
    last_two: tuple[ReviewCycle, Any], together: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sees the other's task still open: both sign, and nothing opens the next stage."""
    monkeypatch.setattr(VersionQuerySet, "locked", lambda self: self.order_by("pk"))
    cycle, signings = last_two
    done = at_once(*signings)
    assert [type(answer) for answer in done] == [Verdict, Verdict]
    assert Verdict.objects.in_force().filter(cycle=cycle).count() == 3
    assert not ReviewTask.objects.filter(cycle=cycle, stage=2).exists()


def test_the_same_task_signed_twice_at_once_is_decided_once(
    transactional_db: None, now: datetime, together: None
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
