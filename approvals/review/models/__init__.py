"""Routes, cycles, tasks, verdicts, carries and comments."""

from approvals.review.models.comments import Comment, CommentReply
from approvals.review.models.cycles import ReviewCycle, ReviewTask
from approvals.review.models.leads import RoleLead
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
    "CarriedVerdict",
    "Carry",
    "ChecklistItem",
    "Comment",
    "CommentReply",
    "MinorModificationCategory",
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
