"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from content.outbox.api import notifications, webhooks

urlpatterns = [
    path("notifications/", notifications.Notifications.as_view(), name="notifications"),
    path("notifications/read-all/", notifications.ReadNotifications.as_view(), name="read_all"),
    path("notifications/<int:pk>/read/", notifications.ReadNotification.as_view(), name="read"),
    path("me/preferences/", notifications.Preferences.as_view(), name="preferences"),
    path("webhooks/", webhooks.Webhooks.as_view(), name="webhooks"),
    path("webhooks/<int:pk>/", webhooks.Webhook.as_view(), name="webhook"),
    path("webhooks/<int:pk>/deliveries/", webhooks.Deliveries.as_view(), name="deliveries"),
    path("webhooks/<int:pk>/rotate/", webhooks.RotateSecret.as_view(), name="rotate"),
    path("webhooks/<int:pk>/test/", webhooks.TryWebhook.as_view(), name="test"),
    path("webhooks/<int:pk>/resend/", webhooks.ResendDelivery.as_view(), name="resend"),
]
