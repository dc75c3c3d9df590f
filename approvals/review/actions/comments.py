"""Comment on a version, reply, resolve, verify."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.people.enums import OWNERS, PHARMACISTS, REVIEWERS, Role
from approvals.people.models import User
from approvals.review import notifications
from approvals.review.actions.anchors import Placed, placed
from approvals.review.enums import Severity
from approvals.review.models import Comment, CommentReply
from approvals.review.policies.comments import (
    check_can_comment,
    check_can_resolve,
    check_can_verify,
)
from content.assets.models import Version

PARTICIPANTS = (*OWNERS, *REVIEWERS, *PHARMACISTS, Role.AGENCY)


@act("comment", roles=PARTICIPANTS)
def comment(
    version_id: int,
    *,
    body: str,
    severity: str,
    anchor: Mapping[str, Any] | Placed | None = None,
    revision: int | None = None,
    by: User,
    now: datetime,
) -> Comment:
    """Remark on a revision of a version (its current one unless numbered), on a place of it.

    ``anchor`` is described in ``placed``, which callers that open a transaction call before.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``wrong_state``.
    :raises InvalidInput: field ``body``, ``severity``, ``revision`` or ``anchor``.
    """
    version: Version = Version.objects.locked().get(pk=version_id)
    check_can_comment(version, by, now)
    if severity not in Severity.values:
        raise InvalidInput.at("severity", _("Choose blocking, suggestion or question."))
    place = placed(version, anchor, revision=revision)
    kept = Comment(
        version=version,
        revision=place.revision,
        author=by,
        created_at=now,
        body=_text(body),
        severity=severity,
        **place.columns,
    )
    kept.save(force_insert=True)
    notifications.tell_comment(kept, now=now)
    return kept


@act("keep_refusal")
def keep_refusal(version: Version, *, reasons: str, by: User, now: datetime) -> Comment:
    """Keep the authority's reasons as a blocking comment, which the next version inherits (§3).

    An inner act: recording the refusal checked who and when.
    """
    kept = Comment(
        version=version,
        revision=version.current_revision,
        author=by,
        created_at=now,
        body=_text(reasons),
        severity=Severity.BLOCKING,
    )
    kept.save(force_insert=True)
    return kept


@act("drop_refusal")
def drop_refusal(
    version: Version, *, kept_by: User, kept_at: datetime, why: str, by: User, now: datetime
) -> None:
    """Close the comment that kept a refusal's reasons: the refusal was entered wrongly.

    An inner act: the correction, signed, says that there was no such refusal.
    """
    kept = Comment.objects.filter(version=version, author=kept_by, created_at=kept_at)
    for comment in kept.blocking():
        CommentReply(comment=comment, author=by, created_at=now, body=_text(why)).save()
        comment.resolved_by, comment.resolved_at = by, now
        comment.verified_by, comment.verified_at = by, now
        comment.save()


def _text(body: str) -> str:
    body = body.strip()
    if not body:
        raise InvalidInput.at("body", _("Write the comment."))
    return body


def _locked_comment(comment_id: int) -> Comment:
    """Lock a comment's version, whose lock guards it, and return the comment."""
    version_id = Comment.objects.values_list("version_id", flat=True).get(pk=comment_id)
    version = Version.objects.locked().get(pk=version_id)
    kept: Comment = Comment.objects.select_related("author").get(pk=comment_id)
    kept.version = version
    return kept


@act("reply", roles=PARTICIPANTS)
def reply(comment_id: int, *, body: str, by: User, now: datetime) -> CommentReply:
    """Answer in a comment's thread.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``wrong_state``.
    :raises InvalidInput: field ``body``.
    """
    kept = _locked_comment(comment_id)
    check_can_comment(kept.version, by, now)
    answer = CommentReply(comment=kept, author=by, created_at=now, body=_text(body))
    answer.save(force_insert=True)
    return answer


@act("resolve", roles=OWNERS)
def resolve(comment_id: int, *, by: User, now: datetime) -> Comment:
    """Say, as the owner, that a comment is settled.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``already_resolved``.
    """
    kept = _locked_comment(comment_id)
    check_can_resolve(kept, by, now)
    kept.resolved_by = by
    kept.resolved_at = now
    kept.save()
    return kept


@act("verify", roles=PARTICIPANTS)
def verify(comment_id: int, *, by: User, now: datetime) -> Comment:
    """Verify, as its author, that a resolved comment is settled.

    :raises PolicyDenied: ``not_author``.
    :raises StateConflict: ``not_resolved``, ``already_verified``.
    """
    kept = _locked_comment(comment_id)
    check_can_verify(kept, by, now)
    kept.verified_by = by
    kept.verified_at = now
    kept.save()
    return kept
