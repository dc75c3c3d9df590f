"""The workspace: the document, what is known of it, the comments, the checklist, the verdict."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.enums import PHARMACISTS, REVIEWERS, Role
from approvals.review import actions
from approvals.review.enums import MEANINGS, TaskState
from approvals.review.forms import DecisionForm, ReasonForm
from approvals.review.models import RequestedChange, ReviewTask
from approvals.review.policies import (
    can_reopen,
    can_run_prechecks,
    check_can_decide,
    check_can_reopen,
)
from approvals.review.queries import next_task_of, prechecks_of
from approvals.review.views.comments import discussion
from approvals.review.views.document import visible_task
from approvals.review.views.viewer import viewer
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.signatures.pages import SignedActPage
from config.http.pages import ActPage
from content.calendar import paris_day


class DecisionPage(SignedActPage):
    """Decide one task; then the next one."""

    form_class = DecisionForm
    template_name = "review/workspace.html"
    button = gettext_lazy("Sign the verdict")
    done = gettext_lazy("Your verdict is signed.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> ReviewTask:
        return visible_task(self.by, kwargs["task"])

    def get_title(self, obj: ReviewTask) -> str:
        return _("%(version)s: %(role)s") % {
            "version": obj.cycle.version,
            "role": Role(obj.role).label,
        }

    def get_meaning(self, obj: ReviewTask, cleaned_data: dict[str, Any] | None = None) -> Meaning:
        return MEANINGS[obj.role]

    def check(self, obj: ReviewTask, by: Any, now: datetime) -> None:
        check_can_decide(obj, by, now)
        super().check(obj, by, now)

    def form_kwargs(self, obj: ReviewTask) -> dict[str, Any]:
        return {"task": obj}

    def back(self, obj: ReviewTask) -> str:
        decides = self.by.holds(*REVIEWERS, *PHARMACISTS)
        return reverse("review:tasks") if decides else obj.cycle.version.get_absolute_url()

    def perform(  # type: ignore[override]
        self,
        obj: ReviewTask,
        cleaned_data: dict[str, Any],
        by: Any,
        now: datetime,
        credentials: Proof,
    ) -> str:
        given = DecisionForm(task=obj).given(cleaned_data)
        actions.decide(obj.pk, credentials=credentials, by=by, now=now, **given)
        following = next_task_of(by, after=obj, day=paris_day(now))
        return following.get_absolute_url() if following else reverse("review:tasks")

    def page(self, *, status: int = 200, **context: Any) -> HttpResponse:
        task: ReviewTask = context["object"]
        version = task.cycle.version
        revision = task.cycle.revision
        to_confirm = task.state == TaskState.TO_CONFIRM
        changes = RequestedChange.objects.standing().filter(verdict__task=task)
        # Who may read it is refused nothing: the sentence stands where the decision would.
        status = 200 if self.request.method == "GET" else status
        return super().page(
            status=status,
            task=task,
            version=version,
            revision=revision,
            products=version.asset.products.order_by("name"),
            verdicts=task.cycle.verdicts.in_force().select_related(
                "task", "decided_by", "on_behalf_of"
            ),
            changes=changes if to_confirm else [],
            to_confirm=to_confirm,
            may_reopen=can_reopen(task, self.by, self.now),
            prechecks=prechecks_of(revision),
            may_run_prechecks=can_run_prechecks(version, self.by, self.now),
            mine=self._own_task(task) if "refusal" in context else None,
            late=task.is_open and task.due_on < paris_day(self.now),
            **viewer(task, self.by, self.request.GET),
            **discussion(task, self.by, self.now),
            **context,
        )

    def _own_task(self, task: ReviewTask) -> ReviewTask | None:
        """Return the task of the same version that this person may decide instead, if any."""
        tasks = ReviewTask.objects.awaiting(self.by, paris_day(self.now))
        return tasks.filter(cycle__version=task.cycle.version_id).first()


class ReopenPage(ActPage):
    """Take one's verdict back while the changes that others asked for are being confirmed."""

    title = gettext_lazy("Take the verdict back")
    button = gettext_lazy("Take it back")
    done = gettext_lazy("Your task is open again: decide on the corrected document.")
    form_class = ReasonForm

    def get_object(self, request: HttpRequest, **kwargs: Any) -> ReviewTask:
        return visible_task(self.by, kwargs["task"])

    def check(self, obj: ReviewTask, by: Any, now: datetime) -> None:
        check_can_reopen(obj, by, now)

    def consequences(self, obj: ReviewTask) -> list[str]:
        return [
            _("Your verdict no longer counts; you decide again, and nobody else in your place.")
        ]

    def perform(self, obj: ReviewTask, cleaned_data: dict[str, Any], by: Any, now: datetime) -> str:
        return actions.reopen(obj.pk, by=by, now=now, **cleaned_data).get_absolute_url()
