"""Addresses of this app under ``/api/v1/``."""

from django.urls import path

from content.access.api import Me

urlpatterns = [path("me/", Me.as_view(), name="me")]
