"""A person who failed too often is kept in the trail, and the administrators are alerted."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from approvals.desk.actions import record_lockout
from approvals.people.actions import system_actor
from approvals.people.models import User


def alert(sender: Any, request: Any, username: str, **kwargs: Any) -> None:
    """Record the lockout when it begins: axes tells it again at each later attempt.

    Attempts at once may all be counted before any is told: the first to be told is then beyond the
    limit. Later ones are refused before they are counted.
    """
    if (getattr(request, "axes_failures_since_start", None) or 0) < settings.AXES_FAILURE_LIMIT:
        return
    person = User.objects.filter(username=username).first()
    if person is not None:
        record_lockout(person, by=system_actor(), now=timezone.now())
