"""The pharmacist's acts as evidence: read only."""

from typing import ClassVar

from django.contrib import admin

from approvals.release.models import ProductFreezeAct, ReleaseAct
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
