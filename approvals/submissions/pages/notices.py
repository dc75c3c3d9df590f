"""How long before an end people are told of it: an administrator says so."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.submissions.actions import plan_notices
from approvals.submissions.models import NoticePlan
from approvals.submissions.policies.notices import NOTICE_ROLES
from config.http.pages import ActPage


class NoticesForm(forms.Form):
    days = forms.CharField(
        label=gettext_lazy("Days before the end"),
        help_text=gettext_lazy("Numbers of days with commas between them: 180, 90, 60, 30, 7."),
        max_length=100,
    )

    def clean_days(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["days"].split(",")]
        if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in parts):
            raise forms.ValidationError(_("Give whole numbers with commas between them."))
        return [int(part) for part in parts]


class NoticesPage(ActPage):
    title = gettext_lazy("Notices of an end")
    button = gettext_lazy("Keep these days")
    done = gettext_lazy("The days are kept.")
    consequences_title = gettext_lazy("How people are told")
    form_class = NoticesForm
    roles = NOTICE_ROLES
    back_label = gettext_lazy("Home")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> NoticePlan:
        return NoticePlan.objects.get()

    def back(self, obj: NoticePlan) -> str:
        return reverse("desk:home")

    def initial(self, obj: NoticePlan) -> dict[str, Any]:
        return {"days": str(obj)}

    def consequences(self, obj: NoticePlan) -> list[str]:
        return [
            _("One notice for visas, authorisations and releases, once on each of these days."),
            _("The owner is told; regulatory affairs too, where a renewal needs a visa."),
            _("The responsible pharmacist is told from 30 days before the end on."),
            _("Notices leave from 7:30 a.m., Paris time, on working days."),
        ]

    def perform(self, obj: NoticePlan, cleaned_data: dict[str, Any], by: Any, now: datetime) -> str:
        plan_notices(days=cleaned_data["days"], by=by, now=now)
        return reverse("submissions:notices")
