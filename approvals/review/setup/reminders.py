"""When people are reminded of their tasks: installed after migrate, once."""

from datetime import datetime

from django.utils import timezone

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.review.models import ReminderPlan


def install() -> None:
    """Install the plan where there is none; what an administrator chose stays."""
    if not ReminderPlan.objects.exists():
        _install(by=system_actor(), now=timezone.now())


@act("install_reminders")
def _install(*, by: User, now: datetime) -> None:
    ReminderPlan(days_before=2, days_after=1, escalate_after=3).save()
