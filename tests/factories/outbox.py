"""Webhooks, without asking any host whether it is there."""

import itertools
from collections.abc import Iterable
from datetime import datetime

from approvals.people.actions import system_actor
from content.outbox.enums import WebhookEvent
from content.outbox.models import WebhookEndpoint
from content.outbox.webhooks import new_secret, seal
from tests.factories import T0, keep

_numbers = itertools.count(1)


def make_webhook(
    *,
    url: str = "",
    events: Iterable[str] = WebhookEvent.values,
    secret: str = "",
    now: datetime = T0,
) -> WebhookEndpoint:
    """Register a system that is told of events, all of them by default."""
    by = system_actor()
    endpoint: WebhookEndpoint = keep(
        WebhookEndpoint(
            url=url or f"https://crm{next(_numbers)}.example/hooks",
            events=list(events),
            secret=seal(secret or new_secret()),
            created_at=now,
            created_by=by,
        ),
        by=by,
        now=now,
    )
    return endpoint
