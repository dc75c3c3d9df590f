"""Who may submit, decide, carry and comment, and what a release may rely on."""

from collections.abc import Callable
from datetime import datetime

from approvals.people.models import User
from approvals.review.policies.carries import can_carry, check_can_carry
from approvals.review.policies.comments import (
    can_comment,
    can_resolve,
    can_resolve_some,
    can_verify,
    check_can_comment,
    check_can_resolve,
    check_can_verify,
    check_something_to_resolve,
    comments_to_resolve,
)
from approvals.review.policies.decisions import (
    can_claim,
    can_decide,
    can_reassign,
    can_reopen,
    check_can_claim,
    check_can_decide,
    check_can_reassign,
    check_can_reopen,
    check_no_conflict,
    why_cannot_decide,
)
from approvals.review.policies.lifecycle import (
    can_answer,
    can_cancel,
    can_recall,
    can_send_back,
    can_submit,
    check_can_answer,
    check_can_cancel,
    check_can_recall,
    check_can_send_back,
    check_can_submit,
)
from approvals.review.policies.pool import (
    can_unclaim,
    candidates_for,
    check_can_unclaim,
    conflicts_among,
    leads,
)
from approvals.review.policies.prechecks import (
    can_run_prechecks,
    can_set_severity,
    check_can_run_prechecks,
    check_can_set_severity,
)
from approvals.review.policies.standing import check_verdicts_hold, missing_roles, verdicts_hold
from content.assets.models import Version

__all__ = [
    "OFFERED",
    "can_answer",
    "can_cancel",
    "can_carry",
    "can_claim",
    "can_comment",
    "can_decide",
    "can_reassign",
    "can_recall",
    "can_reopen",
    "can_resolve",
    "can_resolve_some",
    "can_run_prechecks",
    "can_send_back",
    "can_set_severity",
    "can_submit",
    "can_unclaim",
    "can_verify",
    "candidates_for",
    "check_can_answer",
    "check_can_cancel",
    "check_can_carry",
    "check_can_claim",
    "check_can_comment",
    "check_can_decide",
    "check_can_reassign",
    "check_can_recall",
    "check_can_reopen",
    "check_can_resolve",
    "check_can_run_prechecks",
    "check_can_send_back",
    "check_can_set_severity",
    "check_can_submit",
    "check_can_unclaim",
    "check_can_verify",
    "check_no_conflict",
    "check_something_to_resolve",
    "check_verdicts_hold",
    "comments_to_resolve",
    "conflicts_among",
    "leads",
    "missing_roles",
    "verdicts_hold",
    "why_cannot_decide",
]

# Acts on a version that its page and its API offer, by the name of their URL verb.
OFFERED: dict[str, Callable[[Version, User, datetime], bool]] = {
    "answer": can_answer,
    "submit": can_submit,
    "recall": can_recall,
    "send-back": can_send_back,
    "cancel": can_cancel,
    "carry": can_carry,
    "comment": can_comment,
    "resolve": can_resolve_some,
}
