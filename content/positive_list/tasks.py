"""Thin: one call, safe to run twice."""

from celery import shared_task

from content.positive_list.edition_print import MAKE_EDITION, make_pdf
from content.positive_list.models import Edition


@shared_task(name=MAKE_EDITION)
def make_edition(number: int) -> None:
    """Make the PDF of a signed edition."""
    make_pdf(Edition.objects.get(number=number))
