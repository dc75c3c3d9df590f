"""Teams and delegations: lists and pages that write nothing, with links to the acts."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from approvals.people.enums import Role
from config.http.admin import ReadOnlyAdmin, ReadOnlyTabularInline
from content.access.models import Delegation, Membership, Team, TeamProduct
from content.access.policies import DELEGABLE, can_manage_teams, can_revoke


def _link(name: str, row: Any) -> Any:
    if row.pk is None:
        return ""
    return format_html('<a href="{}">{}</a>', reverse(f"access:{name}", args=[row.pk]), _("Remove"))


class _Removable(ReadOnlyTabularInline):
    """Rows that an administrator may take out, each by its own page."""

    readonly_fields = ("remove",)
    shown = ""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [self.shown, "remove"] if can_manage_teams(request.user) else [self.shown]  # type: ignore[arg-type]


class TeamProductInline(_Removable):
    model = TeamProduct
    shown = "product"

    @admin.display(description=_("Remove"))
    def remove(self, row: TeamProduct) -> Any:
        return _link("remove_product", row)


class MembershipInline(_Removable):
    model = Membership
    shown = "user"

    @admin.display(description=_("Remove"))
    def remove(self, row: Membership) -> Any:
        return _link("remove_member", row)


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ("name",)
    search_fields = ("name", "team_products__product__search_text", "memberships__user__username")
    inlines = (TeamProductInline, MembershipInline)
    actions_list = ("new_team",)
    actions_detail = ("add_product", "add_member")

    def has_manage_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_manage_teams(request.user)  # type: ignore[arg-type]

    @action(description=_("New team"), url_path="make", permissions=["manage"])
    def new_team(self, request: HttpRequest) -> HttpResponse:
        return redirect("access:new_team")

    @action(description=_("Add a product"), url_path="add-product", permissions=["manage"])
    def add_product(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("access:add_product", pk=object_id)

    @action(description=_("Add a member"), url_path="add-member", permissions=["manage"])
    def add_member(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("access:add_member", pk=object_id)


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ("delegator", "delegate", "role_words", "starts_on", "ends_on", "revoked_at")
    fields = (
        *("delegator", "delegate", "role_words", "products", "starts_on", "ends_on"),
        *("created_at", "revoked_at", "revoked_by", "revocation_reason"),
    )
    readonly_fields = ("role_words",)
    list_filter = ("starts_on", "ends_on", "revoked_at")
    list_select_related = ("delegator", "delegate")
    search_fields = ("delegator__username", "delegate__username", "delegate__last_name")
    actions_list = ("lend",)
    actions_detail = ("revoke",)

    @admin.display(description=_("Roles"))
    def role_words(self, row: Delegation) -> str:
        return ", ".join(str(Role(role).label) for role in row.roles)

    def has_lend_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.holds(*DELEGABLE)  # type: ignore[union-attr]

    @action(description=_("Lend my roles"), url_path="lend", permissions=["lend"])
    def lend(self, request: HttpRequest) -> HttpResponse:
        return redirect("access:delegate")

    def has_revoke_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        delegation = Delegation.objects.filter(pk=object_id).first() if object_id else None
        return delegation is not None and can_revoke(request.user, delegation)  # type: ignore[arg-type]

    @action(description=_("Revoke"), url_path="revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("access:revoke", pk=object_id)
