"""The authority's list of minor modifications over the API."""

from datetime import datetime
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request

from approvals.people.models import User
from approvals.review.actions import set_minor_modification
from approvals.review.models import MinorModificationCategory
from config.http.api import ActEndpoint, ListEndpoint, Shape
from config.http.idempotency import Answer


class CategoryShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    label_fr = serializers.CharField()
    label_en = serializers.CharField()
    active = serializers.BooleanField()


class CategoryBody(Shape):
    """A code that is known is changed, another is added."""

    code = serializers.CharField(max_length=100)
    label_fr = serializers.CharField(allow_blank=True, max_length=1000)
    label_en = serializers.CharField(allow_blank=True, max_length=1000)
    active = serializers.BooleanField(default=True)
    reason = serializers.CharField(allow_blank=True, max_length=4000)


class MinorModifications(ActEndpoint, ListEndpoint):
    """The categories of minor modification; add or change one."""

    serializer_class = CategoryBody
    read_serializer_class = CategoryShape
    responses: ClassVar[dict[int, Any]] = {200: CategoryShape}
    ordering = ("code", "pk")

    def get_object(self, request: Request, **kwargs: Any) -> None:  # type: ignore[override]
        return None

    def get_queryset(self) -> Any:
        if not self.request.user.is_office:
            return MinorModificationCategory.objects.none()
        return MinorModificationCategory.objects.all()

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, CategoryShape(set_minor_modification(**data, by=by, now=now)).data
