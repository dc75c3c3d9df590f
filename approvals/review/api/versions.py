"""A version's way to review and back: submit, recall, send back, cancel, carry."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request

from approvals.audit import StateConflict
from approvals.people.models import User
from approvals.review import actions
from approvals.review.api.shapes import (
    CarryBody,
    CarryShape,
    CycleShape,
    ReasonBody,
    VersionStateShape,
)
from approvals.review.policies.carries import compare_ahead
from approvals.signatures.api import SignedActEndpoint
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from config.http.api import ActEndpoint
from config.http.idempotency import Answer
from content.assets.models import Asset, Version


def visible_version(user: Any, version: int) -> Version:
    """Return a version this person may see in preparation.

    :raises Http404: if there is none.
    """
    found = Version.objects.visible_to(user).with_asset().filter(pk=version).first()
    if found is None:
        raise Http404
    kept: Version = found
    return kept


class VersionEndpoint(ActEndpoint):
    """An act on a version."""

    responses = {200: VersionStateShape}

    def get_object(self, request: Request, **kwargs: Any) -> Version:
        return visible_version(request.user, kwargs["version"])


class Submit(VersionEndpoint):
    """Send to review, or back to it."""

    responses = {200: CycleShape}

    def prepared(
        self, request: Request, obj: Any, data: Any, now: datetime
    ) -> Callable[[], Answer]:
        actions.judge_before_submission(obj.pk, by=request.user, now=now)
        return super().prepared(request, obj, data, now)

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, CycleShape(actions.submit(obj.pk, by=by, now=now)).data


class Recall(VersionEndpoint):
    serializer_class = ReasonBody

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        done = actions.recall(obj.pk, reason=data["reason"], by=by, now=now)
        return 200, VersionStateShape(done).data


class SendBack(VersionEndpoint):
    serializer_class = ReasonBody

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        done = actions.send_back(obj.pk, reason=data["reason"], by=by, now=now)
        return 200, VersionStateShape(done).data


class Cancel(VersionEndpoint):
    serializer_class = ReasonBody

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        done = actions.cancel(obj.pk, reason=data["reason"], by=by, now=now)
        return 200, VersionStateShape(done).data


class CancelAsset(Cancel):
    """Cancel an asset's open version."""

    def get_object(self, request: Request, **kwargs: Any) -> Version:
        asset = Asset.objects.visible_to(request.user).filter(code=kwargs["code"]).first()
        if asset is None:
            raise Http404
        version: Version | None = asset.versions.open().order_by("-number").first()
        if version is None:
            raise StateConflict(
                "nothing_open",
                _("%(code)s has no version in preparation.") % {"code": asset.code},
            )
        return version


class Carry(SignedActEndpoint):
    """Sign that verdicts given on one digest hold for another."""

    meaning = Meaning.CARRY
    serializer_class = CarryBody
    responses = {200: CarryShape}

    def get_object(self, request: Request, **kwargs: Any) -> Version:
        return visible_version(request.user, kwargs["version"])

    def prepared(
        self, request: Request, obj: Version, data: Any, now: datetime
    ) -> Callable[[], Answer]:
        compare_ahead(obj, request.user, now)  # type: ignore[arg-type]
        return super().prepared(request, obj, data, now)

    def perform(  # type: ignore[override]
        self, obj: Any, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        kept = actions.carry(
            obj.pk,
            tasks=data.get("tasks", ()),
            category=data.get("category", ""),
            reason=data["reason"],
            credentials=credentials,
            by=by,
            now=now,
        )
        return 200, CarryShape(kept).data
