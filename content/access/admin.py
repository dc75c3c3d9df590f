"""Teams and delegations, read-only."""

from django.contrib import admin

from config.http.admin import ReadOnlyAdmin, ReadOnlyTabularInline
from content.access.models import Delegation, Membership, Team, TeamProduct


class TeamProductInline(ReadOnlyTabularInline):
    model = TeamProduct


class MembershipInline(ReadOnlyTabularInline):
    model = Membership


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ("name",)
    search_fields = ("name", "team_products__product__search_text", "memberships__user__username")
    inlines = (TeamProductInline, MembershipInline)


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ("delegator", "delegate", "roles", "starts_on", "ends_on", "revoked_at")
    list_filter = ("starts_on", "ends_on", "revoked_at")
    list_select_related = ("delegator", "delegate")
    search_fields = ("delegator__username", "delegate__username", "delegate__last_name")
