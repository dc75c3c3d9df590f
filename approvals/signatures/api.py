"""Signed acts over the API: the password again with every one, for one meaning only."""

import abc
import functools
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from approvals.audit import InvalidInput
from approvals.people.models import User
from approvals.signatures.actions import prove
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from config.http.api import ActEndpoint, Shape
from config.http.idempotency import Answer


class SignatureShape(Shape):
    """``{"password", "otp"?, "meaning"}``."""

    password = serializers.CharField(max_length=4096, trim_whitespace=False)
    otp = serializers.CharField(max_length=64, required=False, allow_blank=True)
    meaning = serializers.ChoiceField(choices=Meaning.choices)


class SignedBody(Shape):
    """The body of a signed act that says nothing else."""

    signature = SignatureShape()


@functools.cache
def _signed(shape: type[Shape]) -> type[Shape]:
    """One description per shape, so that the schema has one component for it."""
    return type(f"Signed{shape.__name__}", (shape,), {"signature": SignatureShape()})


class SignedActEndpoint(ActEndpoint):
    """A signed write: credentials are proved before the act, and passed as ``credentials``.

    ``meaning`` is the act's own, or a method ``meaning(self, obj, data)`` that returns it.
    """

    meaning: Any = None

    @abc.abstractmethod
    def perform(  # type: ignore[override]
        self, obj: Any, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        """Call one action with the proof; return the status and the body (``None`` for none)."""

    @staticmethod
    def schema_body(shape: Any) -> Any:
        """Return the body's description with its signature."""
        return SignedBody if shape is None else _signed(shape)

    def validated(self, request: Request) -> Any:
        body = request.data
        if not isinstance(body, Mapping):
            raise InvalidInput.at("__all__", _("The body must be a JSON object."))
        rest = {name: value for name, value in body.items() if name != "signature"}
        signature = SignatureShape(data=body.get("signature"), required=True)
        if "signature" not in body:
            raise InvalidInput.at(
                "signature", _("Sign this act: give your password and the meaning.")
            )
        if not signature.is_valid():
            raise serializers.ValidationError({"signature": signature.errors})
        return self.checked_shape(request, rest), signature.validated_data

    def prepared(
        self, request: Request, obj: Any, data: Any, now: datetime
    ) -> Callable[[], Answer]:
        values, signature = data
        meaning = self.meaning(obj, values) if callable(self.meaning) else self.meaning
        if signature["meaning"] != meaning:
            raise InvalidInput.at(
                "signature.meaning",
                _("This act is signed with the meaning “%(meaning)s”: give that one.")
                % {"meaning": meaning},
                "wrong_meaning",
            )
        proof = prove(
            by=request.user,
            now=now,
            password=signature["password"],
            otp=signature.get("otp", ""),
            meaning=meaning,
            request=request._request,
        )
        return lambda: self.perform(obj, values, credentials=proof, by=request.user, now=now)
