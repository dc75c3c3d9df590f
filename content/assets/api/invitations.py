"""Invitations of agencies: what an agency sees of the house, and how the owner opens the door."""

from datetime import datetime
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.people.models import User
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint, Shape, UtcDateTimeField
from config.http.idempotency import Answer
from content.assets.actions.invitations import invite, withdraw_invitation
from content.assets.api.versions import visible_version
from content.assets.enums import EDITABLE
from content.assets.models import Invitation, Version


class InvitationFile(serializers.Serializer[Any]):
    n = serializers.IntegerField(source="position")
    name = serializers.CharField()
    format = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class InvitationLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField(source="version_id")
    code = serializers.CharField(source="version.asset.code")
    number = serializers.IntegerField(source="version.number")
    title = serializers.CharField(source="version.asset.title")
    products = serializers.SerializerMethodField()
    state = serializers.CharField(source="version.state")
    may_upload = serializers.SerializerMethodField()
    agency = serializers.CharField(source="agency.username")
    invited_by = serializers.CharField(source="invited_by.username")
    invited_at = UtcDateTimeField()
    withdrawn_at = UtcDateTimeField(allow_null=True)

    def get_products(self, invitation: Invitation) -> list[str]:
        return sorted(product.name for product in invitation.version.asset.products.all())

    def get_may_upload(self, invitation: Invitation) -> bool:
        return invitation.withdrawn_at is None and invitation.version.state in EDITABLE


class InvitationShape(InvitationLine):
    revision = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    def get_revision(self, invitation: Invitation) -> int | None:
        revision = invitation.version.current_revision
        return revision.number if revision else None

    def get_files(self, invitation: Invitation) -> list[dict[str, Any]]:
        revision = invitation.version.current_revision
        files = revision.files.order_by("position") if revision else []
        return [dict(InvitationFile(file).data) for file in files]


class InviteBody(Shape):
    agency = serializers.CharField(max_length=150, help_text="A username.")


class WithdrawalBody(Shape):
    reason = serializers.CharField(allow_blank=True, max_length=4000)


def visible_invitation(user: Any, pk: int) -> Invitation:
    """:raises Http404: if there is none that the person may see."""
    seen: Any = Invitation.objects.visible_to(user).with_page()
    invitation: Invitation = get_object_or_404(seen, pk=pk)
    return invitation


class Invitations(ListEndpoint):
    """An agency's own invitations; for the office, those to the versions that one sees."""

    read_serializer_class = InvitationLine

    def get_queryset(self) -> Any:
        return Invitation.objects.visible_to(self.request.user).with_page()


class InvitationDetail(ReadEndpoint):
    """One invitation with the files of its version."""

    read_serializer_class = InvitationShape

    def get(self, request: Request, pk: int) -> Response:
        return Response(InvitationShape(visible_invitation(request.user, pk)).data)


class Invite(ActEndpoint):
    """Invite an agency to a version."""

    serializer_class = InviteBody
    responses: ClassVar[dict[int, Any]] = {201: InvitationShape}

    def get_object(self, request: Request, **kwargs: Any) -> Version:
        return visible_version(request.user, kwargs["pk"])

    def perform(self, obj: Version, data: Any, *, by: User, now: datetime) -> Answer:
        agency = User.objects.active().named(data["agency"], field="agency")
        return 201, InvitationShape(invite(obj.pk, agency, by=by, now=now)).data


class WithdrawInvitation(ActEndpoint):
    """Take an invitation back."""

    serializer_class = WithdrawalBody
    responses: ClassVar[dict[int, Any]] = {200: InvitationShape}

    def get_object(self, request: Request, **kwargs: Any) -> Invitation:
        return visible_invitation(request.user, kwargs["pk"])

    def perform(self, obj: Invitation, data: Any, *, by: User, now: datetime) -> Answer:
        done = withdraw_invitation(obj.pk, reason=data["reason"], by=by, now=now)
        return 200, InvitationShape(done).data
