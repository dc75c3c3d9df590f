"""Headers of every answer."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from approvals.people.policies import owes_second_factor
from config.http import factors

GetResponse = Callable[[HttpRequest], HttpResponse]


class AdminContentSecurityPolicy:
    """Allow unfold's bundled Alpine under ``/admin/`` only (ARCHITECTURE.md, traps)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_update = {  # type: ignore[attr-defined]
                "script-src": [SELF, UNSAFE_EVAL],
                "style-src": [SELF, UNSAFE_INLINE],
            }
        return response


class PrivateByDefault:
    """Keep pages of signed-in people out of every shared cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        return response


# Answers for machines, and files that say nothing; the API refuses in its own words.
OPEN_TO_ALL = ("/api/", "/static/", "/healthz", "/readyz", "/favicon.ico")


class OwnPasswordFirst:
    """Lead whoever was given a password to choose their own before any other page.

    The API refuses them by ``config.http.permissions.PasswordIsTheirOwn`` (SECURITY.md 6).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(OPEN_TO_ALL) and _owes_password(request.user):
            page = reverse("desk:password")
            if request.path not in {page, reverse("account_logout"), reverse("set_language")}:
                return redirect(page)
        return self.get_response(request)


def _owes_password(person: Any) -> bool:
    return bool(person.is_authenticated and person.must_change_password)


class SecondFactorFirst:
    """No page opens without the second factor that a person has, or that their role asks for.

    A session opened by the password alone ends once a factor is registered, one opened with a
    factor once that is reset; whoever owes one is led to register it. The API refuses by
    ``config.http.permissions.SecondFactorIsGiven``.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user
        if request.path.startswith(OPEN_TO_ALL) or not person.is_authenticated:
            return self.get_response(request)
        if not factors.given_in(request, person):
            logout(request)
            return redirect_to_login(request.get_full_path())
        if owes_second_factor(person) and not _registers(request.path):
            return redirect("desk:factors")
        return self.get_response(request)


def _registers(path: str) -> bool:
    open_pages = ("desk:factors", "desk:factor_totp", "desk:factor_key", "desk:factor_challenge")
    open_pages += ("desk:password", "account_logout", "set_language")
    return path in {reverse(page) for page in open_pages}
