"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from content.outbox import api

urlpatterns = [
    path("notifications/", api.Notifications.as_view(), name="notifications"),
    path("notifications/read-all/", api.ReadNotifications.as_view(), name="read_all"),
    path("notifications/<int:pk>/read/", api.ReadNotification.as_view(), name="read"),
    path("me/preferences/", api.Preferences.as_view(), name="preferences"),
]
