"""Windows ahead, what is planned in each, and the plan of a version."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.submissions.actions import edit_window, import_windows, plan, record_window
from approvals.submissions.actions.windows import COLUMNS
from approvals.submissions.durations import Routes
from approvals.submissions.forms import (
    NO_WINDOW,
    EditWindowForm,
    ImportWindowsForm,
    NewWindowForm,
    PlanForm,
)
from approvals.submissions.models import Batch, DepositWindow, PlannedDeposit
from approvals.submissions.moves import moves_of
from approvals.submissions.outlook import rows_of_windows
from approvals.submissions.pages.batches import pill_of
from approvals.submissions.policies import (
    can_record_window,
    check_can_plan,
    check_can_record_window,
)
from approvals.submissions.policies.calendars import PLANNERS
from approvals.submissions.route_days import RouteCalendar
from approvals.submissions.window_history import window_history
from approvals.submissions.windows_csv import read_upload
from config.http.pages import ActPage, Page
from content.assets.models import Version
from content.calendar import paris_day

LINES_TOLD = 20


class WindowPage(Page):
    """One window: its days, what is planned in it, the latest days, and its history."""

    title = _("Deposit window")
    roles = PLANNERS
    template_name = "submissions/window.html"
    back_label = _("Planning")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        today, routes = paris_day(self.now), Routes()
        found = DepositWindow.objects.visible_to(self.by).filter(pk=pk)
        window = get_object_or_404(found)
        row = rows_of_windows(found, self.by, today, routes=routes)[0]
        batches = Batch.objects.visible_to(self.by).filter(window=window).order_by("pk")
        return self.page(
            title=str(window),
            window=window,
            row=row,
            is_closed=window.is_closed(today),
            routes=RouteCalendar(routes, today).of(window),
            history=window_history(window),
            batches=[(batch, pill_of(batch)) for batch in batches],
            may_record=can_record_window(self.by),
            back=reverse("submissions:windows"),
        )


class PastWindowsPage(Page):
    """The windows that closed, the latest first."""

    title = _("Past windows")
    roles = PLANNERS
    template_name = "submissions/past_windows.html"
    back_label = _("Planning")

    def get(self, request: HttpRequest) -> HttpResponse:
        windows = DepositWindow.objects.visible_to(self.by).behind(paris_day(self.now))
        page = Paginator(windows, 50).get_page(request.GET.get("page"))
        return self.page(
            page_obj=page, windows=page.object_list, back=reverse("submissions:windows")
        )


class ImportWindowsPage(ActPage):
    """Bring the windows of a file: what is known already stays as it is."""

    title = _("Import windows")
    button = _("Import the file")
    consequences_title = _("How the file is read")
    form_class = ImportWindowsForm
    back_label = _("Planning")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return None

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        check_can_record_window(by)

    def back(self, obj: Any) -> str:
        return reverse("submissions:windows")

    def consequences(self, obj: Any) -> list[str]:
        return [
            gettext("A CSV in UTF-8, its first line: %(columns)s.")
            % {"columns": ",".join(COLUMNS)},
            gettext("Days are written 2027-01-11; the authority is ANSM, the category PM or GP."),
            gettext("A window that a file brought before is left as it is, whatever became of it."),
            gettext("A line that cannot be read is told and left out; the others are recorded."),
        ]

    def prepared(self, obj: Any, cleaned_data: dict[str, Any]) -> dict[str, Any]:
        return {"lines": read_upload(cleaned_data["file"])}

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        self.report = import_windows(cleaned_data["lines"], by=by, now=now)
        return "submissions:windows"

    def get_done(self, obj: Any, cleaned_data: dict[str, Any]) -> Any:
        errors = self.report.errors
        for number, sentence in errors[:LINES_TOLD]:
            messages.error(
                self.request,
                gettext("Line %(number)d: %(error)s") % {"number": number, "error": sentence},
            )
        if len(errors) > LINES_TOLD:
            messages.error(
                self.request,
                gettext("%(n)d more lines were left out.") % {"n": len(errors) - LINES_TOLD},
            )
        return gettext(
            "%(added)d windows recorded, %(unchanged)d known already, %(errors)d lines left out."
        ) % {
            "added": self.report.added,
            "unchanged": self.report.unchanged,
            "errors": len(errors),
        }


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
        asked = self.request.GET.get("window", "")
        if asked.isdecimal():
            return {"window": asked}
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
        return moves_of(obj, paris_day(self.now))

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
