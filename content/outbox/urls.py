"""Pages of this app: webhooks under ``/admin/outbox/``, one's own notifications at the root."""

from typing import Any

from django.urls import path

from content.outbox.views import notifications, webhooks

app_name = "outbox"
urlpatterns: list[Any] = [
    path("webhooks/", webhooks.WebhookList.as_view(), name="webhooks"),
    path("webhooks/new/", webhooks.NewWebhookPage.as_view(), name="new_webhook"),
    path("webhooks/<int:pk>/", webhooks.WebhookPage.as_view(), name="webhook"),
    path("webhooks/<int:pk>/change/", webhooks.ChangeWebhookPage.as_view(), name="change_webhook"),
    path("webhooks/<int:pk>/secret/", webhooks.NewSecretPage.as_view(), name="webhook_secret"),
    path("webhooks/<int:pk>/try/", webhooks.TryWebhookPage.as_view(), name="try_webhook"),
    path(
        "webhooks/<int:pk>/deactivate/",
        webhooks.DeactivateWebhookPage.as_view(),
        name="deactivate_webhook",
    ),
    path(
        "webhooks/<int:pk>/activate/",
        webhooks.ActivateWebhookPage.as_view(),
        name="activate_webhook",
    ),
    path(
        "webhooks/<int:pk>/deliveries/<int:delivery>/again/",
        webhooks.ResendPage.as_view(),
        name="resend",
    ),
]
root_urlpatterns = [
    path("notifications/", notifications.Notifications.as_view(), name="notifications"),
    path("notifications/read/", notifications.ReadNotifications.as_view(), name="read_all"),
    path("notifications/<int:pk>/read/", notifications.ReadNotification.as_view(), name="read"),
    path("profile/mails/", notifications.Mails.as_view(), name="mails"),
]
