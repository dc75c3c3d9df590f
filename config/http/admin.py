"""The admin's read-only page of a regulated model: the base of every ``ModelAdmin`` of the house.

Nothing is written through Django's own forms: each act has its page that calls one action. Who
may look is a matter of role, never of ``is_staff`` alone (SECURITY.md).
"""

from dataclasses import replace
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import ModelChange
from simple_history.template_utils import HistoricalRecordContextHelper
from unfold.admin import ModelAdmin, StackedInline, TabularInline


def may_look(request: HttpRequest) -> bool:
    """Whether the person behind a request works in the office."""
    user: Any = request.user
    return bool(user.is_authenticated and user.is_active and user.is_office)


class _NothingIsWritten:
    """Refuse add, change and delete; let the office look."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # Both: a role of the office, and the right installed for it (approvals.desk.setup).
        return may_look(request) and super().has_view_permission(request, obj)  # type: ignore[misc]


def secrets_of(model: Any) -> frozenset[str]:
    """Return the fields of a model whose values nobody reads (a password's hash)."""
    return getattr(model, "secret_fields", frozenset())


class WithoutSecrets(HistoricalRecordContextHelper):
    """Say in a history that a secret changed, never what it was or is."""

    def format_delta_change(self, change: ModelChange) -> ModelChange:
        if change.field in secrets_of(self.model):
            change = replace(change, old="•••", new="•••")
        return super().format_delta_change(change)


class ReadOnlyAdmin(_NothingIsWritten, SimpleHistoryAdmin, ModelAdmin):
    """A list and a page that show a model, its state and its history, and write nothing.

    Override ``has_view_permission`` to narrow who looks; a subclass's own pages (``get_urls``)
    call one action each.
    """

    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._check_listed(request, object_id)
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        return response

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._check_listed(request, object_id)
        # simple-history's form takes a POST even from somebody who may only look, and
        # overwrites the row (ARCHITECTURE.md, traps).
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        response: HttpResponse = super().history_form_view(
            request, object_id, version_id, extra_context
        )
        return response

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        # ``?password__startswith=`` would tell a hash letter by letter.
        if lookup.partition("__")[0] in secrets_of(self.model):
            return False
        return bool(super().lookup_allowed(lookup, value, request))

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> WithoutSecrets:
        return WithoutSecrets(self.model, historical_record)

    def _check_listed(self, request: HttpRequest, object_id: str) -> None:
        # simple-history finds a row through its history, past what ``get_queryset`` lets one see.
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404


class ReadOnlyPlainAdmin(_NothingIsWritten, ModelAdmin):
    """The same for a model that keeps no history (messages, events)."""

    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class ReadOnlyTabularInline(_NothingIsWritten, TabularInline):
    """Rows of another model shown on a page, as a table; nothing is written."""

    extra = 0
    can_delete = False
    show_change_link = False
    # A row's first cell says what it is: unfold would say it twice.
    hide_title = True


class ReadOnlyStackedInline(_NothingIsWritten, StackedInline):
    """Rows of another model shown on a page, one under the other; nothing is written."""

    extra = 0
    can_delete = False
    show_change_link = False
