"""What every API call needs besides a person: a password of their own, a token that may."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from approvals.audit import PolicyDenied
from approvals.people.policies import check_password_is_own, check_second_factor_registered
from config.http import factors


class PasswordIsTheirOwn(BasePermission):
    """Whoever was given a password chooses their own before anything else."""

    def has_permission(self, request: Request, view: Any) -> bool:
        check_password_is_own(request.user)
        return True


class SecondFactorIsGiven(BasePermission):
    """Whoever has a second factor, or owes one, does nothing here without it.

    A token was given for a code already (tokens end when the first factor is registered).
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        person = request.user
        check_second_factor_registered(person)
        with_session = request.auth is None
        if with_session and not factors.given_in(request._request, person):
            raise PolicyDenied(
                "second_factor_missing",
                _("This session was opened without your second factor: sign in again."),
            )
        return True


class TokenMayWrite(BasePermission):
    """A read-only token reads, and does nothing else."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method not in SAFE_METHODS and getattr(request.auth, "read_only", False):
            raise PolicyDenied(
                "read_only_token",
                _("This token only reads: sign in for one that may write."),
            )
        return True
