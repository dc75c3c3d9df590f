"""Editions and their readers as evidence: read only."""

from typing import ClassVar

from django.contrib import admin

from config.http.admin import ReadOnlyAdmin
from content.positive_list.models import Edition, Recipient


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ("number", "day", "state", "signed_by", "signed_at")
    list_filter = ("state",)
    list_select_related: ClassVar[list[str]] = ["signed_by"]


@admin.register(Recipient)
class RecipientAdmin(ReadOnlyAdmin):
    list_display = ("edition", "person", "told_at", "acknowledged_at", "destroyed_at")
    list_select_related: ClassVar[list[str]] = ["edition", "person"]
