"""One sending of a form does one act, however often the button was pressed.

A form carries a key made when it was shown. The key and where the act led are written in the
act's own transaction, so that a repeated request finds the first one's answer instead of acting
again (SECURITY.md 20), and a refused act leaves the key free.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext

from approvals.audit import StateConflict
from approvals.audit.models import IdempotencyKey

KEY_FIELD = "sending"
# Never part of the comparison: secrets, and what differs between two showings of the same form.
LEFT_OUT = {"csrfmiddlewaretoken", "password", "current", "again", "otp"}


class Sending:
    """One sending of one form by one person."""

    def __init__(self, request: HttpRequest) -> None:
        self.user = request.user
        self.path = request.path[:500]
        self.key = request.POST.get(KEY_FIELD, "")[:200]
        self.body = _body_of(request)

    @staticmethod
    def fresh() -> str:
        """Return a key for a form about to be shown."""
        return secrets.token_urlsafe(16)

    def answered(self) -> str | None:
        """Return where the first sending led, or None if there was none.

        :raises StateConflict: ``already_sent`` when the same form was sent with other contents.
        """
        first = self._rows().first() if self.key else None
        if first is None:
            return None
        if not hmac.compare_digest(first.body_hmac, self.body):
            raise StateConflict(
                "already_sent",
                gettext("This form was already sent with other contents: open the page again."),
            )
        return first.response

    def once(self, perform: Callable[[], Any]) -> str:
        """Perform the act and keep its answer in the same transaction.

        :raises StateConflict: ``already_sent``, see ``answered``.
        """
        if not self.key:
            return resolve_url(perform())
        try:
            with transaction.atomic():
                kept = self._keep()
                kept.response = resolve_url(perform())
                kept.save(update_fields=["response"])
                return kept.response
        except _SentTwice:
            # The first of two simultaneous sendings has committed by now: its answer stands.
            return self.answered() or "/"

    def _keep(self) -> IdempotencyKey:
        try:
            return IdempotencyKey.objects.create(
                user=self.user,
                method="POST",
                path=self.path,
                key=self.key,
                body_hmac=self.body,
                created_at=timezone.now(),
            )
        except IntegrityError as error:
            raise _SentTwice from error

    def _rows(self) -> Any:
        return IdempotencyKey.objects.filter(
            user=self.user, method="POST", path=self.path, key=self.key
        )


class _SentTwice(Exception):
    """The same sending arrived twice at once."""


def _body_of(request: HttpRequest) -> str:
    fields = [
        (name, values) for name, values in sorted(request.POST.lists()) if name not in LEFT_OUT
    ]
    files = [
        (name, [(file.name, file.size) for file in found])
        for name, found in sorted(request.FILES.lists())
    ]
    text = repr((fields, files)).encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
