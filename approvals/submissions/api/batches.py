"""Batches and the acts on them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.models import User
from approvals.signatures.api import SignedActEndpoint
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.submissions.actions import (
    add_to_batch,
    cancel_batch,
    create_batch,
    freeze_batch,
    remove_from_batch,
    unfreeze_batch,
)
from approvals.submissions.api.shapes import (
    BatchBody,
    BatchLine,
    BatchPage,
    BatchVersionBody,
    FilingReasonBody,
)
from approvals.submissions.api.windows import choice_of
from approvals.submissions.enums import BatchState
from approvals.submissions.models import Batch, DepositWindow
from approvals.submissions.reading import read_ahead
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint
from config.http.idempotency import Answer
from content.assets.models import Version


def visible_batch(request: Request, pk: int) -> Batch:
    batches = Batch.objects.visible_to(request.user).select_related("window")
    return get_object_or_404(batches, pk=pk)


class Batches(ActEndpoint, ListEndpoint):
    """The batches one may see; regulatory opens one."""

    serializer_class = BatchBody
    read_serializer_class = BatchLine
    responses = {201: BatchPage}
    parameters = ("state", "window")

    def get_queryset(self) -> Any:
        batches = Batch.objects.visible_to(self.request.user)
        state = choice_of(self.request, "state", BatchState.values)
        window = self.request.query_params.get("window", "")
        if window and not known_window(window, self.request.user):
            raise InvalidInput.at("window", _("There is no such window."))
        if state:
            batches = batches.filter(state=state)
        return batches.filter(window=window) if window else batches

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        batch = create_batch(**data, by=by, now=now)
        return 201, page_of(batch.pk, self.request)


def known_window(number: str, user: Any) -> bool:
    """Whether a filter names a window that this person may see."""
    plain = number.isascii() and number.isdecimal() and len(number) < 10
    return plain and DepositWindow.objects.visible_to(user).filter(pk=number).exists()


def page_of(batch_id: int, request: Request) -> Any:
    batch = Batch.objects.select_related("window").get(pk=batch_id)
    return BatchPage(batch, context={"request": request}).data


class BatchDetail(ReadEndpoint):
    """One batch, its dossiers and what each still owes."""

    read_serializer_class = BatchPage

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(page_of(visible_batch(request, kwargs["pk"]).pk, request))


class BatchAct(ActEndpoint):
    """An act on a batch; answers the batch as it is then."""

    responses = {200: BatchPage}

    def get_object(self, request: Request, **kwargs: Any) -> Batch:
        return visible_batch(request, kwargs["pk"])


class AddToBatch(BatchAct):
    serializer_class = BatchVersionBody

    def prepared(
        self, request: Request, obj: Batch, data: Any, now: datetime
    ) -> Callable[[], Answer]:
        # The file is read before the transaction.
        check_version_exists(data["version"], request.user)  # type: ignore[arg-type]
        given = {**data, "reading": read_ahead(data["version"])}
        return super().prepared(request, obj, given, now)

    def perform(self, obj: Batch, data: Any, *, by: User, now: datetime) -> Answer:
        add_to_batch(obj.pk, **data, by=by, now=now)
        return 200, page_of(obj.pk, self.request)


class RemoveFromBatch(BatchAct):
    serializer_class = BatchVersionBody

    def perform(self, obj: Batch, data: Any, *, by: User, now: datetime) -> Answer:
        check_version_exists(data["version"], by)
        remove_from_batch(obj.pk, version=data["version"], by=by, now=now)
        return 200, page_of(obj.pk, self.request)


def check_version_exists(version_id: int, by: User) -> None:
    """:raises InvalidInput: at ``version`` unless this person sees it."""
    if not Version.objects.visible_to(by).filter(pk=version_id).exists():
        raise InvalidInput.at("version", _("There is no such version."))


class CancelBatch(BatchAct):
    serializer_class = FilingReasonBody

    def perform(self, obj: Batch, data: Any, *, by: User, now: datetime) -> Answer:
        cancel_batch(obj.pk, reason=data["reason"], by=by, now=now)
        return 200, page_of(obj.pk, self.request)


class FreezeBatch(SignedActEndpoint):
    meaning = Meaning.BATCH_FREEZE
    responses = {200: BatchPage}

    def get_object(self, request: Request, **kwargs: Any) -> Batch:
        return visible_batch(request, kwargs["pk"])

    def perform(  # type: ignore[override]
        self, obj: Batch, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        freeze_batch(obj.pk, credentials=credentials, by=by, now=now)
        return 200, page_of(obj.pk, self.request)


class UnfreezeBatch(SignedActEndpoint):
    serializer_class = FilingReasonBody
    meaning = Meaning.BATCH_UNFREEZE
    responses = {200: BatchPage}

    def get_object(self, request: Request, **kwargs: Any) -> Batch:
        return visible_batch(request, kwargs["pk"])

    def perform(  # type: ignore[override]
        self, obj: Batch, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        unfreeze_batch(obj.pk, reason=data["reason"], credentials=credentials, by=by, now=now)
        return 200, page_of(obj.pk, self.request)
