"""One's own notifications and the choice of one's mails."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.people.models import User
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint, Shape, UtcDateTimeField
from config.http.idempotency import Answer
from content.outbox.actions import choose_mails, mark_all_read, mark_read
from content.outbox.models import Message
from content.outbox.policies import deliveries_of


class NotificationShape(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    topic = serializers.CharField()
    topic_words = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField()
    link = serializers.CharField()
    told_at = UtcDateTimeField(source="created_at")
    read_at = UtcDateTimeField(allow_null=True)


class ReadAllShape(serializers.Serializer[Any]):
    read = serializers.IntegerField()


class PreferencesBody(Shape):
    mails = serializers.DictField(child=serializers.CharField(max_length=20), required=False)


class PreferencesShape(serializers.Serializer[Any]):
    # {topic: at_once | digest | none}; the topics of ``always`` cannot be chosen.
    mails = serializers.DictField(child=serializers.CharField())
    always = serializers.ListField(child=serializers.CharField())


class Notifications(ListEndpoint):
    """What one was told, the newest first."""

    read_serializer_class = NotificationShape

    def get_queryset(self) -> Any:
        return Message.objects.told_to(self.request.user).shown_at(timezone.now())


class ReadNotification(ActEndpoint):
    """Mark one as read."""

    responses: ClassVar[dict[int, Any]] = {200: NotificationShape}

    def get_object(self, request: Request, **kwargs: Any) -> Message:
        message = Message.objects.told_to(request.user).filter(pk=kwargs["pk"]).first()
        if message is None:
            raise Http404
        return message

    def perform(self, obj: Message, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, NotificationShape(mark_read(obj, by=by, now=now)).data


class ReadNotifications(ActEndpoint):
    """Mark all as read; answer how many were new."""

    responses: ClassVar[dict[int, Any]] = {200: ReadAllShape}

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, {"read": mark_all_read(by=by, now=now)}


class Preferences(ActEndpoint, ReadEndpoint):
    """How one is mailed about each topic; those left out of a PATCH stay as they are."""

    serializer_class = PreferencesBody
    read_serializer_class = PreferencesShape
    responses: ClassVar[dict[int, Any]] = {200: PreferencesShape}
    act_methods: ClassVar[tuple[str, ...]] = ("PATCH",)

    def get(self, request: Request, **kwargs: Any) -> Response:
        person: Any = request.user
        return Response(_preferences(person))

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        choose_mails(data.get("mails", {}), by=by, now=now)
        return 200, _preferences(by)


def _preferences(person: User) -> dict[str, Any]:
    deliveries = deliveries_of(person)
    return {
        "mails": {topic.code: str(delivery) for topic, delivery in deliveries},
        "always": [topic.code for topic, _delivery in deliveries if topic.mandatory],
    }
