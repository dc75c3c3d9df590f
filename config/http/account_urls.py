"""Sign-in and sign-out by allauth; its other routes are closed: accounts are an administrator's."""

from typing import Any

from allauth.account import views
from allauth.mfa.base import views as second_step
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path


def closed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Answer as if the route did not exist (allauth needs its name)."""
    raise Http404


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("second-factor/", second_step.authenticate, name="mfa_authenticate"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", closed, name="account_signup"),
    path("reauthenticate/", closed, name="account_reauthenticate"),
    path("password/reset/", closed, name="account_reset_password"),
]
