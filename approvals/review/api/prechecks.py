"""The pre-checks of a version: the latest run with its results, those before it; run again."""

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.people.models import User
from approvals.review import actions
from approvals.review.queries import Prechecks, prechecks_of
from config.http.api import ActEndpoint, ReadEndpoint, UtcDateTimeField
from config.http.idempotency import Answer
from content.assets.api.versions import open_version
from content.assets.models import Version


class PlaceShape(serializers.Serializer[Any]):
    file = serializers.IntegerField()
    name = serializers.CharField()
    page = serializers.IntegerField(allow_null=True)
    part = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    x = serializers.FloatField(required=False)
    y = serializers.FloatField(required=False)
    width = serializers.FloatField(required=False)
    height = serializers.FloatField(required=False)


class ResultShape(serializers.Serializer[Any]):
    check = serializers.CharField(source="kind.code")
    label = serializers.CharField(source="kind.__str__")
    severity = serializers.CharField(source="kind.severity")
    outcome = serializers.CharField()
    detail = serializers.CharField()
    places = PlaceShape(many=True)


class LookedShape(serializers.Serializer[Any]):
    file = serializers.IntegerField()
    name = serializers.CharField()
    pages = serializers.IntegerField(allow_null=True)
    read = serializers.BooleanField()


class RunShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    revision = serializers.IntegerField(source="revision.number")
    requested_by = serializers.CharField(source="requested_by.username")
    requested_at = UtcDateTimeField()
    started_at = UtcDateTimeField(allow_null=True)
    finished_at = UtcDateTimeField(allow_null=True)
    tool = serializers.CharField()
    tool_version = serializers.CharField()
    fault = serializers.CharField()


class PrechecksShape(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    revision = serializers.IntegerField(allow_null=True)
    # ``none``, ``waiting`` or ``finished``.
    state = serializers.CharField()
    up_to_date = serializers.BooleanField()
    run = RunShape(allow_null=True)
    files = LookedShape(many=True)
    results = ResultShape(many=True)
    earlier = RunShape(many=True)


def told(version: Version) -> dict[str, Any]:
    revision = version.current_revision
    found: Prechecks | None = prechecks_of(revision) if revision else None
    run = found.run if found else None
    waits = bool(found and found.waiting)
    return dict(
        PrechecksShape(
            {
                "version": version.pk,
                "revision": revision.number if revision else None,
                "state": "waiting" if waits else "finished" if run else "none",
                "up_to_date": bool(run and found and not found.outdated and not run.fault),
                "run": run,
                "files": run.files if run else [],
                "results": [shown.result for shown in found.results] if found else [],
                "earlier": found.earlier if found else [],
            }
        ).data
    )


class VersionPrechecks(ActEndpoint, ReadEndpoint):
    """What the checks found on the current revision; POST asks for them once more."""

    read_serializer_class = PrechecksShape
    responses = {202: PrechecksShape}

    def get(self, request: Request, version: int) -> Response:
        return Response(told(open_version(request.user, version)))

    def get_object(self, request: Request, **kwargs: Any) -> Version:
        return open_version(request.user, kwargs["version"])

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        actions.run_prechecks_again(obj.pk, by=by, now=now)
        return 202, told(obj)
