"""A freeze and a submission at once, on two connections: they queue, and never wait for each other.

A freeze writes the version whose successor it stops, then locks all that it suspends; a submission
locks the components that it pins, by id. Only the list head, locked first, keeps them apart.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from approvals.audit import StateConflict
from approvals.people.actions import system_actor
from approvals.release.actions import acts as actions
from approvals.release.models import ProductFreezeAct
from approvals.review.actions import lifecycle, submit
from content.assets.enums import DependencyKind
from content.assets.models import Dependency
from content.calendar import paris_day
from tests import locks
from tests.factories import keep
from tests.factories.clearing import freeze_it
from tests.factories.people import Cast
from tests.factories.releases import make_cleared, make_released, release_now
from tests.factories.review import draft
from tests.races import PATIENCE_SECONDS, at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
Jobs = tuple[Callable[[], Any], Callable[[], Any]]
BLOCKED_BY_ME = (
    "SELECT count(*) FROM pg_locks"
    " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


@pytest.fixture
def jobs(transactional_db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """Freeze the product; submit what pins two of its versions once the freeze has begun."""
    cast, system = Cast(), system_actor()
    pinned = [make_released(cast.product) for _ in range(2)]
    successor = make_cleared(pinned[1].asset, number=2)
    in_ten_days = paris_day(now) + timedelta(days=10)
    release_now(successor.pk, valid_from=in_ten_days, by=system, now=now)
    dependent = draft(cast)
    for version in pinned:
        row = Dependency(dependent=dependent, kind=DependencyKind.REQUIRES, target=version)
        keep(row, by=system)
    begun, record_freeze = threading.Event(), actions.record_freeze

    def record_until_awaited(*args: Any, **kwargs: Any) -> Any:
        # By now the version with a successor is written: go on once somebody waits for it.
        freeze = record_freeze(*args, **kwargs)
        begun.set()
        _until_somebody_waits()
        return freeze

    def submit_then() -> Any:
        assert begun.wait(PATIENCE_SECONDS)
        return submit(dependent.pk, by=owner, now=now)

    monkeypatch.setattr(actions, "record_freeze", record_until_awaited)
    product, pharmacist, owner = cast.product, cast.pharmacist, cast.pm
    return lambda: freeze_it(product, pharmacist), submit_then


def _until_somebody_waits() -> None:
    pause = threading.Event()
    with connection.cursor() as cursor:
        for _ in range(PATIENCE_SECONDS * 20):
            cursor.execute(BLOCKED_BY_ME)
            if cursor.fetchone()[0]:
                return
            pause.wait(0.05)
    raise AssertionError("Nobody waited for the freeze.")


def test_the_submission_waits_and_then_sees_what_was_frozen(jobs: Jobs) -> None:
    frozen, refused = at_once(*jobs)
    assert isinstance(frozen, ProductFreezeAct)
    assert isinstance(refused, StateConflict)
    assert refused.code == "component_not_approved"


def test_without_the_list_head_they_wait_for_each_other(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "note", lambda row: None)
    monkeypatch.setattr(lifecycle, "lock_list_head", lambda: None)
    done = at_once(*jobs)
    (refused,) = [answer for answer in done if isinstance(answer, OperationalError)]
    assert "deadlock detected" in str(refused)
