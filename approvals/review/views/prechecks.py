"""Run the pre-checks again, and say what the failure of one does."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.enums import Role
from approvals.review import actions
from approvals.review.forms import SeverityForm
from approvals.review.models import PrecheckKind
from approvals.review.policies import check_can_run_prechecks, check_can_set_severity
from approvals.review.views.versions import VersionAct
from config.http.pages import ActPage
from content.assets.models import Version


class RunPrechecksPage(VersionAct):
    title = gettext_lazy("Run the pre-checks again")
    button = gettext_lazy("Run again")
    done = gettext_lazy("The pre-checks are under way; their results come by themselves.")

    def check(self, obj: Version, by: Any, now: datetime) -> None:
        check_can_run_prechecks(obj, by, now)

    def consequences(self, obj: Version) -> list[str]:
        return [_("The files are read once more; the earlier results stay in the record.")]

    def perform(self, obj: Version, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        actions.run_prechecks_again(obj.pk, by=by, now=now)
        return obj


class SeverityPage(ActPage):
    """What the failure of a check does: an administrator says so, with a reason."""

    button = gettext_lazy("Change the severity")
    done = gettext_lazy("The severity is changed.")
    form_class = SeverityForm
    roles = (Role.ADMINISTRATOR,)

    def get_object(self, request: HttpRequest, **kwargs: Any) -> PrecheckKind:
        kind: PrecheckKind = get_object_or_404(PrecheckKind.objects.all(), pk=kwargs["pk"])
        return kind

    def get_title(self, obj: PrecheckKind) -> Any:
        return _("Severity of the pre-check “%(check)s”") % {"check": obj}

    def check(self, obj: PrecheckKind, by: Any, now: datetime) -> None:
        check_can_set_severity(by)

    def consequences(self, obj: PrecheckKind) -> list[str]:
        return [_("It holds for every submission from now on, whenever the checks were run.")]

    def initial(self, obj: PrecheckKind) -> dict[str, Any]:
        return {"severity": obj.severity}

    def back(self, obj: PrecheckKind) -> str:
        return reverse("admin:review_precheckkind_changelist")

    def perform(
        self, obj: PrecheckKind, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        actions.set_precheck_severity(obj.pk, by=by, now=now, **cleaned_data)
        return self.back(obj)
