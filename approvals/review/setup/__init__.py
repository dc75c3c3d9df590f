"""Reference data of review, installed after migrate: routes, checklists, pre-checks, reminders."""

from typing import Any

from approvals.review.setup import prechecks, reminders, routes


def install(**kwargs: Any) -> None:
    """Install what is missing; what an administrator changed stays."""
    routes.install()
    prechecks.install()
    reminders.install()
