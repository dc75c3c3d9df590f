"""Two workers at the same instant, on two real connections: each message leaves once."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest
from celery import shared_task
from django.db import connection
from django.db.models import QuerySet

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.outbox.actions import dispatch, queue_job
from content.outbox.enums import DispatchState
from content.outbox.models import Message
from tests.races import PATIENCE_SECONDS, Meeting, at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
JOB = "tests.outbox.raced"
COUNT = 12
ran: Counter[int] = Counter()


@shared_task(name=JOB)
def raced(number: int) -> None:
    ran[number] += 1
    time.sleep(0.02)


@act("queue")
def queue(*, by: User, now: datetime) -> None:
    for number in range(COUNT):
        queue_job(JOB, {"number": number}, key=f"raced-{number}", now=now)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    ran.clear()


def dispatch_twice_at_once(now: datetime) -> list[int]:
    together = threading.Barrier(2)

    def work() -> int:
        connection.ensure_connection()
        together.wait(timeout=PATIENCE_SECONDS)
        return dispatch(now).done

    return at_once(work, work)


def test_two_workers_share_the_messages_and_none_leaves_twice(now: datetime) -> None:
    queue(by=system_actor(), now=now)
    done = dispatch_twice_at_once(now)
    assert sum(done) == COUNT
    # Neither waited for the other: the claimed message was skipped, not queued for.
    assert all(done)
    assert ran == Counter(range(COUNT))
    assert Message.objects.filter(state=DispatchState.DONE, attempts=1).count() == COUNT


def test_without_the_lock_a_message_leaves_twice(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race exists: the lock is what prevents it."""
    together = Meeting()
    together.insist()
    original, held = QuerySet.first, threading.local()

    def first_together(self: QuerySet[Message]) -> Message | None:
        found = original(self)
        # Each worker's first claim only: how many come after depends on who was quicker.
        if self.model is Message and not hasattr(held, "once"):
            held.once = True
            together.wait()
        return found

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    monkeypatch.setattr(QuerySet, "first", first_together)
    queue(by=system_actor(), now=now)
    dispatch_twice_at_once(now)
    assert max(ran.values()) == 2
