"""Addresses of one's own notifications and of the choice of one's mails, at the root."""

from typing import Any

from django.urls import path

from content.outbox import views

app_name = "outbox"
urlpatterns: list[Any] = []
root_urlpatterns = [
    path("notifications/", views.Notifications.as_view(), name="notifications"),
    path("notifications/read/", views.ReadNotifications.as_view(), name="read_all"),
    path("notifications/<int:pk>/read/", views.ReadNotification.as_view(), name="read"),
    path("profile/mails/", views.Mails.as_view(), name="mails"),
]
