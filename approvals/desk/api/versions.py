"""A version as a whole: where it stands, whether it may be used, what one may do with it."""

from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.desk.api.shapes import HistoryShape, SignaturesShape, VersionShape
from approvals.desk.offers import allowed_actions
from approvals.people.models import User
from approvals.signatures.models import Signature
from config.http.api import ListEndpoint, ReadEndpoint
from content.assets.models import Period, Version
from content.assets.validity import first_usable_day, until_when, usable_on, why_not
from content.calendar import paris_day


def visible_version(user: User, pk: int) -> Version:
    """Return a version that the person may see in preparation.

    :raises Http404: if there is none.
    """
    versions: Any = Version.objects.visible_to(user).with_asset()
    version: Version = get_object_or_404(versions, pk=pk)
    return version


def described(version: Version, user: User) -> dict[str, Any]:
    """Return everything the API tells of a version to a person, now."""
    now = timezone.now()
    today = paris_day(now)
    revision = version.current_revision
    last = Period.objects.filter(version=version).current().order_by("-ends_on").first()
    usable = usable_on(version, today, as_of=now)
    return {
        "id": version.pk,
        "asset": version.asset.code,
        "number": version.number,
        "title": version.asset.title,
        "revision": revision.number if revision else None,
        "state": version.state,
        "state_since": version.state_since,
        "change_kind": version.change_kind,
        "digest": (revision.digest or None) if revision else None,
        "files": list(revision.files.all()) if revision else [],
        "needs_visa": version.needs_visa,
        "visa_category": version.visa_category or None,
        "reference": version.reference.value if version.reference else None,
        "visa": version.visa,
        "valid_from": version.valid_from,
        "expires_on": version.expires_on,
        "usable_from": first_usable_day(version),
        "last_usable_day": until_when(version, today, as_of=now),
        "limited_by": last.limited_by if last else None,
        "usable_today": usable,
        "why_not": [] if usable else why_not(version, today),
        "allowed_actions": allowed_actions(version, user, now),
    }


class VersionDetail(ReadEndpoint):
    """One version, with the acts that would be accepted from the person who asks."""

    read_serializer_class = VersionShape

    def get(self, request: Request, pk: int) -> Response:
        version = visible_version(request.user, pk)
        return Response(VersionShape(described(version, request.user)).data)


class VersionHistory(ListEndpoint):
    """Every change of the version: who, when, why; the first one first."""

    read_serializer_class = HistoryShape
    ordering = "history_id"

    def get_queryset(self) -> Any:
        version = visible_version(self.request.user, self.kwargs["pk"])
        return version.history.select_related("history_user")


class VersionSignatures(ReadEndpoint):
    """Every signature given on a revision of the version, as it was given."""

    read_serializer_class = SignaturesShape

    def get(self, request: Request, pk: int) -> Response:
        version = visible_version(request.user, pk)
        lines = signatures_of(version)
        return Response(SignaturesShape({"next": None, "results": lines}).data)


def signatures_of(version: Version) -> list[Any]:
    """Return (signature, revision, digest) lines over a version's revisions, oldest first."""
    revisions = {str(r.pk): r for r in version.revisions.all() if r.digest}
    anyone = Q(pk__in=[])
    for revision in revisions.values():
        anyone |= Q(covers_text__contains=revision.digest)
    found = Signature.objects.annotate(covers_text=Cast("covers", TextField())).filter(anyone)
    lines = []
    for signature in found.order_by("signed_at", "pk"):
        signature.covered = [
            {"revision": revisions[cover["id"]].number, "digest": cover["digest"]}
            for cover in signature.covers
            if cover["label"] == "assets.revision" and cover["id"] in revisions
        ]
        if signature.covered:
            first = signature.covered[0]
            signature.revision, signature.digest = first["revision"], first["digest"]
            lines.append(signature)
    return lines
