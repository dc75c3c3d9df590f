"""When people are reminded of their tasks: an administrator says so."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.enums import Role
from approvals.review import actions
from approvals.review.models import MOST_DAYS, ReminderPlan
from config.http.pages import ActPage


class RemindersForm(forms.Form):
    days_before = forms.IntegerField(
        label=gettext_lazy("Working days before the due date"),
        help_text=gettext_lazy("0: nobody is reminded before."),
        min_value=0,
        max_value=MOST_DAYS,
    )
    days_after = forms.IntegerField(
        label=gettext_lazy("Working days after the due date"), min_value=1, max_value=MOST_DAYS
    )
    escalate_after = forms.IntegerField(
        label=gettext_lazy("Working days late before the lead of the role is told"),
        min_value=1,
        max_value=MOST_DAYS,
    )


class RemindersPage(ActPage):
    title = gettext_lazy("Reminders")
    button = gettext_lazy("Keep these delays")
    done = gettext_lazy("The delays are kept.")
    consequences_title = gettext_lazy("How people are reminded")
    form_class = RemindersForm
    roles = (Role.ADMINISTRATOR,)
    back_label = gettext_lazy("Home")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> ReminderPlan:
        return ReminderPlan.objects.get()

    def back(self, obj: ReminderPlan) -> str:
        return reverse("desk:home")

    def initial(self, obj: ReminderPlan) -> dict[str, Any]:
        return {name: getattr(obj, name) for name in RemindersForm.base_fields}

    def consequences(self, obj: ReminderPlan) -> list[str]:
        return [
            _("A task is reminded of before its due date, on the day, and after it, once each."),
            _("Reminders leave from 7:30 a.m., Paris time, on working days."),
            _("Where nobody leads the role, the administrators are told of late tasks."),
        ]

    def perform(
        self, obj: ReminderPlan, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> str:
        actions.plan_reminders(by=by, now=now, **cleaned_data)
        return reverse("review:reminders")
