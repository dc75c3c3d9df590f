"""What a webhook says and how it is signed (Standard Webhooks): the sending, no row is written."""

import base64
import secrets
from datetime import datetime

import httpx
from django.utils import timezone
from standardwebhooks import Webhook

from config.http.sealing import sealed, unsealed
from content.outbox.models import Message, WebhookEndpoint
from content.outbox.reach import Answer, Unreachable, post

PURPOSE = b"imprimatur webhooks"
PREFIX = "whsec_"
SECRET_BYTES = 32


class NotTaken(Exception):
    """The host did not take it; ``answer`` is what it said, if it said anything."""

    def __init__(self, reason: str, answer: str = "") -> None:
        super().__init__(reason)
        self.answer = answer


def new_secret() -> str:
    """Return a new secret, as it is shown once and as receivers' libraries read it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def seal(secret: str) -> str:
    """Return a secret as it is stored."""
    return sealed(secret, purpose=PURPOSE)


def unseal(text: str) -> str:
    """Return a secret that was stored."""
    return unsealed(text, purpose=PURPOSE)


def send(endpoint: WebhookEndpoint, message: Message) -> str:
    """Send a message, signed now, and return what was answered.

    :raises NotTaken: unless the host answers 2xx, in time, at an address that may be reached.
    """
    at = timezone.now()
    name = f"msg_{message.pk}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": _signatures(endpoint, name, message.body, at),
    }
    try:
        answer = post(endpoint.url, headers=headers, body=message.body.encode())
    except (Unreachable, httpx.HTTPError, httpx.StreamError) as error:
        raise NotTaken(f"{type(error).__name__}: {error}") from error
    if not 200 <= answer.status < 300:
        raise NotTaken(_refusal(answer), str(answer))
    return str(answer)


def _refusal(answer: Answer) -> str:
    if 300 <= answer.status < 400:
        return f"HTTP {answer.status}: redirects are not followed."
    return f"HTTP {answer.status}"


def _signatures(endpoint: WebhookEndpoint, name: str, body: str, at: datetime) -> str:
    """Sign with the secret and, for a while after a change, with the former one too."""
    stored = [endpoint.secret]
    if endpoint.former_secret and endpoint.former_until and at < endpoint.former_until:
        stored.append(endpoint.former_secret)
    keys = [Webhook(unseal(text)) for text in stored]
    return " ".join(key.sign(name, at, body) for key in keys)
