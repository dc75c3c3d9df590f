"""Comments on a version, their threads, and what became of them."""

from datetime import datetime
from typing import Any

from django.http import Http404
from rest_framework.request import Request

from approvals.people.models import User
from approvals.review import actions
from approvals.review.actions.anchors import placed
from approvals.review.api.shapes import CommentBody, CommentShape, ReplyBody
from approvals.review.models import Comment
from approvals.review.policies import check_can_comment
from config.http.api import ActEndpoint, ListEndpoint
from config.http.idempotency import Answer
from content.assets.api.versions import open_version
from content.assets.models import Version


class Comments(ActEndpoint, ListEndpoint):
    """A version's comments, those of earlier versions that are still open too; a new one."""

    read_serializer_class = CommentShape
    serializer_class = CommentBody
    responses = {201: CommentShape}
    ordering = "pk"

    def get_queryset(self) -> Any:
        user: Any = self.request.user
        version = open_version(user, self.kwargs["version"])
        comments = Comment.objects.told_to(user, version)
        return comments.select_related("author", "revision").prefetch_related("replies__author")

    def get_object(self, request: Request, **kwargs: Any) -> Version:  # type: ignore[override]
        return open_version(request.user, kwargs["version"])  # type: ignore[arg-type]

    def prepared(self, request: Request, obj: Version, data: Any, now: datetime) -> Any:
        # A PDF's pages are counted before the transaction of an Idempotency-Key.
        by: Any = request.user
        check_can_comment(obj, by, now)
        place = placed(obj, data.pop("anchor", None), revision=data.pop("revision", None))
        return super().prepared(request, obj, {**data, "anchor": place}, now)

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 201, CommentShape(actions.comment(obj.pk, by=by, now=now, **data)).data


class CommentEndpoint(ActEndpoint):
    """An act on a comment."""

    responses = {200: CommentShape}

    def get_object(self, request: Request, **kwargs: Any) -> Comment:
        found = Comment.objects.open_to(request.user).filter(pk=kwargs["comment"]).first()
        if found is None:
            raise Http404
        kept: Comment = found
        return kept


class Resolve(CommentEndpoint):
    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, CommentShape(actions.resolve(obj.pk, by=by, now=now)).data


class Verify(CommentEndpoint):
    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 200, CommentShape(actions.verify(obj.pk, by=by, now=now)).data


class Reply(CommentEndpoint):
    serializer_class = ReplyBody

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        answer = actions.reply(obj.pk, body=data["body"], by=by, now=now)
        return 200, CommentShape(answer.comment).data
