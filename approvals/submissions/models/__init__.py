"""Windows and plans, batches and dossiers, the authority's decisions."""

from approvals.submissions.models.batches import Batch, BatchSeal
from approvals.submissions.models.dossiers import Decision, Dossier, DossierPiece, PieceRule
from approvals.submissions.models.notices import NoticePlan
from approvals.submissions.models.windows import DepositWindow, PlannedDeposit, ReferenceCounter

__all__ = [
    "Batch",
    "BatchSeal",
    "Decision",
    "DepositWindow",
    "Dossier",
    "DossierPiece",
    "NoticePlan",
    "PieceRule",
    "PlannedDeposit",
    "ReferenceCounter",
]
