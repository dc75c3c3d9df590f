"""The pharmacist's acts as evidence: read only."""

from typing import ClassVar

from django.contrib import admin

from approvals.release.models import (
    EditionAct,
    ImpactDecision,
    ImpactList,
    ImpactTerm,
    ProductFreezeAct,
    ReleaseAct,
)
from config.http.admin import ReadOnlyAdmin
from content.assets.admin import PreparationAdmin


@admin.register(ReleaseAct)
class ReleaseActAdmin(PreparationAdmin):
    version_path = "version"
    list_display = ("version", "kind", "effective_on", "by", "made_at")
    list_filter = ("kind",)
    search_fields = ("version__asset__code", "reason")
    list_select_related: ClassVar[list[str]] = ["version__asset", "by"]


@admin.register(ProductFreezeAct)
class ProductFreezeActAdmin(ReadOnlyAdmin):
    list_display = ("freeze", "kind", "effective_on", "by", "made_at")
    list_filter = ("kind",)
    search_fields = ("freeze__product__name", "freeze__product__cis", "reason")
    list_select_related: ClassVar[list[str]] = ["freeze__product", "by"]


@admin.register(ImpactDecision)
class ImpactDecisionAdmin(PreparationAdmin):
    version_path = "version"
    list_display = ("version", "impact", "outcome", "decided_by", "decided_at")
    list_filter = ("outcome",)
    search_fields = ("version__asset__code", "reason")
    list_select_related: ClassVar[list[str]] = [
        "version__asset",
        "impact__product",
        "decided_by",
    ]


@admin.register(ImpactList)
class ImpactListAdmin(ReadOnlyAdmin):
    list_display = ("product", "kind", "deadline", "opened_by", "opened_at")
    list_filter = ("kind",)
    search_fields = ("product__search_text",)
    list_select_related: ClassVar[list[str]] = ["product", "opened_by"]


@admin.register(ImpactTerm)
class ImpactTermAdmin(ReadOnlyAdmin):
    list_display = ("kind", "days")


@admin.register(EditionAct)
class EditionActAdmin(ReadOnlyAdmin):
    list_display = ("edition", "by", "made_at")
    list_select_related: ClassVar[list[str]] = ["edition", "by"]
