"""Webhooks over the API: whom the house tells, and what was sent to them."""

import json
from datetime import datetime
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.people.models import User
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint, Shape, UtcDateTimeField
from config.http.idempotency import Answer
from content.outbox import actions
from content.outbox.enums import DispatchState
from content.outbox.models import Message, WebhookEndpoint


class WebhookShape(serializers.Serializer[Any]):
    """A system that is told; its secret is shown when it is made, and never again."""

    id = serializers.IntegerField(source="pk")
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()
    created_at = UtcDateTimeField()
    former_secret_until = UtcDateTimeField(source="former_until", allow_null=True)


class NewWebhookShape(WebhookShape):
    """``secret`` is null where the request only repeats one that was answered."""

    secret = serializers.CharField(allow_null=True)


class SecretShape(serializers.Serializer[Any]):
    secret = serializers.CharField(allow_null=True)


class DeliveryShape(serializers.Serializer[Any]):
    """One message to one webhook; ``failed`` ones are given up, and may be sent again."""

    id = serializers.IntegerField(source="pk")
    event = serializers.CharField(source="topic")
    state = serializers.CharField()
    attempts = serializers.IntegerField()
    created_at = UtcDateTimeField()
    next_attempt_at = serializers.SerializerMethodField()
    delivered_at = UtcDateTimeField(source="done_at", allow_null=True)
    answer = serializers.CharField()
    last_error = serializers.CharField()
    payload = serializers.SerializerMethodField()

    def get_next_attempt_at(self, message: Message) -> str | None:
        if message.state != DispatchState.WAITING:
            return None
        return str(UtcDateTimeField().to_representation(message.not_before))

    def get_payload(self, message: Message) -> dict[str, Any]:
        payload: dict[str, Any] = json.loads(message.body)
        return payload


class WebhookBody(Shape):
    url = serializers.CharField(max_length=500)
    events = serializers.ListField(child=serializers.CharField(max_length=20), max_length=20)


class ChangeBody(WebhookBody):
    active = serializers.BooleanField()


class ResendBody(Shape):
    delivery = serializers.IntegerField(min_value=1, max_value=2**62)


def seen(request: Request, pk: int) -> WebhookEndpoint:
    """Return a webhook that the person sees, or 404."""
    endpoint: WebhookEndpoint = get_object_or_404(
        WebhookEndpoint.objects.visible_to(request.user), pk=pk
    )
    return endpoint


class Webhooks(ActEndpoint, ListEndpoint):
    """Those there are, also the deactivated ones; register one."""

    serializer_class = WebhookBody
    read_serializer_class = WebhookShape
    responses: ClassVar[dict[int, Any]] = {201: NewWebhookShape}
    shown_once: ClassVar[tuple[str, ...]] = ("secret",)
    ordering = "pk"

    def get_queryset(self) -> Any:
        return WebhookEndpoint.objects.visible_to(self.request.user)

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        endpoint, secret = actions.register_webhook(data["url"], data["events"], by=by, now=now)
        return 201, {**WebhookShape(endpoint).data, "secret": secret}


class Webhook(ActEndpoint, ReadEndpoint):
    """One webhook; PATCH changes its address, its events, or whether it is active."""

    serializer_class = ChangeBody
    read_serializer_class = WebhookShape
    responses: ClassVar[dict[int, Any]] = {200: WebhookShape}
    act_methods: ClassVar[tuple[str, ...]] = ("PATCH",)

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(WebhookShape(seen(request, kwargs["pk"])).data)

    def get_object(self, request: Request, **kwargs: Any) -> WebhookEndpoint:
        return seen(request, kwargs["pk"])

    def perform(self, obj: WebhookEndpoint, data: Any, *, by: User, now: datetime) -> Answer:
        endpoint = actions.change_webhook(obj.pk, by=by, now=now, **data)
        return 200, WebhookShape(endpoint).data


class WebhookAct(ActEndpoint):
    """An act of the administrator on a webhook."""

    def get_object(self, request: Request, **kwargs: Any) -> WebhookEndpoint:
        return seen(request, kwargs["pk"])


class RotateSecret(WebhookAct):
    """Give it a new secret; the former one signs beside it for a day."""

    responses: ClassVar[dict[int, Any]] = {200: SecretShape}
    shown_once: ClassVar[tuple[str, ...]] = ("secret",)

    def perform(self, obj: WebhookEndpoint, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, {"secret": actions.rotate_webhook_secret(obj.pk, by=by, now=now)}


class TryWebhook(WebhookAct):
    """Send it an event that tells of nothing; its delivery says what was answered."""

    responses: ClassVar[dict[int, Any]] = {202: DeliveryShape}

    def perform(self, obj: WebhookEndpoint, data: Any, *, by: User, now: datetime) -> Answer:
        return 202, DeliveryShape(actions.try_webhook(obj.pk, by=by, now=now)).data


class ResendDelivery(WebhookAct):
    """Send a delivery again that was given up, or taken."""

    serializer_class = ResendBody
    responses: ClassVar[dict[int, Any]] = {202: DeliveryShape}

    def perform(self, obj: WebhookEndpoint, data: Any, *, by: User, now: datetime) -> Answer:
        message = actions.resend_webhook(obj.pk, data["delivery"], by=by, now=now)
        return 202, DeliveryShape(message).data


class Deliveries(ListEndpoint):
    """What was sent to a webhook, the newest first."""

    read_serializer_class = DeliveryShape

    def get_queryset(self) -> Any:
        return seen(self.request, self.kwargs["pk"]).deliveries.all()
