"""Second factors: their secrets encrypted at rest, and which sign-in was made with one."""

from typing import Any, ClassVar

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.http.sealing import sealed, unsealed

ISSUER = "Imprimatur"
PURPOSE = b"imprimatur second factors"


class EncryptingAdapter(DefaultMFAAdapter):
    """Secrets are stored under a key made from ``SECRET_KEY``; former keys still open them.

    A code cannot be taken from a stolen copy of the database alone (docs/operations.md).
    """

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The security key was not recognised: try again."),
    }

    def encrypt(self, text: str) -> str:
        return sealed(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return unsealed(encrypted_text, purpose=PURPOSE)

    def get_totp_issuer(self) -> str:
        return ISSUER

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.get_username())

    def _get_site_name(self) -> str:
        return ISSUER


def kind_given_in(request: HttpRequest) -> str:
    """Return the kind of factor that a session was opened with, or ``""``."""
    methods = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    kinds = [method.get("type", "") for method in methods if method.get("method") == "mfa"]
    return str(kinds[-1]) if kinds else ""


def given_in(request: HttpRequest, person: Any) -> bool:
    """Whether a session was opened, or went on, with what a person has as second factors now.

    One that was opened with factors taken away since does not stand: neither while there are none
    (they may have been lost with the session), nor with those that were registered later.
    """
    # No session is one in which nothing was given.
    methods = getattr(request, "session", {}).get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    given = [method.get("at", 0) for method in methods if method.get("method") == "mfa"]
    since = person.second_factor_since
    return not given if since is None else any(at >= since.timestamp() for at in given)


def forget_in(request: HttpRequest) -> None:
    """Let a session go on whose person took their last factor away in it."""
    request.session.pop(AUTHENTICATION_METHODS_SESSION_KEY, None)
