"""What people keep of the lists, to read: theirs, hence not for all of the office."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from approvals.people.enums import Role
from config.http.admin import ReadOnlyAdmin
from content.positive_list.models import Favourite, FieldVisit


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
