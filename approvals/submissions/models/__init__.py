"""Windows and plans, batches and dossiers, the authority's decisions."""

from approvals.submissions.models.batches import Batch, BatchSeal
from approvals.submissions.models.calendars import CalendarAddress
from approvals.submissions.models.dossiers import Decision, Dossier, DossierPiece, PieceRule
from approvals.submissions.models.windows import DepositWindow, PlannedDeposit, ReferenceCounter

__all__ = [
    "Batch",
    "BatchSeal",
    "CalendarAddress",
    "Decision",
    "DepositWindow",
    "Dossier",
    "DossierPiece",
    "PieceRule",
    "PlannedDeposit",
    "ReferenceCounter",
]
