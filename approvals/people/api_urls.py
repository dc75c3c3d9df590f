"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from approvals.people.api import Accountability, Logout, Token

urlpatterns = [
    path("auth/token/", Token.as_view(), name="token"),
    path("auth/logout/", Logout.as_view(), name="logout"),
    path("me/accountability/", Accountability.as_view(), name="accountability"),
]
