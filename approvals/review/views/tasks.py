"""What one must decide: late, today, this week, later."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import OWNERS, PHARMACISTS, REVIEWERS
from approvals.review.due import grouped
from approvals.review.models import ReviewTask, RoleLead
from approvals.review.policies import conflicts_among
from approvals.review.queries import next_task_of
from config.http.pages import Page
from content.calendar import paris_day

# How far a page of tasks reaches; beyond it the first ones are done first anyway.
SHOWN = 200


class TaskList(Page):
    """Answer: what must I decide today, what is late, what comes this week?"""

    title = _("My tasks")
    # Owners, too: a role may be lent to one of them.
    roles = (*OWNERS, *REVIEWERS, *PHARMACISTS)
    template_name = "review/tasks.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        today = paris_day(self.now)
        tasks = list(ReviewTask.objects.awaiting(self.by, today).with_page()[:SHOWN])
        return self.page(
            groups=grouped(tasks, today),
            next=next_task_of(self.by, day=today),
            count=len(tasks),
            not_mine=self._not_mine({task.pk for task in tasks}, today),
            leads=bool(RoleLead.objects.roles_of(self.by)),
        )

    def _not_mine(self, mine: set[int], today: date) -> list[tuple[ReviewTask, str]]:
        """Return open tasks of one's roles that one may not decide, each with the sentence why."""
        others = ReviewTask.objects.mine(self.by, today).open().exclude(pk__in=mine).with_page()
        listed = list(others.order_by("due_on", "pk")[:SHOWN])
        why = conflicts_among(listed, self.by)
        return [(task, why[task.pk]) for task in listed if task.pk in why]
