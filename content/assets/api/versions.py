"""Versions of an asset, their revisions, dependencies and files."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.models import User
from config.http.api import ActEndpoint, ListEndpoint, ReadEndpoint
from config.http.parsers import UPLOADS
from content.assets.actions import (
    add_dependency,
    create_version,
    inspected_for_asset,
    inspected_for_version,
    remove_dependency,
    set_minimum_components,
    upload_revision,
)
from content.assets.api.assets import visible_asset
from content.assets.api.shapes import (
    DependencyBody,
    DependencyLine,
    MinimumBody,
    NewVersionShape,
    ReasonBody,
    RevisionBody,
    RevisionShape,
    VersionBody,
    VersionLine,
    WhereUsedShape,
)
from content.assets.enums import DependencyKind
from content.assets.files import download, page_picture
from content.assets.models import Asset, Dependency, Revision, RevisionFile, Version
from content.assets.where_used import used_by, uses


def visible_version(user: User, pk: int) -> Version:
    """Return a version that the person may see in preparation.

    :raises Http404: if there is none.
    """
    versions: Any = Version.objects.visible_to(user).with_asset()
    version: Version = get_object_or_404(versions, pk=pk)
    return version


def open_version(user: User, pk: int) -> Version:
    """Return a version whose files the person may see: an agency's invitations, too.

    :raises Http404: if there is none.
    """
    versions: Any = Version.objects.open_to(user).with_asset()
    version: Version = get_object_or_404(versions, pk=pk)
    return version


class Versions(ActEndpoint, ListEndpoint):
    """The versions of an asset, the latest first; a new one with its files."""

    serializer_class = VersionBody
    parser_classes = UPLOADS
    read_serializer_class = VersionLine
    responses: ClassVar[dict[int, Any]] = {201: NewVersionShape}

    def get_queryset(self) -> Any:
        return visible_asset(self.request.user, self.kwargs["code"]).versions.all()

    def get_object(self, request: Request, **kwargs: Any) -> Asset:  # type: ignore[override]
        return visible_asset(request.user, kwargs["code"])

    def prepared(self, request: Request, obj: Asset, data: Any, now: datetime) -> Any:
        # Before the transaction of an Idempotency-Key, too.
        by: Any = request.user
        files = inspected_for_asset(obj.pk, data.get("files", ()), by=by, now=now)
        return super().prepared(request, obj, {**data, "files": files}, now)

    def perform(self, obj: Asset, data: Any, *, by: User, now: datetime) -> tuple[int, Any]:
        version = create_version(obj.pk, by=by, now=now, **data)
        return 201, NewVersionShape(version).data


class Revisions(ActEndpoint):
    """A new revision of a version that may change."""

    serializer_class = RevisionBody
    parser_classes = UPLOADS
    responses: ClassVar[dict[int, Any]] = {201: RevisionShape}

    def get_object(self, request: Request, **kwargs: Any) -> Version:
        return open_version(request.user, kwargs["pk"])

    def prepared(self, request: Request, obj: Version, data: Any, now: datetime) -> Any:
        by: Any = request.user
        files = inspected_for_version(obj.pk, data.get("files", ()), by=by, now=now)
        given = {"prepared_on": None, **data, "files": files}
        return super().prepared(request, obj, given, now)

    def perform(self, obj: Version, data: Any, *, by: User, now: datetime) -> tuple[int, Any]:
        revision = upload_revision(obj.pk, by=by, now=now, **data)
        return 201, RevisionShape(revision).data


class Dependencies(ActEndpoint, ListEndpoint):
    """What a version pins; pin one more."""

    serializer_class = DependencyBody
    read_serializer_class = DependencyLine
    responses: ClassVar[dict[int, Any]] = {201: DependencyLine}
    ordering = "pk"

    def get_queryset(self) -> Any:
        version = visible_version(self.request.user, self.kwargs["pk"])
        return Dependency.objects.filter(dependent=version).select_related("target__asset")

    def get_object(self, request: Request, **kwargs: Any) -> Version:  # type: ignore[override]
        return visible_version(request.user, kwargs["pk"])

    def perform(self, obj: Version, data: Any, *, by: User, now: datetime) -> tuple[int, Any]:
        given = dict(data)
        if given["kind"] == DependencyKind.CITES and not given.get("document"):
            # What `cites` points to is a source document, under the name of the contract.
            given["document"], given["target"] = given.get("target"), None
        row = add_dependency(obj.pk, by=by, now=now, **given)
        return 201, DependencyLine(row).data


class DependencyDetail(ActEndpoint):
    """Take a dependency off a version that may change."""

    serializer_class = ReasonBody
    responses: ClassVar[dict[int, Any]] = {204: None}
    act_methods = ("DELETE",)

    def get_object(self, request: Request, **kwargs: Any) -> Dependency:
        version = visible_version(request.user, kwargs["pk"])
        row: Dependency = get_object_or_404(version.dependencies, pk=kwargs["dependency"])
        return row

    def perform(self, obj: Dependency, data: Any, *, by: User, now: datetime) -> tuple[int, Any]:
        remove_dependency(obj.pk, reason=data.get("reason", ""), by=by, now=now)
        return 204, None


class MinimumComponents(ActEndpoint):
    """Set how many usable components a version needs at least."""

    serializer_class = MinimumBody

    def get_object(self, request: Request, **kwargs: Any) -> Version:
        return visible_version(request.user, kwargs["pk"])

    def perform(self, obj: Version, data: Any, *, by: User, now: datetime) -> tuple[int, Any]:
        version = set_minimum_components(obj.pk, by=by, now=now, **data)
        return 200, {"id": version.pk, "minimum_components": version.minimum_components}


class WhereUsed(ReadEndpoint):
    """What depends on a version and what it depends on, at any depth."""

    read_serializer_class = WhereUsedShape

    def get(self, request: Request, pk: int) -> Response:
        version = visible_version(request.user, pk)
        found = {"used_by": used_by(version, request.user), "uses": uses(version, request.user)}
        return Response(WhereUsedShape(found).data)


class WhateverIsAsked(BaseContentNegotiation):
    """A file has one representation: its bytes."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class FileDownload(ReadEndpoint):
    """One file of a version's current revision (or of ``?revision=``), byte for byte."""

    parameters = ("revision",)
    content_negotiation_class = WhateverIsAsked
    read_media_type = "*/*"

    def get(self, request: Request, pk: int, n: int) -> FileResponse:
        return download(asked_file(request, pk, n))


class FilePage(ReadEndpoint):
    """The picture of one page of a PDF, made once per file."""

    parameters = ("revision",)
    content_negotiation_class = WhateverIsAsked
    read_media_type = "image/png"

    def get(self, request: Request, pk: int, n: int, page: int) -> HttpResponseBase:
        return page_picture(request, asked_file(request, pk, n), page)


def asked_file(request: Request, pk: int, n: int) -> RevisionFile:
    """Return one file of a version's current revision, or of the one that ``?revision=`` names.

    :raises Http404: where the person sees no such version, or it has no such file.
    :raises InvalidInput: field ``revision``.
    """
    revision = asked_revision(request, open_version(request.user, pk), "revision")
    files: Any = RevisionFile.objects.filter(revision=revision)
    file: RevisionFile = get_object_or_404(files, position=n)
    return file


def asked_revision(request: Request, version: Version, parameter: str) -> Revision | None:
    """Return the revision of a version that a parameter numbers, or else its current one, if any.

    :raises Http404: where the version has no such revision.
    :raises InvalidInput: at the parameter, unless it is a whole number.
    """
    number = request.query_params.get(parameter, "")
    if not number:
        current: Revision | None = version.current_revision
        return current
    if not (number.isascii() and number.isdecimal() and len(number) < 9):
        raise InvalidInput.at(parameter, _("A revision's number is a whole number."))
    revisions: Any = version.revisions.all()
    found: Revision = get_object_or_404(revisions, number=int(number))
    return found
