"""The discussion of a document in the workspace: comments, their threads, what became of them."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.audit import InvalidInput
from approvals.people.models import User
from approvals.review import actions
from approvals.review.actions.anchors import placed
from approvals.review.forms import AnchoredCommentForm, ReplyForm
from approvals.review.models import Comment, ReviewTask
from approvals.review.policies import (
    can_comment,
    can_resolve,
    can_verify,
    check_can_comment,
    check_can_resolve,
    check_can_verify,
)
from approvals.review.views.document import visible_task
from config.http.once import Sending
from config.http.pages import ActPage


def discussion(task: ReviewTask, reader: User, now: datetime) -> dict[str, Any]:
    """Return the threads about a task's version, and what the reader may do with each."""
    version = task.cycle.version
    may_comment = can_comment(version, reader, now)
    comments = list(Comment.objects.concerning(version).with_thread())
    # Open comments of one version are resolved by the same person: asked once, not per comment.
    resolves = {
        comment.version_id: can_resolve(comment, reader, now)
        for comment in {row.version_id: row for row in comments if row.is_open}.values()
    }
    return {
        "threads": [
            {
                "comment": comment,
                "carried": comment.revision_id != task.cycle.revision_id,
                "mine": comment.author_id == reader.pk,
                "may_resolve": comment.is_open and resolves[comment.version_id],
                "may_verify": can_verify(comment, reader, now),
            }
            for comment in comments
        ],
        "open_count": sum(comment.is_open for comment in comments),
        "may_comment": may_comment,
        "comment_form": AnchoredCommentForm(
            initial={"revision": task.cycle.revision.number, "severity": "blocking"},
            auto_id="new_%s",
            label_suffix="",
        ),
        "fresh": Sending.fresh(),
    }


class DiscussionAct(ActPage):
    """An act of the discussion; it leads back to the workspace."""

    task: ReviewTask

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        self.task = visible_task(self.by, kwargs["task"])
        if "comment" not in kwargs:
            return self.task
        comments: Any = Comment.objects.concerning(self.task.cycle.version).with_thread()
        return get_object_or_404(comments, pk=kwargs["comment"])

    def back(self, obj: Any) -> str:
        return reverse("review:task", args=[self.task.pk])


class NewComment(DiscussionAct):
    """A comment, on a place of the document where there is one."""

    title = _("Write a comment")
    button = _("Keep the comment")
    form_class = AnchoredCommentForm

    def check(self, obj: ReviewTask, by: User, now: datetime) -> None:
        check_can_comment(obj.cycle.version, by, now)

    def initial(self, obj: ReviewTask) -> dict[str, Any]:
        return {"revision": obj.cycle.revision.number}

    def prepared(self, obj: ReviewTask, cleaned_data: dict[str, Any]) -> dict[str, Any]:
        # A PDF's pages are counted before the transaction.
        given = dict(cleaned_data)
        try:
            place = placed(
                obj.cycle.version, given.pop("anchor"), revision=given.pop("revision") or None
            )
        except InvalidInput as error:
            # What nobody typed is said of the whole form.
            sentences = [sentence for said in error.errors.values() for sentence in said]
            raise InvalidInput({"__all__": sentences}, error.code) from error
        return {**given, "anchor": place}

    def perform(
        self, obj: ReviewTask, cleaned_data: dict[str, Any], by: User, now: datetime
    ) -> str:
        actions.comment(obj.cycle.version_id, by=by, now=now, **cleaned_data)
        return self.back(obj)


class Reply(DiscussionAct):
    title = _("Reply")
    button = _("Send the reply")
    form_class = ReplyForm

    def check(self, obj: Comment, by: User, now: datetime) -> None:
        check_can_comment(obj.version, by, now)

    def consequences(self, obj: Comment) -> list[str]:
        return [f"{obj.author}: {obj.body}"]

    consequences_title = _("You reply to")

    def perform(self, obj: Comment, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        actions.reply(obj.pk, by=by, now=now, **cleaned_data)
        return self.back(obj)


class Resolve(DiscussionAct):
    title = _("Resolve the comment")
    button = _("Resolve")

    def check(self, obj: Comment, by: User, now: datetime) -> None:
        check_can_resolve(obj, by, now)

    def perform(self, obj: Comment, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        actions.resolve(obj.pk, by=by, now=now)
        return self.back(obj)


class Verify(DiscussionAct):
    title = _("Verify that the comment is settled")
    button = _("Verified: it is settled")

    def check(self, obj: Comment, by: User, now: datetime) -> None:
        check_can_verify(obj, by, now)

    def perform(self, obj: Comment, cleaned_data: dict[str, Any], by: User, now: datetime) -> str:
        actions.verify(obj.pk, by=by, now=now)
        return self.back(obj)
