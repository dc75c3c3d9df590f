"""Questions that the pages of review ask."""

from approvals.people.models import User
from approvals.review.models import ReviewTask


def next_task_of(by: User, *, after: ReviewTask | None = None) -> ReviewTask | None:
    """Return the task that a person should open next, soonest due first."""
    tasks = ReviewTask.objects.awaiting(by)
    if after is not None:
        tasks = tasks.exclude(pk=after.pk)
    task: ReviewTask | None = tasks.first()
    return task
