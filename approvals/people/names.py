"""What is kept of a name typed to sign in: one that nobody has may be a password."""

from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from approvals.people.models import User


def digest_of(username: str) -> str:
    """Return the keyed digest that stands for an unknown name: the same name, the same digest."""
    return salted_hmac("unknown username", username, algorithm="sha256").hexdigest()[:16]


def counted_as(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """Return under which name failures are counted and stored (``AXES_USERNAME_CALLABLE``)."""
    typed = (credentials or {}).get("username") or request.POST.get("username")
    if not typed:
        return None
    known = User.objects.filter(username=typed[:150]).exists()
    return str(typed) if known else f"unknown {digest_of(typed)}"
