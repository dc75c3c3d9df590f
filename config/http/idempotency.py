"""A write that a client may repeat: the same key gives the same answer, and one effect.

The row is inserted first, in the transaction of the act, so that a second request with the same
key waits for the first; the answer is stored in the same transaction, so that a refused act keeps
no key (ARCHITECTURE.md, "Settings, data, tests").
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from approvals.audit import InvalidInput, StateConflict
from approvals.audit.models import IdempotencyKey

HEADER = "Idempotency-Key"
LIFE = timedelta(hours=24)
MAX_LENGTH = 200
Answer = tuple[int, Any]


class _KeyTaken(Exception):
    """Another request with this key was answered while this one waited."""


class KeyedWrite:
    """One keyed write: its stored answer, or the act done once."""

    def __init__(
        self, *, user: Any, method: str, path: str, key: str, fingerprint: str, now: datetime
    ) -> None:
        self.now = now
        self.identity = {"user": user, "method": method, "path": path[:500], "key": key}
        self.fingerprint = fingerprint

    def stored(self) -> Answer | None:
        """Return the answer this key was given within its 24 hours, if any.

        :raises StateConflict: ``mismatch``'s, if the body was another.
        """
        row = IdempotencyKey.objects.filter(
            **self.identity, created_at__gt=self.now - LIFE, status__isnull=False
        ).first()
        if row is None or row.status is None:
            return None
        if not constant_time_compare(row.body_hmac, self.fingerprint):
            raise self.mismatch()
        return row.status, json.loads(row.response) if row.response else None

    def once(
        self, run: Callable[[], Answer], *, shown_once: Collection[str] = ()
    ) -> tuple[Answer, bool]:
        """Do the act under the key; return the answer and whether it is a repeat.

        ``shown_once`` names secrets of the answer that are kept nowhere: a repeat says null.
        """
        try:
            with transaction.atomic():
                row = self._take_key()
                status, body = run()
                row.status = status
                kept = {**body, **dict.fromkeys(shown_once)} if shown_once else body
                row.response = "" if body is None else rendered(kept)
                row.save(update_fields=["status", "response"])
        except _KeyTaken:
            answer = self.stored()
            if answer is None:
                raise StateConflict(
                    "idempotency_in_progress",
                    _("A request with this Idempotency-Key is under way: try again."),
                ) from None
            return answer, True
        return (status, body), False

    def mismatch(self) -> StateConflict:
        """Return the refusal of a key that came back with another body."""
        return StateConflict(
            "idempotency_mismatch",
            _("This Idempotency-Key was used with another body: choose a new key."),
        )

    def _take_key(self) -> IdempotencyKey:
        IdempotencyKey.objects.filter(**self.identity, created_at__lte=self.now - LIFE).delete()
        try:
            with transaction.atomic():
                return IdempotencyKey.objects.create(
                    **self.identity, body_hmac=self.fingerprint, created_at=self.now
                )
        except IntegrityError as error:
            raise _KeyTaken from error


def repeatable(request: Request, now: datetime) -> KeyedWrite | None:
    """Return the keyed write a request asks for, or None without ``Idempotency-Key``.

    :raises InvalidInput: if the key is too long or not plain text.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not key or len(key) > MAX_LENGTH or not key.isascii() or not key.isprintable():
        raise InvalidInput.at(
            HEADER,
            _("An Idempotency-Key is 1 to %(count)d printable ASCII characters: send another.")
            % {"count": MAX_LENGTH},
        )
    return KeyedWrite(
        user=request.user,
        method=request.method or "",
        path=request.path,
        key=key,
        fingerprint=body_hmac(request.data),
        now=now,
    )


def rendered(body: Any) -> str:
    """Return an answer as the exact JSON that a repeat gives again."""
    return JSONRenderer().render(body).decode()


def body_hmac(data: Any) -> str:
    """Return the HMAC of a body without its ``signature``: no password is ever stored."""
    if isinstance(data, QueryDict):
        content: Any = {name: [plain(item) for item in data.getlist(name)] for name in data}
    else:
        content = data
    if isinstance(content, Mapping):
        content = {name: value for name, value in content.items() if name != "signature"}
    return fingerprint(content)


def fingerprint(content: Any) -> str:
    """Return the HMAC of a body's fields, files by their bytes."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return salted_hmac("imprimatur.idempotency", text, algorithm="sha256").hexdigest()


def plain(item: Any) -> Any:
    """Return a form's value as it is compared: a file is its name and its SHA-256."""
    if not isinstance(item, UploadedFile):
        return item
    digest = hashlib.sha256()
    for chunk in item.chunks():
        digest.update(chunk)
    item.seek(0)
    return {"name": item.name, "sha256": digest.hexdigest()}


def forget_old_keys(now: datetime) -> int:
    """Forget the keys that no longer hold; return how many."""
    count, _by_model = IdempotencyKey.objects.filter(created_at__lte=now - LIFE).delete()
    return count
