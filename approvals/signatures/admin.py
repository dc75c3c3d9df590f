"""Read-only pages of electronic signatures."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import READERS_OF_ALL, Role
from approvals.signatures.models import Signature
from config.http.admin import ReadOnlyAdmin, may_look


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    list_display = ("signed_at", "name", "username", "role_signed", "on_behalf_of", "meaning")
    list_filter = ("meaning", "role")
    search_fields = ("name", "username")
    date_hierarchy = "signed_at"

    @admin.display(description=_("role"), ordering="role")
    def role_signed(self, obj: Signature) -> str:
        return str(Role(obj.role).label) if obj.role in Role.values else obj.role

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Signatures of every team stand side by side: for those who see all of them. Others read
        # those of a version on its page.
        user: Any = request.user
        return may_look(request) and user.holds(*READERS_OF_ALL)
