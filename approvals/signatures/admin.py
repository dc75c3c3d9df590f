"""Read-only pages of electronic signatures."""

from django.contrib import admin

from approvals.signatures.models import Signature
from config.http.admin import ReadOnlyAdmin


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    list_display = ("signed_at", "name", "username", "role", "on_behalf_of", "meaning")
    list_filter = ("meaning", "role")
    search_fields = ("name", "username")
    date_hierarchy = "signed_at"
