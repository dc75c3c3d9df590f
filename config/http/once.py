"""One sending of a form does one act, however often the button was pressed.

A form carries a key made when it was shown, and where the act led is kept under it, as the answer
of an API write is under its ``Idempotency-Key`` (SECURITY.md 20).
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext

from approvals.audit import StateConflict
from config.http.idempotency import MAX_LENGTH, KeyedWrite, fingerprint, plain

KEY_FIELD = "sending"
FOUND = 302
# Never part of the comparison: secrets, and what differs between two showings of the same form.
LEFT_OUT = {"csrfmiddlewaretoken", "password", "current", "again", "otp", "webauthn_key", KEY_FIELD}


class Sending(KeyedWrite):
    """One sending of one form by one person."""

    def __init__(self, request: HttpRequest, now: datetime) -> None:
        super().__init__(
            user=request.user,
            method="POST",
            path=request.path,
            key=request.POST.get(KEY_FIELD, "")[:MAX_LENGTH],
            fingerprint=_fingerprint(request),
            now=now,
        )

    @staticmethod
    def fresh() -> str:
        """Return a key for a form about to be shown."""
        return secrets.token_urlsafe(16)

    def answered(self) -> str | None:
        """Return where the first sending led, or None if there was none.

        :raises StateConflict: ``already_sent`` when the same form was sent with other contents.
        """
        first = self.stored() if self.identity["key"] else None
        return first[1] if first else None

    def led_to(self, perform: Callable[[], Any]) -> str:
        """Perform the act once and return where it leads.

        :raises StateConflict: ``already_sent``, see ``answered``.
        """
        if not self.identity["key"]:
            return resolve_url(perform())
        (_status, target), _repeated = self.once(lambda: (FOUND, resolve_url(perform())))
        return str(target)

    def mismatch(self) -> StateConflict:
        return StateConflict(
            "already_sent",
            gettext("This form was already sent with other contents: open the page again."),
        )


def _fingerprint(request: HttpRequest) -> str:
    fields = {name: values for name, values in request.POST.lists() if name not in LEFT_OUT}
    files = {name: [plain(file) for file in found] for name, found in request.FILES.lists()}
    return fingerprint({"fields": fields, "files": files})
