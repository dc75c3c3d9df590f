"""Two sweeps at the same instant, on two real connections: one checkpoint of the day."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError

from approvals.audit import actions, checkpoints
from approvals.audit.models import AuditCheckpoint, AuditHead
from approvals.audit.verification import Verification
from approvals.people.actions import system_actor
from tests.races import Meeting, at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch, key: str) -> Meeting:
    """Meet once the day was found without a checkpoint, before one is signed."""
    return Meeting().after(monkeypatch, checkpoints, "ask")


def sweep_twice(now: datetime) -> list[Any]:
    def take() -> bool:
        return actions.take_daily_checkpoint(by=system_actor(), now=now)

    return at_once(take, take)


def test_two_sweeps_sign_one(together: Meeting, now: datetime) -> None:
    assert sorted(sweep_twice(now)) == [False, True]
    assert AuditCheckpoint.objects.count() == 1
    assert Verification().run().fault is None


def test_without_the_lock_one_of_them_fails(
    together: Meeting, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "lock_head", lambda: AuditHead.objects.get(pk=1))
    together.insist()
    done = sweep_twice(now)
    assert sorted(type(one).__name__ for one in done) == [IntegrityError.__name__, "bool"]
