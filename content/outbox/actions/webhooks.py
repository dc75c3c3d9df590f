"""Other systems that are told of events: who they are, and what is sent to them."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from approvals.audit import act, current_act
from approvals.people.enums import Role
from approvals.people.models import User
from content.outbox.actions.messages import settle, wake_for_webhooks, written
from content.outbox.enums import TEST_EVENT, Channel, DispatchState, WebhookEvent
from content.outbox.models import Message, WebhookEndpoint
from content.outbox.policies import (
    check_can_manage_webhooks,
    check_events,
    check_resendable,
    check_webhook_active,
    check_webhook_url,
)
from content.outbox.webhooks import new_secret, seal

FORMER_SECRET_SIGNS = timedelta(hours=24)


@act("register_webhook", roles=[Role.ADMINISTRATOR])
def register_webhook(
    url: str, events: Collection[str], *, by: User, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """Let a system outside be told of events; return it with its secret, shown this once.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator.
    :raises InvalidInput: field ``url`` if it may not be reached, or is registered already;
        ``events`` if none or unknown.
    """
    check_can_manage_webhooks(by)
    check_events(events)
    check_webhook_url(url)
    secret = new_secret()
    endpoint = WebhookEndpoint(
        url=url,
        events=_in_order(events),
        secret=seal(secret),
        created_at=now,
        created_by=by,
    )
    endpoint.save(force_insert=True)
    return endpoint, secret


@act("change_webhook", roles=[Role.ADMINISTRATOR])
def change_webhook(
    endpoint_id: int,
    *,
    url: str | None = None,
    events: Collection[str] | None = None,
    active: bool | None = None,
    by: User,
    now: datetime,
) -> WebhookEndpoint:
    """Change where or of what a system is told, or whether; what is left out stays as it is.

    What waits for one that is deactivated is given up, and may be sent again later.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator.
    :raises InvalidInput: field ``url`` or ``events``, as when it is registered.
    """
    check_can_manage_webhooks(by)
    endpoint = WebhookEndpoint.objects.locked().get(pk=endpoint_id)
    if events is not None:
        check_events(events)
        endpoint.events = _in_order(events)
    if active is not None:
        endpoint.active = active
    endpoint.url = endpoint.url if url is None else url
    if url is not None or active:
        check_webhook_url(endpoint.url, but=endpoint.pk)
    endpoint.save()
    return endpoint


@act("rotate_webhook_secret", roles=[Role.ADMINISTRATOR])
def rotate_webhook_secret(endpoint_id: int, *, by: User, now: datetime) -> str:
    """Give a webhook a new secret and return it, this once; the former one signs for a day more.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator.
    """
    check_can_manage_webhooks(by)
    endpoint = WebhookEndpoint.objects.locked().get(pk=endpoint_id)
    secret = new_secret()
    endpoint.former_secret, endpoint.former_until = endpoint.secret, now + FORMER_SECRET_SIGNS
    endpoint.secret = seal(secret)
    endpoint.save()
    return secret


@act("test_webhook", roles=[Role.ADMINISTRATOR])
def try_webhook(endpoint_id: int, *, by: User, now: datetime) -> Message:
    """Send a webhook an event that tells of nothing, to see that it answers.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator.
    :raises StateConflict: ``webhook_inactive``.
    """
    check_can_manage_webhooks(by)
    endpoint = WebhookEndpoint.objects.locked().get(pk=endpoint_id)
    check_webhook_active(endpoint)
    count = endpoint.deliveries.filter(topic=TEST_EVENT).count()
    message, _new = _sent(endpoint, TEST_EVENT, {}, f"test:{count + 1}", now)
    current_act().note(webhook=endpoint.pk, delivery=message.pk)
    return message


@act("resend_webhook", roles=[Role.ADMINISTRATOR])
def resend_webhook(endpoint_id: int, delivery_id: int, *, by: User, now: datetime) -> Message:
    """Send again what was given up, or was taken, under the same id; all attempts begin anew.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator.
    :raises StateConflict: ``webhook_inactive``, ``still_waiting``.
    :raises InvalidInput: field ``delivery`` if the webhook has no such one.
    """
    check_can_manage_webhooks(by)
    endpoint = WebhookEndpoint.objects.locked().get(pk=endpoint_id)
    check_webhook_active(endpoint)
    message = check_resendable(endpoint, delivery_id)
    settle(message, DispatchState.WAITING, attempts=0, not_before=now, done_at=None)
    current_act().note(webhook=endpoint.pk, delivery=message.pk)
    transaction.on_commit(wake_for_webhooks)
    message.refresh_from_db()
    return message


def announce(event: str, data: Mapping[str, Any], *, key: str, now: datetime) -> int:
    """Tell those who asked for an event, inside the act under way; the same key tells once.

    ``data`` names the piece and its days, nothing confidential. Return how many are told by this
    call.

    :raises WriteOutsideAct: outside an act.
    """
    current_act()
    asked = [row for row in WebhookEndpoint.objects.active() if event in row.events]
    return sum(_sent(endpoint, event, data, key, now)[1] for endpoint in asked)


def _sent(
    endpoint: WebhookEndpoint, event: str, data: Mapping[str, Any], key: str, now: datetime
) -> tuple[Message, bool]:
    body = {"type": event, "timestamp": _utc(now), "data": dict(data)}
    values = {
        "channel": Channel.WEBHOOK,
        "topic": event,
        "endpoint": endpoint,
        "body": json.dumps(body, separators=(",", ":")),
    }
    return written(f"webhook:{endpoint.pk}:{event}:{key}", now, values)


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _in_order(events: Collection[str]) -> list[str]:
    return [event for event in WebhookEvent.values if event in events]
