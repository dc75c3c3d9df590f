"""Assets, their versions and what is remembered of them: read-only, within what one may see."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.http.admin import ReadOnlyAdmin, ReadOnlyTabularInline
from content.access.policies import scope_of
from content.assets.models import (
    Asset,
    AssetType,
    Dependency,
    Interruption,
    Reference,
    Revision,
    Version,
    Visa,
)


class PreparationAdmin(ReadOnlyAdmin):
    """A list within what the person sees in preparation (DOMAIN.md §1).

    ``version_path``: the lookup that leads to the version, or empty for the version itself.
    """

    version_path = ""

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        person: Any = request.user
        if not self.version_path:
            return rows.visible_to(person)
        seen = Version.objects.visible_to(person)
        return rows.filter(**{f"{self.version_path}__in": seen}).distinct()

    @admin.display(description=_("page"))
    def page(self, row: Any) -> SafeString:
        about = row if hasattr(row, "get_absolute_url") else row.version
        return format_html('<a href="{}">{}</a>', about.get_absolute_url(), about)


class VersionInline(ReadOnlyTabularInline):
    model = Version
    fk_name = "asset"
    fields: ClassVar[list[str]] = ["number", "state", "change_kind", "reference", "expires_on"]


class RevisionInline(ReadOnlyTabularInline):
    model = Revision
    fields: ClassVar[list[str]] = ["number", "prepared_on", "uploaded_by", "uploaded_at", "digest"]


class DependencyInline(ReadOnlyTabularInline):
    model = Dependency
    fk_name = "dependent"
    fields: ClassVar[list[str]] = ["kind", "target", "document"]


class InterruptionInline(ReadOnlyTabularInline):
    model = Interruption
    fields: ClassVar[list[str]] = ["cause", "reason", "starts_on", "ends_on", "recorded_by"]


@admin.register(Asset)
class AssetAdmin(PreparationAdmin):
    list_display = ("code", "title", "asset_type", "nature", "audience", "owner", "page")
    list_filter = ("nature", "audience", "asset_type", "jurisdiction")
    list_select_related = ("asset_type", "owner")
    search_fields = ("code", "title")
    inlines = (VersionInline,)


@admin.register(Version)
class VersionAdmin(PreparationAdmin):
    list_display = ("page", "state", "change_kind", "needs_visa", "reference", "expires_on")
    list_filter = ("state", "change_kind", "needs_visa", "visa_category")
    list_select_related = ("asset", "reference")
    search_fields = ("asset__code", "asset__title", "reference__value")
    inlines = (RevisionInline, DependencyInline, InterruptionInline)


@admin.register(Reference)
class ReferenceAdmin(PreparationAdmin):
    version_path = "versions"
    list_display = ("value", "category", "status", "reserved_by", "reserved_at", "burnt_reason")
    list_filter = ("status", "category", "year")
    list_select_related = ("reserved_by",)
    search_fields = ("value", "cis")

    def get_queryset(self, request: HttpRequest) -> Any:
        person: Any = request.user
        # A burnt reference belongs to no version any more: who sees all sees its gap.
        if scope_of(person).sees_all:
            return Reference.objects.all()
        return super().get_queryset(request)


@admin.register(Visa)
class VisaAdmin(PreparationAdmin):
    version_path = "versions"
    list_display = ("reference", "category", "basis", "starts_on", "ends_on", "recorded_by")
    list_filter = ("category", "basis")
    list_select_related = ("reference", "recorded_by")
    search_fields = ("reference__value",)


@admin.register(AssetType)
class AssetTypeAdmin(ReadOnlyAdmin):
    list_display = ("code", "name_fr", "name_en", "is_component", "support_kind")
    list_filter = ("is_component",)
    search_fields = ("code", "name_fr", "name_en")
