"""Windows, plans, batches, dossiers and decisions, read-only: each act has its own page."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from approvals.people.enums import OWNERS, PHARMACISTS, READERS_OF_ALL, Role
from approvals.submissions.models import (
    Batch,
    BatchSeal,
    Decision,
    DepositPackage,
    DepositWindow,
    Dossier,
    DossierPiece,
    FormQuestion,
    PieceRule,
    PlannedDeposit,
)
from approvals.submissions.policies import PACKAGE_READERS
from config.http.admin import ReadOnlyAdmin, ReadOnlyTabularInline, may_look

SEES_DOSSIERS = (*OWNERS, *READERS_OF_ALL, *PHARMACISTS)
KEEPS_RULES = (Role.REGULATORY_REVIEWER, Role.ADMINISTRATOR, Role.INSPECTOR)


class OfDossiers(ReadOnlyAdmin):
    """What is in preparation: those who prepare or review, each as far as they see assets."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return may_look(request) and user.holds(*SEES_DOSSIERS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        model: Any = self.model
        rows: QuerySet[Any] = model.objects.visible_to(request.user)
        return model.objects.filter(pk__in=rows.values("pk"))  # type: ignore[no-any-return]


@admin.register(DepositWindow)
class DepositWindowAdmin(ReadOnlyAdmin):
    list_display: ClassVar[list[str]] = [
        "authority",
        "category",
        "opens_on",
        "closes_on",
        "evaluation_ends_on",
        "provisional",
        "made_up",
    ]
    list_filter: ClassVar[list[str]] = ["category", "provisional", "made_up"]
    date_hierarchy = "closes_on"


@admin.register(PieceRule)
class PieceRuleAdmin(ReadOnlyAdmin):
    list_display: ClassVar[list[str]] = [
        "piece",
        "category",
        "support_kind",
        "jurisdiction",
        "active",
    ]
    list_select_related: ClassVar[list[str]] = ["jurisdiction"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return may_look(request) and user.holds(*KEEPS_RULES)


@admin.register(FormQuestion)
class FormQuestionAdmin(ReadOnlyAdmin):
    list_display: ClassVar[list[str]] = [
        "label_fr",
        "category",
        "position",
        "kind",
        "required",
        "active",
    ]
    list_filter: ClassVar[list[str]] = ["category", "active"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return may_look(request) and user.holds(*KEEPS_RULES)


@admin.register(PlannedDeposit)
class PlannedDepositAdmin(OfDossiers):
    list_display: ClassVar[list[str]] = [
        "version",
        "window",
        "planned_on",
        "reference",
        "replaced_at",
    ]
    list_select_related: ClassVar[list[str]] = ["version__asset", "window", "reference"]


class SealInline(ReadOnlyTabularInline):
    model = BatchSeal
    fields: ClassVar[list[str]] = ["kind", "reason", "signature", "sealed_at"]


@admin.register(Batch)
class BatchAdmin(OfDossiers):
    list_display: ClassVar[list[str]] = ["__str__", "category", "state", "state_since"]
    list_filter: ClassVar[list[str]] = ["state", "category"]
    list_select_related: ClassVar[list[str]] = ["window"]
    inlines: ClassVar[list[Any]] = [SealInline]


class PieceInline(ReadOnlyTabularInline):
    model = DossierPiece
    fields: ClassVar[list[str]] = ["kind", "name", "size", "sha256", "added_by", "added_at"]


@admin.register(DepositPackage)
class DepositPackageAdmin(ReadOnlyAdmin):
    """Those who are handed packages; the page of the batch has its download."""

    list_display: ClassVar[list[str]] = ["__str__", "state", "total", "size", "made_at", "sha256"]
    list_filter: ClassVar[list[str]] = ["state"]
    list_select_related: ClassVar[list[str]] = ["seal__batch__window"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return may_look(request) and user.holds(*PACKAGE_READERS)


class DecisionInline(ReadOnlyTabularInline):
    model = Decision
    fields: ClassVar[list[str]] = [
        "outcome",
        "decided_on",
        "notified_on",
        "reason",
        "letter",
        "until",
        "corrects",
        "correction_reason",
        "signature",
    ]


@admin.register(Dossier)
class DossierAdmin(OfDossiers):
    list_display: ClassVar[list[str]] = [
        "reference",
        "version",
        "state",
        "receipt_number",
        "portal_number",
        "deposited_at",
    ]
    list_filter: ClassVar[list[str]] = ["state"]
    list_select_related: ClassVar[list[str]] = ["version__asset", "reference"]
    search_fields: ClassVar[list[str]] = ["reference__value", "receipt_number", "portal_number"]
    inlines: ClassVar[list[Any]] = [PieceInline, DecisionInline]
