"""Thin: ids only, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from approvals.people.actions import system_actor
from approvals.review.actions.prechecks import TASK, examine_run, record_prechecks


@shared_task(name=TASK)
def run_prechecks(run: int) -> None:
    """Check a revision's files and keep what is found; a run that has ended is left alone."""
    started_at = timezone.now()
    examined = examine_run(run)
    if examined is not None:
        record_prechecks(
            run, examined, started_at=started_at, by=system_actor(), now=timezone.now()
        )
