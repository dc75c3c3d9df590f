"""Who may comment, resolve and verify."""

from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied, Refusal, StateConflict
from approvals.people.enums import OWNERS, PHARMACISTS, REVIEWERS
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.review.models import Comment
from approvals.review.policies.standing import wrong_state
from content.assets.enums import FINAL, IN_PREPARATION
from content.assets.models import Version
from content.assets.policies import check_owner, is_invited


def check_can_comment(version: Version, by: User, now: datetime) -> None:
    """Let those who prepare or review, and an invited agency, comment on what is not finished.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``wrong_state``.
    """
    if not is_invited(version, by):
        check_role(by, (*OWNERS, *REVIEWERS, *PHARMACISTS))
    if version.state in FINAL:
        raise wrong_state(version, _("comment on its successor instead."))


def check_can_resolve(comment: Comment, by: User, now: datetime) -> None:
    """Let the owner of the asset resolve an open comment.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``already_resolved``.
    """
    check_owner(comment.version, by, now)
    if comment.resolved_at is not None:
        raise StateConflict("already_resolved", _("This comment is resolved already."))


def comments_to_resolve(version: Version) -> list[Comment]:
    """Return the open comments of a version, and those its predecessors left open."""
    comments = Comment.objects.concerning(version).open().select_related("author", "version")
    return list(comments.order_by("pk"))


def check_something_to_resolve(version: Version, by: User, now: datetime) -> None:
    """Let the owner resolve what is open while the version is on its way to approval.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``wrong_state``, ``nothing_open``.
    """
    check_owner(version, by, now)
    if version.state not in IN_PREPARATION:
        raise wrong_state(version, _("comments are resolved before the approval."))
    if not Comment.objects.concerning(version).open().exists():
        raise StateConflict("nothing_open", _("No comment is open: there is nothing to resolve."))


def can_resolve_some(version: Version, by: User, now: datetime) -> bool:
    try:
        check_something_to_resolve(version, by, now)
    except Refusal:
        return False
    return True


def check_can_verify(comment: Comment, by: User, now: datetime) -> None:
    """Let the author verify that a resolved comment is settled.

    :raises PolicyDenied: ``not_author``.
    :raises StateConflict: ``not_resolved``, ``already_verified``.
    """
    if comment.author_id != by.pk:
        raise PolicyDenied(
            "not_author",
            _("%(person)s wrote this comment and verifies it.") % {"person": comment.author},
        )
    if comment.resolved_at is None:
        raise StateConflict("not_resolved", _("The owner did not resolve this comment yet."))
    if comment.verified_at is not None:
        raise StateConflict("already_verified", _("This comment is verified already."))


def can_comment(version: Version, by: User, now: datetime) -> bool:
    try:
        check_can_comment(version, by, now)
    except Refusal:
        return False
    return True


def can_resolve(comment: Comment, by: User, now: datetime) -> bool:
    try:
        check_can_resolve(comment, by, now)
    except Refusal:
        return False
    return True


def can_verify(comment: Comment, by: User, now: datetime) -> bool:
    try:
        check_can_verify(comment, by, now)
    except Refusal:
        return False
    return True
