"""Thin: one domain call, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from content.outbox.actions import dispatch, dispatch_webhooks


@shared_task(name="content.outbox.tasks.dispatch_outbox")
def dispatch_outbox() -> None:
    """Dispatch what is due; woken after each commit, and by the schedule every minute."""
    dispatch(timezone.now())


@shared_task(name="content.outbox.tasks.dispatch_webhooks")
def dispatch_due_webhooks() -> None:
    """Send the webhooks that are due; apart from the mails, which no slow host may hold back."""
    dispatch_webhooks(timezone.now())
