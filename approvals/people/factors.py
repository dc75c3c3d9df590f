"""What a person's second factors are, and whether a code or a key is one of theirs. Writes nothing.

A code is good for its own half minute and once: the half minute that was last accepted stays with
the factor in the database, under its row's lock. allauth would keep it in the cache, which is each
process's own where the house has no shared one (ADR 0023).
"""

import hmac
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as keys
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from approvals.people.models import User

PERIOD_SECONDS = 30
Kind = Authenticator.Type
# What makes a second factor; recovery codes stand in for one of these.
MAIN = (Kind.TOTP, Kind.WEBAUTHN)
LAST_PERIOD = "last_period"
LAST_CHALLENGE = "last_challenge"


def of(person: User) -> QuerySet[Authenticator]:
    """Return a person's factors, the oldest first."""
    return Authenticator.objects.filter(user=person).order_by("pk")


def has_key(person: User) -> bool:
    """Whether a person has a security key."""
    return bool(person.second_factor_since) and of(person).filter(type=Kind.WEBAUTHN).exists()


def period_of(now: datetime) -> int:
    """Return the number of the half minute since 1970."""
    return int(now.timestamp()) // PERIOD_SECONDS


def is_code_of(secret: str, code: str, now: datetime) -> bool:
    """Whether a code is the one that a secret gives in this half minute (tolerance 0)."""
    expected = format_hotp_value(hotp_value(secret, period_of(now)))
    return hmac.compare_digest(expected.encode(), code.encode())


def is_code_now(factor: Authenticator, code: str, now: datetime) -> bool:
    """Whether a code is what this person's application shows now, used or not."""
    return is_code_of(decrypt(factor.data["secret"]), code, now)


def unused_recovery_codes(person: User) -> list[str]:
    """Return the recovery codes that still work."""
    kept = of(person).filter(type=Kind.RECOVERY_CODES).first()
    return list(kept.wrap().get_unused_codes()) if kept else []


def challenge_asked() -> str:
    """Return the challenge that this session put to a security key, or ``""``."""
    return str((keys.get_state() or {}).get("challenge", ""))


def factor_of_key(person: User, answer: Any) -> Authenticator | None:
    """Return the security key that answered this session's challenge, or None."""
    try:
        keys.parse_authentication_response(answer)
        return keys.complete_authentication(person, answer)
    except (ValidationError, ValueError, KeyError, AttributeError, TypeError, IndexError):
        return None
