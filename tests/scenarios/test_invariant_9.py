"""Invariant 9: every state change has one history row, one actor, one event and, where the act is
one of section 7, one signature. Shown over a whole life in the house, act by act."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from approvals.audit.models import AuditEvent
from approvals.audit.verification import Verification
from approvals.people.actions import system_actor
from approvals.signatures.models import Signature
from approvals.submissions.models import DepositWindow
from content.assets.actions.sweep import follow_the_day
from content.assets.models import Version
from tests.factories.people import Cast
from tests.scenarios.walk import Walk

# Inside the PM window of April 2026, early enough to be decided and released in its month.
OPENING = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def events_since(seq: int) -> list[dict[str, Any]]:
    rows = AuditEvent.objects.filter(seq__gt=seq).in_order()
    return [json.loads(row.payload) for row in rows]


def changes_of(events: list[dict[str, Any]], model: str) -> list[dict[str, Any]]:
    return [change for event in events for change in event["changes"] if change["model"] == model]


def live_a_whole_life(cast: Cast) -> tuple[Walk, Version]:
    """Created, reviewed, deposited, granted, released, suspended, resumed, frozen, expired."""
    walk = Walk(cast, OPENING)
    window = DepositWindow.objects.open_on(walk.today).get(category="PM")
    version = walk.cleared(cast.product, window=window)
    walk.wait(days=1)
    version = walk.release(version)
    walk.suspend(version)
    walk.wait(days=1)
    walk.resume(version)
    walk.freeze(cast.product)
    walk.unfreeze(cast.product)
    walk.resume(version)
    walk.wait(days=800)
    follow_the_day(by=system_actor(), now=walk.now)
    return walk, Version.objects.get(pk=version.pk)


def test_invariant_9_every_state_change_is_in_the_history_and_in_one_event(cast: Cast) -> None:
    cast.everybody()
    before = AuditEvent.objects.count()
    _walk, version = live_a_whole_life(cast)
    events = events_since(before)
    moves = [
        change
        for change in changes_of(events, "assets.version")
        if change["id"] == str(version.pk) and "state" in change["fields"]
    ]
    assert [change["fields"]["state"][1] for change in moves] == [
        *("draft", "in_review", "approved", "in_batch", "deposited", "cleared", "released"),
        *("suspended", "released", "suspended", "released", "expired"),
    ]
    rows = version.history.order_by("history_id")
    assert [change["history"] for change in moves] == [
        row.history_id
        for row, previous in zip(rows, [None, *rows], strict=False)
        if previous is None or previous.state != row.state
    ]
    for row in rows:
        assert row.history_user_id is not None
    assert Verification().run().fault is None


def test_invariant_9_signed_acts_leave_one_signature_each(cast: Cast) -> None:
    cast.everybody()
    before = AuditEvent.objects.count()
    live_a_whole_life(cast)
    events = events_since(before)
    signatures = Counter(
        event["seq"]
        for event in events
        for change in event["changes"]
        if change["model"] == "signatures.signature"
    )
    assert set(signatures.values()) == {1}, "one act, one signature"
    assert sum(signatures.values()) == Signature.objects.count()
    signed_kinds = {event["act"] for event in events if event["seq"] in signatures}
    moved_unsigned = {
        event["act"]
        for event in events
        if event["seq"] not in signatures
        and any(
            change["model"] == "assets.version" and "state" in change["fields"]
            for change in event["changes"]
        )
    }
    assert moved_unsigned == {"create_version", "submit", "add_to_batch", "end_of_use"}
    assert not signed_kinds & moved_unsigned
    for signature in Signature.objects.all():
        assert signature.signed_at < OPENING + timedelta(days=30)
        assert all(item["digest"] for item in signature.covers)


def test_invariant_9_a_bulk_act_is_one_event_naming_all(cast: Cast) -> None:
    cast.everybody()
    walk = Walk(cast, OPENING)
    window = DepositWindow.objects.open_on(walk.today).get(category="PM")
    versions = [walk.release(walk.cleared(cast.product, window=window)) for _ in range(2)]
    before = AuditEvent.objects.count()
    walk.freeze(cast.product)
    (event,) = events_since(before)
    suspended = {
        change["id"]
        for change in event["changes"]
        if change["model"] == "assets.version" and change["fields"].get("state")
    }
    assert suspended == {str(version.pk) for version in versions}
