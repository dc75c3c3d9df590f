"""Read-only pages of routes; of cycles, tasks, verdicts and comments within what one may see."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from approvals.people.enums import Role
from approvals.review.models import (
    Carry,
    ChecklistItem,
    Comment,
    CommentReply,
    MinorModificationCategory,
    PrecheckKind,
    PrecheckResult,
    PrecheckRun,
    RequestedChange,
    ReviewCycle,
    ReviewTask,
    Route,
    RouteStage,
    RouteTask,
    Verdict,
    VisaExemption,
)
from approvals.review.policies import can_set_severity
from config.http.admin import ReadOnlyAdmin, ReadOnlyTabularInline
from content.assets.admin import PreparationAdmin


class StageInline(ReadOnlyTabularInline):
    model = RouteStage


class RouteTaskInline(ReadOnlyTabularInline):
    model = RouteTask


@admin.register(Route)
class RouteAdmin(ReadOnlyAdmin):
    list_display = ("name", "jurisdiction", "nature", "audience", "asset_type", "active")
    list_filter = ("jurisdiction", "active")
    inlines = (StageInline,)


@admin.register(RouteStage)
class RouteStageAdmin(ReadOnlyAdmin):
    list_display = ("route", "position")
    list_select_related = ("route",)
    inlines = (RouteTaskInline,)


@admin.register(ChecklistItem)
class ChecklistItemAdmin(ReadOnlyAdmin):
    list_display = ("role", "position", "label_fr", "label_en", "active")
    list_filter = ("role",)


@admin.register(MinorModificationCategory)
class MinorModificationCategoryAdmin(ReadOnlyAdmin):
    list_display = ("code", "label_fr", "label_en", "active")
    actions_list = ("add_category",)
    actions_detail = ("change_category",)

    def has_category_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person: Any = request.user
        return bool(person.holds(Role.ADMINISTRATOR))

    @action(description=_("Add a category"), url_path="add-category", permissions=["category"])
    def add_category(self, request: HttpRequest) -> HttpResponse:
        return redirect("review:new_minor_modification")

    @action(
        description=_("Change the category"), url_path="change-category", permissions=["category"]
    )
    def change_category(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("review:minor_modification", pk=object_id)


@admin.register(PrecheckKind)
class PrecheckKindAdmin(ReadOnlyAdmin):
    list_display = ("position", "label_fr", "label_en", "severity")
    list_display_links = ("label_fr",)
    list_filter = ("severity",)
    actions_detail = ("change_severity",)

    def has_severity_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_set_severity(request.user)  # type: ignore[arg-type]

    @action(description=_("Change the severity"), url_path="severity", permissions=["severity"])
    def change_severity(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("review:severity", pk=object_id)


class PrecheckResultInline(ReadOnlyTabularInline):
    model = PrecheckResult
    fields = ("kind", "outcome", "severity", "detail")
    readonly_fields = ("detail",)


@admin.register(PrecheckRun)
class PrecheckRunAdmin(PreparationAdmin):
    version_path = "revision__version"
    list_display = ("revision", "requested_by", "requested_at", "finished_at", "tool_version")
    list_select_related = ("revision__version__asset", "requested_by")
    search_fields = ("revision__version__asset__code",)
    inlines = (PrecheckResultInline,)


class TaskInline(ReadOnlyTabularInline):
    model = ReviewTask
    fields = ("role", "stage", "state", "due_on", "assignee")


@admin.register(ReviewCycle)
class ReviewCycleAdmin(PreparationAdmin):
    version_path = "version"
    list_display = ("version", "number", "kind", "state", "opened_by", "opened_at", "closed_at")
    list_filter = ("state", "kind")
    list_select_related = ("version__asset", "opened_by")
    search_fields = ("version__asset__code",)
    inlines = (TaskInline,)


@admin.register(ReviewTask)
class ReviewTaskAdmin(PreparationAdmin):
    version_path = "cycle__version"
    list_display = ("cycle", "role", "state", "due_on", "assignee")
    list_filter = ("state", "role")
    list_select_related = ("cycle__version__asset", "assignee")
    search_fields = ("cycle__version__asset__code",)


class ChangeInline(ReadOnlyTabularInline):
    model = RequestedChange
    fields = ("position", "text", "evidence", "answered_at", "confirmed_at")


class ExemptionInline(ReadOnlyTabularInline):
    model = VisaExemption
    fields = ("support_category", "lapsed_at")


@admin.register(Verdict)
class VerdictAdmin(PreparationAdmin):
    version_path = "cycle__version"
    list_display = ("task", "outcome", "decided_by", "on_behalf_of", "decided_at", "voided_at")
    list_filter = ("outcome",)
    list_select_related = ("task__cycle__version__asset", "decided_by", "on_behalf_of")
    search_fields = ("cycle__version__asset__code", "decided_by__username")
    inlines = (ChangeInline, ExemptionInline)


@admin.register(Carry)
class CarryAdmin(PreparationAdmin):
    version_path = "version"
    list_display = ("version", "kind", "role", "carried_by", "on_behalf_of", "carried_at")
    list_filter = ("kind",)
    list_select_related = ("version__asset", "carried_by", "on_behalf_of")


class ReplyInline(ReadOnlyTabularInline):
    model = CommentReply


@admin.register(Comment)
class CommentAdmin(PreparationAdmin):
    version_path = "version"
    list_display = ("version", "severity", "author", "created_at", "resolved_at", "verified_at")
    list_filter = ("severity",)
    list_select_related = ("version__asset", "author")
    search_fields = ("version__asset__code", "body")
    inlines = (ReplyInline,)
