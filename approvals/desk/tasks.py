"""Thin: one call, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from approvals.desk.record.making import MAKE_RECORD, make_pdf
from approvals.desk.sweep import sweep


@shared_task(name="approvals.desk.tasks.sweep_now")
def sweep_now() -> None:
    """Do what is due; the schedule asks every hour."""
    sweep(timezone.now())


@shared_task(name=MAKE_RECORD)
def make_record(sha256: str) -> None:
    """Make the PDF of a record that was asked for."""
    make_pdf(sha256)
