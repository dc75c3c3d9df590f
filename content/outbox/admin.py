"""What left, what waits and what failed, read-only, for administrators and inspectors."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from approvals.people.enums import Role
from config.http.admin import ReadOnlyAdmin, ReadOnlyPlainAdmin
from content.outbox.models import Message, WebhookEndpoint


@admin.register(Message)
class MessageAdmin(ReadOnlyPlainAdmin):
    list_display = ("topic", "channel", "recipient", "state", "attempts", "created_at", "done_at")
    list_filter = ("state", "channel", "topic")
    list_select_related = ("recipient",)
    search_fields = ("topic", "key", "subject", "recipient__username")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # Mails are personal: the office at large does not read them.
        return super().has_view_permission(request, obj) and request.user.holds(
            Role.ADMINISTRATOR, Role.INSPECTOR
        )


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Its record and history; what is done with it has pages of its own (``outbox:webhooks``)."""

    list_display = ("url", "active", "created_at", "created_by")
    list_filter = ("active",)
    list_select_related = ("created_by",)
    # The secrets open nothing without the key of the house, and nobody needs to read them.
    exclude = ("secret", "former_secret")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_view_permission(request, obj) and request.user.holds(
            Role.ADMINISTRATOR, Role.INSPECTOR
        )
