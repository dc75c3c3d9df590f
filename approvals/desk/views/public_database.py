"""What the public database said: facts to confirm, and what the last imports changed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from approvals.desk.queries import facts_to_confirm, in_materials
from approvals.people.enums import READERS_OF_ALL, Role
from approvals.release.models import ImpactList
from config.http.pages import Page
from content.catalogue.models import ImportRun, ProductAlert, ProductFreeze
from content.catalogue.policies import can_record_authorisation

SHOWN = 100
IMPORTS = 10


class Alerts(Page):
    """Facts to confirm: first those of products that materials name."""

    title = _("Facts to confirm")
    roles = (*READERS_OF_ALL, Role.ADMINISTRATOR)
    template_name = "desk/alerts.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        everything = request.GET.get("show") == "all"
        alerts = ProductAlert.objects.open().select_related("product")
        settled = ProductAlert.objects.filter(settled_at__isnull=False)
        return self.page(
            alerts=(alerts if everything else facts_to_confirm())[:SHOWN],
            others=0 if everything else alerts.exclude(pk__in=facts_to_confirm()).count(),
            everything=everything,
            settled=settled.select_related("product", "settled_by").order_by("-settled_at")[:20],
            may_settle=can_record_authorisation(self.by),
        )


class Imports(Page):
    """What each of the last imports changed for products that materials name."""

    title = _("Imports of the public database")
    roles = (Role.ADMINISTRATOR, Role.REGULATORY_REVIEWER, Role.INSPECTOR)
    template_name = "desk/imports.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        runs = ImportRun.objects.select_related("recorded_by")[:IMPORTS]
        return self.page(runs=[self._told(run) for run in runs])

    def _told(self, run: ImportRun) -> dict[str, Any]:
        # Every act of one import was told the same instant.
        at = run.recorded_at
        return {
            "run": run,
            "freezes": ProductFreeze.objects.filter(recorded_at=at)
            .filter(product__in=in_materials())
            .select_related("product")[:SHOWN],
            "alerts": ProductAlert.objects.filter(noticed_at=at, product__in=in_materials())
            .select_related("product")
            .order_by("pk")[:SHOWN],
            "impacts": ImpactList.objects.filter(opened_at=at, document__isnull=True)
            .select_related("product")
            .order_by("pk")[:SHOWN],
        }
