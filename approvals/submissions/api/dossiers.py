"""Dossiers: their form and pieces, their deposit. Decisions have a module of their own."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.people.models import User
from approvals.signatures.api import SignedActEndpoint
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.submissions.actions import add_piece, deposit, edit_dossier, miss
from approvals.submissions.api.shapes import (
    DepositBody,
    DossierBody,
    DossierPage,
    FilingReasonBody,
    PieceBody,
    PieceLine,
)
from approvals.submissions.models import Dossier
from config.http.api import ActEndpoint, ReadEndpoint
from config.http.idempotency import Answer
from config.http.parsers import UPLOADS


def visible_dossier(request: Request, **kwargs: Any) -> Dossier:
    return get_object_or_404(Dossier.objects.visible_to(request.user).with_page(), pk=kwargs["pk"])


def page_of(dossier_id: int, request: Request) -> Any:
    dossier = Dossier.objects.with_page().get(pk=dossier_id)
    return DossierPage(dossier, context={"request": request}).data


class DossierDetail(ActEndpoint, ReadEndpoint):
    """One dossier; regulatory fills it in."""

    serializer_class = DossierBody
    read_serializer_class = DossierPage
    responses = {200: DossierPage}
    act_methods = ("PATCH",)

    def get_object(self, request: Request, **kwargs: Any) -> Dossier:
        return visible_dossier(request, **kwargs)

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(page_of(visible_dossier(request, **kwargs).pk, request))

    def perform(self, obj: Dossier, data: Any, *, by: User, now: datetime) -> Answer:
        edit_dossier(obj.pk, changes=data, by=by, now=now)
        return 200, page_of(obj.pk, self.request)


class Pieces(ActEndpoint):
    """Add a piece: multipart, ``kind`` and ``file``."""

    serializer_class = PieceBody
    parser_classes = UPLOADS
    responses = {201: PieceLine}

    def get_object(self, request: Request, **kwargs: Any) -> Dossier:
        return visible_dossier(request, **kwargs)

    def perform(self, obj: Dossier, data: Any, *, by: User, now: datetime) -> Answer:
        piece = add_piece(obj.pk, kind=data["kind"], file=data["file"], by=by, now=now)
        return 201, PieceLine(piece).data


class Miss(ActEndpoint):
    """Declare that a dossier was not deposited."""

    serializer_class = FilingReasonBody
    responses = {200: DossierPage}

    def get_object(self, request: Request, **kwargs: Any) -> Dossier:
        return visible_dossier(request, **kwargs)

    def perform(self, obj: Dossier, data: Any, *, by: User, now: datetime) -> Answer:
        miss(obj.pk, reason=data["reason"], by=by, now=now)
        return 200, page_of(obj.pk, self.request)


class Deposit(SignedActEndpoint):
    """Record the deposit, signed."""

    serializer_class = DepositBody
    meaning = Meaning.DEPOSIT
    responses = {200: DossierPage}

    def get_object(self, request: Request, **kwargs: Any) -> Dossier:
        return visible_dossier(request, **kwargs)

    def perform(  # type: ignore[override]
        self, obj: Dossier, data: Any, *, credentials: Proof, by: User, now: datetime
    ) -> Answer:
        deposit(obj.pk, **data, credentials=credentials, by=by, now=now)
        return 200, page_of(obj.pk, self.request)
