"""The references given, and the numbers that never were."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.policies import check_role
from approvals.submissions.pages.batches import SEES_BATCHES
from approvals.submissions.references import AskedReferences, gap_before, references_of
from config.http.api import ListEndpoint, UtcDateTimeField


class GivenReference(serializers.Serializer[Any]):
    """A reference; ``gap_before``: the numbers never given between the one before and it."""

    reference = serializers.CharField(source="value")
    cis = serializers.CharField()
    category = serializers.CharField()
    year = serializers.IntegerField()
    month = serializers.IntegerField()
    number = serializers.IntegerField()
    status = serializers.CharField()
    burnt_reason = serializers.CharField()
    reserved_at = UtcDateTimeField()
    gap_before = serializers.SerializerMethodField()

    def get_gap_before(self, reference: Any) -> list[int]:
        return gap_before(reference)


class References(ListEndpoint):
    """The references one may see, by product, category and month."""

    read_serializer_class = GivenReference
    parameters = ("cis", "category", "year", "month")
    ordering = "value"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        check_role(request.user, SEES_BATCHES)  # type: ignore[arg-type]
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        given = self.request.query_params
        asked = AskedReferences.by(given)
        for name in self.parameters:
            if given.get(name) and not getattr(asked, name):
                raise InvalidInput.at(name, _("This filter has no such value: correct it."))
        return references_of(self.request.user, asked)  # type: ignore[arg-type]
