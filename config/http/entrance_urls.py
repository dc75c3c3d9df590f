"""The admin's own sign-in, sign-out and password pages lead to the house's: one of each."""

from allauth.account import views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.generic import RedirectView

from config.http.account_urls import closed


def sign_in(request: HttpRequest) -> HttpResponse:
    """Send anonymous people to the sign-in page; who is signed in has no business in the office.

    :raises PermissionDenied: rather than turning in circles between two sign-in pages.
    """
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or "/admin/")


password = login_required(RedirectView.as_view(pattern_name="desk:password"))

urlpatterns = [
    path("login/", sign_in),
    path("logout/", views.logout),
    path("password_change/", password),
    path("password_change/done/", password),
    # Django's "view on site" leads to the address of anything by its number, seen or not.
    path("r/<int:content_type_id>/<path:object_id>/", closed),
]
