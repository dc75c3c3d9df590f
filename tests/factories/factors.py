"""Second factors of the cast: an application that shows codes, and clients who signed in with it."""

from datetime import datetime

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import encrypt

from approvals.people import factors
from approvals.people.actions import register_totp
from approvals.people.models import User
from tests.factories import T0

__all__ = ["code_at", "encrypt", "with_totp"]


def code_at(secret: str, now: datetime) -> str:
    """Return what the application shows at an instant."""
    return format_hotp_value(hotp_value(secret, factors.period_of(now)))


def with_totp(person: User, now: datetime = T0) -> str:
    """Register an application for a person, a minute before ``now``; return its secret."""
    secret = generate_totp_secret()
    before = datetime.fromtimestamp(now.timestamp() - 60, tz=now.tzinfo)
    register_totp(secret=secret, code=code_at(secret, before), by=person, now=before)
    return secret
