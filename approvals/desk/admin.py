"""The audit trail and the people, to read: nothing is written here.

They stand in the desk because the floor of the house imports no plumbing of the admin.
"""

import json
from operator import itemgetter
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from approvals.audit.models import AuditEvent
from approvals.desk.act_words import WORDS, act_words
from approvals.desk.policies import can_read_people, can_read_trail
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import can_reset
from config.http.admin import ReadOnlyAdmin, ReadOnlyPlainAdmin


class ActFilter(admin.SimpleListFilter):
    """The trail's acts, by what they are called."""

    title = _("act")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((kind, str(said)) for kind, said in WORDS.items()), key=itemgetter(1))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyPlainAdmin):
    """Every act, the newest first: who, in which role, when, why, what changed."""

    list_display = ("seq", "recorded_at", "act", "actor", "acting_as", "reason")
    list_filter = (ActFilter, "recorded_at")
    list_select_related = ("actor",)
    search_fields = ("=seq", "kind", "actor__username", "payload")
    show_full_result_count = False
    fields = (
        *("seq", "recorded_at", "act", "actor", "acting_as", "reason"),
        *("payload", "prev_hash", "hash"),
    )
    readonly_fields = ("act", "acting_as", "reason")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and can_read_trail(request.user)

    @admin.display(description=_("act"), ordering="kind")
    def act(self, event: AuditEvent) -> str:
        return act_words(event.kind)

    @admin.display(description=_("role"))
    def acting_as(self, event: AuditEvent) -> str:
        role = json.loads(event.payload)["role"]
        return str(Role(role).label) if role else "—"

    @admin.display(description=_("reason"))
    def reason(self, event: AuditEvent) -> str:
        return str(json.loads(event.payload)["reason"]) or "—"


PERSON_ACTS = (
    ("desk:role_give", _("Give a role")),
    ("desk:role_take", _("Take a role")),
    ("desk:unlock", _("Unlock the account")),
    ("desk:password_reset", _("Reset the password")),
    ("desk:factors_reset", _("Reset the second factor")),
)
COMES_OR_GOES = {
    True: ("desk:deactivate", _("Deactivate the account")),
    False: ("desk:reactivate", _("Reactivate the account")),
}


@admin.register(User)
class PersonAdmin(ReadOnlyAdmin):
    """Who works here, in which roles; never a password."""

    actions_list = ("new_person",)
    list_display = ("username", "first_name", "last_name", "roles", "is_active")
    list_filter = ("groups", "is_active")
    search_fields = ("username", "first_name", "last_name", "email")
    fields = (
        *("username", "first_name", "last_name", "email", "roles", "language", "is_active"),
        *("date_joined", "accountability_accepted_at", "must_change_password"),
        *("second_factor_since", "acts"),
    )
    readonly_fields = ("roles", "acts")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and can_read_people(request.user)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        manages = obj is not None and can_reset(obj, by=request.user)
        return fields if manages else [name for name in fields if name != "acts"]

    @action(description=_("New person"), url_path="make", permissions=["manage"])
    def new_person(self, request: HttpRequest) -> HttpResponse:
        return redirect("desk:new_person")

    def has_manage_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        by: Any = request.user
        return bool(by.holds(Role.ADMINISTRATOR))

    @admin.display(description=_("What an administrator does"))
    def acts(self, person: User) -> str:
        acts = (*PERSON_ACTS, COMES_OR_GOES[person.is_active])
        return format_html_join(
            " ",
            '<a class="im-button im-button--quiet" href="{}">{}</a>',
            ((reverse(page, args=[person.pk]), words) for page, words in acts),
        )

    @admin.display(description=_("roles"))
    def roles(self, person: User) -> str:
        names = (group.name for group in person.groups.all())
        return ", ".join(str(Role(name).label) for name in names if name in Role.values) or "—"


# allauth's own page shows the secrets of second factors: nobody reads those here.
admin.site.unregister(Authenticator)
