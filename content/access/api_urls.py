"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from content.access.api import Delegations, Me, Revoke

urlpatterns = [
    path("me/", Me.as_view(), name="me"),
    path("delegations/", Delegations.as_view(), name="delegations"),
    path("delegations/<int:pk>/revoke/", Revoke.as_view(), name="revoke"),
]
