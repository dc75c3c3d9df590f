"""Windows ahead, what is planned in each, and the plan of a version."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import OWNERS, READERS_OF_ALL, Role
from approvals.submissions.actions import edit_window, plan, record_window
from approvals.submissions.forms import NO_WINDOW, EditWindowForm, NewWindowForm, PlanForm
from approvals.submissions.models import DepositWindow, PlannedDeposit
from approvals.submissions.outlook import windows_ahead
from approvals.submissions.policies import (
    can_record_window,
    check_can_plan,
    check_can_record_window,
)
from config.http.pages import ActPage, Page
from content.assets.models import Version
from content.calendar import day_in_words, paris_day

PREPARES = (*OWNERS, *READERS_OF_ALL, Role.ADMINISTRATOR)


class WindowsPage(Page):
    """Which windows come, what is planned in each, and whether it will be in time."""

    title = _("Deposit windows")
    roles = PREPARES
    template_name = "submissions/windows.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(
            rows=windows_ahead(self.by, paris_day(self.now)),
            may_record=can_record_window(self.by),
            today=paris_day(self.now),
        )


class RecordWindowPage(ActPage):
    title = _("Record a window")
    button = _("Record the window")
    form_class = NewWindowForm
    done = _("The window is recorded.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return None

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        check_can_record_window(by)

    def back(self, obj: Any) -> str:
        return reverse("submissions:windows")

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        record_window(**cleaned_data, by=by, now=now)
        return "submissions:windows"


class EditWindowPage(ActPage):
    title = _("Correct a window")
    button = _("Correct the window")
    form_class = EditWindowForm
    done = _("The window is corrected; its history keeps what it was.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> DepositWindow:
        return get_object_or_404(DepositWindow.objects.visible_to(self.by), pk=kwargs["pk"])

    def check(self, obj: DepositWindow, by: Any, now: datetime) -> None:
        check_can_record_window(by)

    def initial(self, obj: DepositWindow) -> dict[str, Any]:
        names = ("opens_on", "closes_on", "overridden_reason", "provisional", "source")
        values = {name: getattr(obj, name) for name in names}
        if obj.overridden_reason:
            values["evaluation_ends_on"] = obj.evaluation_ends_on
        return values

    def back(self, obj: DepositWindow) -> str:
        return reverse("submissions:windows")

    def perform(
        self, obj: DepositWindow, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        changes = dict(cleaned_data)
        reason = changes.pop("reason")
        edit_window(obj.pk, changes=changes, reason=reason, by=by, now=now)
        return "submissions:windows"


class PlanPage(ActPage):
    """The window of a version: reserves the reference that is printed on it."""

    title = _("Plan the deposit")
    button = _("Plan and reserve the reference")
    form_class = PlanForm

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Version:
        versions = Version.objects.visible_to(self.by).with_asset()
        return get_object_or_404(versions, pk=kwargs["pk"])

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_can_plan(obj, by, now)

    def form_kwargs(self, obj: Version) -> dict[str, Any]:
        return {"version": obj, "day": paris_day(self.now)}

    def initial(self, obj: Version) -> dict[str, Any]:
        current = PlannedDeposit.objects.current().filter(version=obj).first()
        if current is None:
            return {}
        return {
            "window": str(current.window_id or NO_WINDOW),
            "planned_on": current.planned_on,
            "reason": current.out_of_window_reason,
            "proof": current.out_of_window_proof,
        }

    def consequences(self, obj: Version) -> list[str]:
        said = [gettext("A reference is reserved for this version: print it on the material.")]
        current = PlannedDeposit.objects.current().filter(version=obj).first()
        if current is not None:
            said.append(
                gettext(
                    "It is planned for %(day)s under %(reference)s: another month burns this "
                    "reference and gives a new one."
                )
                % {
                    "day": day_in_words(current.planned_on),
                    "reference": current.reference.value,
                }
            )
        return said

    def get_done(self, obj: Version, cleaned_data: dict[str, Any]) -> Any:
        current = PlannedDeposit.objects.current().get(version=obj)
        return gettext("The reference %(reference)s is reserved: print it on the material.") % {
            "reference": current.reference.value
        }

    def _form(self, obj: Version, **bound: Any) -> Any:
        self.shown = super()._form(obj, **bound)
        return self.shown

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        plan(obj.pk, **self.shown.plan(), by=by, now=now)
        return obj
