"""Thin: ids only, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from approvals.people.actions import system_actor
from approvals.submissions.actions.packages import MAKE_PACKAGE, build, record_package


@shared_task(name=MAKE_PACKAGE)
def make_package(package: int) -> None:
    """Make the package of a frozen batch; one that is void or made is left alone."""
    made = build(package)
    if made is not None:
        record_package(package, made, by=system_actor(), now=timezone.now())
