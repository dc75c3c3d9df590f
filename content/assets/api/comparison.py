"""What differs between two revisions of a version."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.http.api import ReadEndpoint
from content.assets.api.versions import asked_revision, visible_version
from content.assets.comparison import compare, earlier_than, fields_that_differ
from content.assets.models import Revision


class ComparedShape(serializers.Serializer[Any]):
    """Which revision: its id, and its number in which version."""

    id = serializers.IntegerField(source="pk")
    asset = serializers.CharField(source="version.asset.code")
    version = serializers.IntegerField(source="version.number")
    revision = serializers.IntegerField(source="number")
    digest = serializers.CharField()


class DifferingPlaceShape(serializers.Serializer[Any]):
    """A page, an entry of a package or the whole file; regions are fractions of the page."""

    before = serializers.IntegerField(allow_null=True)
    after = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=["same", "changed", "added", "removed"])
    regions = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    words = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class FileDifferenceShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=["same", "changed", "added", "removed"])
    before = serializers.CharField(source="before.sha256", default=None, allow_null=True)
    after = serializers.CharField(source="after.sha256", default=None, allow_null=True)
    places = DifferingPlaceShape(many=True, allow_null=True)


class ComparisonShape(serializers.Serializer[Any]):
    before = ComparedShape(allow_null=True)
    after = ComparedShape()
    fields = serializers.DictField()  # type: ignore[assignment]
    files = FileDifferenceShape(many=True)


class Compare(ReadEndpoint):
    """The current revision (or ``?revision=``) beside an earlier one (``?with=``), by number.

    Without ``with``: the last one submitted before it or, where none was, the one before.
    """

    parameters = ("with", "revision")
    read_serializer_class = ComparisonShape

    def get(self, request: Request, pk: int) -> Response:
        version = visible_version(request.user, pk)
        after = asked_revision(request, version, "revision")
        if after is None:
            raise Http404
        named = "with" in request.query_params
        before: Revision | None = (
            asked_revision(request, version, "with") if named else earlier_than(after)
        )
        found = {
            "before": before,
            "after": after,
            "fields": fields_that_differ(before, after) if before else {},
            "files": compare(before, after),
        }
        return Response(ComparisonShape(found).data)
