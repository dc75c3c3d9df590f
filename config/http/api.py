"""The bases of the API's views: one action call each, under the same rules as the pages.

``ActEndpoint`` does a write (``Idempotency-Key`` honoured), ``ListEndpoint`` a list by keyset
cursors, ``ReadEndpoint`` one resource. Signed acts: ``approvals.signatures.api``.
"""

import abc
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from approvals.audit import InvalidInput
from config.http.idempotency import Answer, repeatable
from config.http.schema import EndpointSchema

if TYPE_CHECKING:
    from approvals.people.models import User

PAGING = ("cursor", "limit")


class UtcDateTimeField(serializers.DateTimeField):
    """An instant, always in UTC: DRF prints Paris offsets otherwise (ARCHITECTURE.md, traps)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class Shape(serializers.Serializer[Any]):
    """The shape of a body; a field that it does not name is refused, at every depth."""

    def to_internal_value(self, data: Any) -> Any:
        refuse_unknown_fields(data, self.fields)
        return super().to_internal_value(data)


def refuse_unknown_fields(data: Any, known: Any) -> None:
    """:raises ValidationError: naming each field that is not known (mass assignment)."""
    if isinstance(data, Mapping):
        unknown = sorted(str(name) for name in set(data) - set(known))
        if unknown:
            sentence = _("This field is not known here: leave it out.")
            raise serializers.ValidationError({name: [sentence] for name in unknown})


class KnownParameters(APIView):
    """Refuse query parameters that the view does not name, so that a typo never widens a list."""

    parameters: ClassVar[tuple[str, ...]] = ()
    schema = EndpointSchema()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = {*self.parameters, *self.paging_parameters(), "format"}
        errors = {
            name: [_("This parameter is not known here: leave it out.")]
            for name in request.query_params
            if name not in known
        }
        for name, value in request.query_params.items():
            if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
                errors[name] = [_("This value holds a forbidden character: take it out.")]
        if errors:
            raise InvalidInput(errors, "unknown_parameter")

    def paging_parameters(self) -> tuple[str, ...]:
        return ()


class ReadEndpoint(KnownParameters):
    """One resource: ``get`` is yours; declare ``read_serializer_class`` for the schema."""

    read_serializer_class: type[serializers.BaseSerializer[Any]] | None = None


class ListEndpoint(KnownParameters, ListAPIView[Any]):
    """A list: ``get_queryset`` (already ``visible_to``), ``read_serializer_class``, ``ordering``.

    ``ordering`` is a field or tuple of fields, unique by its end (``"-pk"`` by default).
    """

    read_serializer_class: type[serializers.BaseSerializer[Any]] | None = None
    ordering: ClassVar[str | tuple[str, ...]] = "-pk"

    def paging_parameters(self) -> tuple[str, ...]:
        return PAGING if self.request.method == "GET" else ()

    def get_serializer_class(self) -> Any:
        return self.read_serializer_class


class ActEndpoint(KnownParameters):
    """One write that calls one action.

    Override ``get_object`` (through ``visible_to``, so that what is not visible is 404) and
    ``perform``; ``serializer_class`` checks the body's shape only. POST by default; a PATCH or
    DELETE view sets ``act_methods = ("PATCH",)``. For the schema, ``responses`` maps each success
    status to its serializer class, ``None`` for a free object.
    """

    serializer_class: type[serializers.BaseSerializer[Any]] | None = None
    responses: ClassVar[dict[int, Any]] = {200: None}
    act_methods: ClassVar[tuple[str, ...]] = ("POST",)
    # Secrets of the answer, which a repeat of the request is not told again.
    shown_once: ClassVar[tuple[str, ...]] = ()

    @property
    def allowed_methods(self) -> list[str]:
        reads = ["GET", "HEAD"] if hasattr(self, "get") else []
        return [*reads, *self.act_methods, "OPTIONS"]

    def get_object(self, request: Request, **kwargs: Any) -> Any:
        """Return what the act is about, or raise ``Http404``."""
        return None

    @abc.abstractmethod
    def perform(self, obj: Any, data: Any, *, by: "User", now: datetime) -> Answer:
        """Call one action; return the status and the body (``None`` for none)."""

    def post(self, request: Request, **kwargs: Any) -> Response:
        return self.act(request, **kwargs)

    def patch(self, request: Request, **kwargs: Any) -> Response:
        return self.act(request, **kwargs)

    def delete(self, request: Request, **kwargs: Any) -> Response:
        return self.act(request, **kwargs)

    def act(self, request: Request, **kwargs: Any) -> Response:
        """Do the write, or repeat the answer that its key was given."""
        if request.method not in self.act_methods:
            self.http_method_not_allowed(request)
        now = timezone.now()
        keyed = repeatable(request, now)
        if keyed is not None:
            answer = keyed.stored()
            if answer is not None:
                return respond(answer, repeated=True)
        obj = self.get_object(request, **kwargs)
        run = self.prepared(request, obj, self.validated(request), now)
        if keyed is None:
            return respond(run())
        answer, repeated = keyed.once(run, shown_once=self.shown_once)
        return respond(answer, repeated=repeated)

    def validated(self, request: Request) -> Any:
        """Return the body's checked values.

        :raises ValidationError: naming each field that is wrong, missing or unknown.
        """
        return self.checked_shape(request, request.data)

    def checked_shape(self, request: Request, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise InvalidInput.at("__all__", _("The body must be a JSON object."))
        if self.serializer_class is None:
            refuse_unknown_fields(data, ())
            return {}
        serializer = self.serializer_class(
            data=data, partial=request.method == "PATCH", context={"request": request}
        )
        refuse_unknown_fields(data, getattr(serializer, "fields", data))
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def prepared(
        self, request: Request, obj: Any, data: Any, now: datetime
    ) -> Callable[[], Answer]:
        """Return the act, ready to be done inside a transaction."""
        return lambda: self.perform(obj, data, by=request.user, now=now)


def respond(answer: Answer, *, repeated: bool = False) -> Response:
    """Return an answer; a repeated one says so in ``Idempotent-Replay``."""
    status, body = answer
    headers = {"Idempotent-Replay": "true"} if repeated else {}
    return Response(body, status=status, headers=headers)
