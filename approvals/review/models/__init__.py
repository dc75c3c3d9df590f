"""Routes, cycles, tasks, verdicts, carries, comments and pre-checks."""

from approvals.review.models.comments import Comment, CommentReply
from approvals.review.models.cycles import ReviewCycle, ReviewTask
from approvals.review.models.leads import RoleLead
from approvals.review.models.prechecks import PrecheckKind, PrecheckResult, PrecheckRun
from approvals.review.models.reminders import MOST_DAYS, ReminderPlan
from approvals.review.models.routes import (
    ChecklistItem,
    MinorModificationCategory,
    Route,
    RouteStage,
    RouteTask,
)
from approvals.review.models.verdicts import (
    CarriedVerdict,
    Carry,
    RequestedChange,
    Verdict,
    VisaExemption,
)

__all__ = [
    "MOST_DAYS",
    "CarriedVerdict",
    "Carry",
    "ChecklistItem",
    "Comment",
    "CommentReply",
    "MinorModificationCategory",
    "PrecheckKind",
    "PrecheckResult",
    "PrecheckRun",
    "ReminderPlan",
    "RequestedChange",
    "ReviewCycle",
    "ReviewTask",
    "RoleLead",
    "Route",
    "RouteStage",
    "RouteTask",
    "Verdict",
    "VisaExemption",
]
