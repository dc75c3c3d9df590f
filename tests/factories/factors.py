"""Second factors of the cast: an application that shows codes, and who signed in with it."""

import time
from datetime import datetime

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from approvals.people import factors
from approvals.people.actions import register_totp
from approvals.people.models import User
from tests.factories import T0


def code_at(secret: str, now: datetime) -> str:
    """Return what the application shows at an instant."""
    return format_hotp_value(hotp_value(secret, factors.period_of(now)))


def with_totp(person: User, now: datetime = T0) -> str:
    """Register an application for a person, a minute before ``now``; return its secret."""
    secret = generate_totp_secret()
    before = datetime.fromtimestamp(now.timestamp() - 60, tz=now.tzinfo)
    register_totp(secret=secret, code=code_at(secret, before), by=person, now=before)
    return secret


def client_with_factor(person: User) -> Client:
    """Return a browser in which a person signed in with their second factor."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "at": time.time()}
    ]
    session.save()
    return client
