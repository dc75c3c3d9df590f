"""Editions, their readers, and what people keep of the lists: read only."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from approvals.people.enums import Role
from config.http.admin import ReadOnlyAdmin
from content.positive_list.models import Edition, Favourite, FieldVisit, Recipient


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ("number", "day", "state", "signed_by", "signed_at")
    list_filter = ("state",)
    list_select_related: ClassVar[list[str]] = ["signed_by"]


@admin.register(Recipient)
class RecipientAdmin(ReadOnlyAdmin):
    list_display = ("edition", "person", "told_at", "acknowledged_at", "destroyed_at")
    list_select_related: ClassVar[list[str]] = ["edition", "person"]


class _PersonalAdmin(ReadOnlyAdmin):
    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        looks: bool = super().has_view_permission(request, obj)
        person: Any = request.user
        return looks and bool(person.holds(Role.ADMINISTRATOR, Role.INSPECTOR))


@admin.register(Favourite)
class FavouriteAdmin(_PersonalAdmin):
    list_display = ("person", "asset", "added_at")


@admin.register(FieldVisit)
class FieldVisitAdmin(_PersonalAdmin):
    list_display = ("person", "day", "before")
