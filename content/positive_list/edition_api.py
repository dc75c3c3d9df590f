"""Editions over the API: draw up, take note, attest, and the print."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from approvals.people.models import User
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint, UtcDateTimeField
from config.http.idempotency import Answer
from content.positive_list.actions import (
    acknowledge_edition,
    attest_destruction,
    draft_edition,
)
from content.positive_list.edition_views import pdf_answer
from content.positive_list.models import Edition


class EditionLine(serializers.Serializer[Any]):
    """One edition; the four counts are of the whole house."""

    number = serializers.IntegerField()
    state = serializers.CharField()
    day = serializers.DateField()
    as_of = UtcDateTimeField()
    list_version = serializers.IntegerField()
    digest = serializers.CharField()
    positive = serializers.IntegerField()
    negative = serializers.IntegerField()
    came = serializers.IntegerField()
    went = serializers.IntegerField()
    drafted_by = serializers.CharField(source="drafted_by.username")
    drafted_at = UtcDateTimeField()
    signed_by = serializers.SerializerMethodField()
    signed_at = UtcDateTimeField(allow_null=True)

    def get_signed_by(self, obj: Edition) -> str | None:
        return obj.signed_by.username if obj.signed_by else None


class PieceShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    number = serializers.IntegerField()


class RecipientShape(serializers.Serializer[Any]):
    """What one person of the field said about an edition."""

    edition = serializers.IntegerField(source="edition.number")
    told_at = UtcDateTimeField()
    acknowledged_at = UtcDateTimeField(allow_null=True)
    destroyed_at = UtcDateTimeField(allow_null=True)
    destroyed = PieceShape(many=True)


def visible_edition(request: Request, number: int) -> Edition:
    by: Any = request.user
    editions = Edition.objects.visible_to(by).with_page()
    edition: Edition = get_object_or_404(editions, number=number)
    return edition


class Editions(ActEndpoint, ListEndpoint):  # type: ignore[misc]
    """The editions; regulatory affairs or a pharmacist draws the next one up."""

    read_serializer_class = EditionLine
    responses: ClassVar[dict[int, Any]] = {201: EditionLine}
    ordering = "-number"

    def get_queryset(self) -> Any:
        by: Any = self.request.user
        return Edition.objects.visible_to(by).with_page()

    def perform(self, obj: Any, data: Mapping[str, Any], *, by: User, now: datetime) -> Answer:
        return 201, EditionLine(draft_edition(by=by, now=now)).data


class OnEdition(ActEndpoint):
    """What the field says about one edition."""

    responses: ClassVar[dict[int, Any]] = {200: RecipientShape}

    def get_object(self, request: Request, **kwargs: Any) -> Edition:
        return visible_edition(request, kwargs["number"])


class Acknowledge(OnEdition):
    """Take note of the newest edition, once."""

    def perform(self, obj: Edition, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, RecipientShape(acknowledge_edition(obj.number, by=by, now=now)).data


class AttestDestruction(OnEdition):
    """Attest that the obsolete paper is destroyed, once."""

    def perform(self, obj: Edition, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, RecipientShape(attest_destruction(obj.number, by=by, now=now)).data


class EditionPdf(ReadEndpoint):
    """The print of a signed edition, of the whole house; 404 until it is made."""

    read_media_type = "application/pdf"

    def get(self, request: Request, number: int) -> HttpResponse:
        return pdf_answer(visible_edition(request, number), request.user)
