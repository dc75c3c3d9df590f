"""Take a task, give it back, share tasks out; who leads a role, and how busy its people are."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.audit import InvalidInput
from approvals.people.enums import PHARMACISTS, REVIEWERS, Role
from approvals.people.models import User
from approvals.review import actions
from approvals.review.admin_forms import LeadForm
from approvals.review.forms import ReasonForm
from approvals.review.models import ReviewTask, RoleLead
from approvals.review.policies import (
    candidates_for,
    check_can_claim,
    check_can_reassign,
    check_can_unclaim,
)
from approvals.review.policies.pool import check_can_name_leads
from approvals.review.policies.routes import READERS
from approvals.review.queries import load_of
from approvals.review.routing import role_label
from approvals.review.views.document import visible_task
from config.http.pages import ActPage, Page
from content.calendar import paris_day

SHOWN = 200


class TaskAct(ActPage):
    """An act on a task, which leads back to one's tasks."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> ReviewTask:
        return visible_task(self.by, kwargs["task"])

    def back(self, obj: ReviewTask) -> str:
        return reverse("review:tasks")


class ClaimPage(TaskAct):
    title = gettext_lazy("Take the task")
    button = gettext_lazy("Take the task")
    done = gettext_lazy("The task is yours: nobody else starts on it.")

    def check(self, obj: ReviewTask, by: Any, now: datetime) -> None:
        check_can_claim(obj, by, now)

    def perform(self, obj: ReviewTask, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        actions.claim(obj.pk, by=by, now=now)
        return self.back(obj)


class UnclaimPage(TaskAct):
    title = gettext_lazy("Give the task back")
    button = gettext_lazy("Give the task back")
    done = gettext_lazy("The task is for the whole role again.")

    def check(self, obj: ReviewTask, by: Any, now: datetime) -> None:
        check_can_unclaim(obj, by, now)

    def perform(self, obj: ReviewTask, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        actions.unclaim(obj.pk, by=by, now=now)
        return self.back(obj)


class AssignForm(forms.Form):
    """Which of those who may decide a task is to do it."""

    to = forms.ChoiceField(label=gettext_lazy("Who decides it"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=5000)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser: Any = self.fields["to"]
        chooser.choices = [(str(person.pk), str(person)) for person in people]


class AssignPage(TaskAct):
    """Give a task to somebody; who cannot have it is named with the reason, before the click."""

    title = gettext_lazy("Assign the task")
    button = gettext_lazy("Assign it")
    done = gettext_lazy("The task is assigned.")
    form_class = AssignForm
    template_name = "review/assign.html"

    def get_object(self, request: HttpRequest, **kwargs: Any) -> ReviewTask:
        task = super().get_object(request, **kwargs)
        self.candidates = candidates_for(task, self.now)
        return task

    def check(self, obj: ReviewTask, by: Any, now: datetime) -> None:
        check_can_reassign(obj, by, now)
        if all(one.why_not for one in self.candidates):
            raise InvalidInput.at("to", _("Nobody of this role may decide this task."), "nobody")

    def get_title(self, obj: ReviewTask) -> str:
        names = {"version": obj.cycle.version, "role": role_label(obj.role)}
        return _("Assign: %(version)s, %(role)s") % names

    def form_kwargs(self, obj: ReviewTask) -> dict[str, Any]:
        return {"people": [one.person for one in self.candidates if not one.why_not]}

    def page(self, *, status: int = 200, **context: Any) -> HttpResponse:
        excluded = [one for one in self.candidates if one.why_not]
        return super().page(status=status, excluded=excluded, **context)

    def perform(self, obj: ReviewTask, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        to = User.objects.get(pk=cleaned_data["to"])
        actions.reassign(obj.pk, to=to, reason=cleaned_data["reason"], by=by, now=now)
        led = RoleLead.objects.roles_of(by)
        return reverse("review:load") if obj.role in led else self.back(obj)


class LoadPage(Page):
    """Answer a lead: who is how busy, what is late, what is for nobody yet?"""

    title = gettext_lazy("Team load")
    roles = (*REVIEWERS, *PHARMACISTS)
    template_name = "review/load.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        roles = RoleLead.objects.roles_of(self.by)
        if not roles:
            raise PermissionDenied
        today = paris_day(self.now)
        tasks = ReviewTask.objects.open().filter(role__in=roles).with_page()
        return self.page(
            roles=[role_label(role) for role in roles],
            lines=load_of(roles, today),
            tasks=tasks.order_by("due_on", "pk")[:SHOWN],
            today=today,
        )


class LeadList(Page):
    """Who leads which role; an administrator names them."""

    title = gettext_lazy("Leads of roles")
    roles = READERS
    template_name = "review/leads.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = RoleLead.objects.select_related("user").order_by("role", "user__username")
        standing = set(RoleLead.objects.standing().values_list("pk", flat=True))
        return self.page(
            leads=[(lead, lead.pk in standing) for lead in rows],
            edits=self.by.holds(Role.ADMINISTRATOR),
        )


class NameLeadPage(ActPage):
    title = gettext_lazy("Name a lead")
    button = gettext_lazy("Name the lead")
    done = gettext_lazy("The lead is named: they share out the tasks of the role.")
    form_class = LeadForm
    roles = READERS

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return None

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        check_can_name_leads(by)

    def back(self, obj: Any) -> str:
        return reverse("review:leads")

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        given = dict(cleaned_data)
        actions.name_lead(given.pop("person"), given.pop("role"), by=by, now=now, **given)
        return self.back(obj)


class EndLeadPage(ActPage):
    title = gettext_lazy("End the lead of a role")
    button = gettext_lazy("End it")
    done = gettext_lazy("The person leads this role no more.")
    form_class = ReasonForm
    grave = True
    roles = READERS

    def get_object(self, request: HttpRequest, **kwargs: Any) -> RoleLead:
        found: RoleLead | None = RoleLead.objects.filter(pk=kwargs["lead"]).first()
        if found is None:
            raise Http404
        return found

    def check(self, obj: RoleLead, by: Any, now: datetime) -> None:
        check_can_name_leads(by)

    def back(self, obj: RoleLead) -> str:
        return reverse("review:leads")

    def consequences(self, obj: RoleLead) -> list[str]:
        names = {"person": obj.user, "role": role_label(obj.role)}
        return [_("%(person)s no longer shares out the tasks of “%(role)s”.") % names]

    def perform(self, obj: RoleLead, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        actions.end_lead(obj.pk, reason=cleaned_data["reason"], by=by, now=now)
        return self.back(obj)
