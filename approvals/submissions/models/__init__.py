"""Windows and plans, batches and dossiers, the authority's decisions."""

from approvals.submissions.models.batches import Batch, BatchSeal
from approvals.submissions.models.decisions import Decision
from approvals.submissions.models.dossiers import Dossier, DossierPiece, PieceRule
from approvals.submissions.models.windows import DepositWindow, PlannedDeposit, ReferenceCounter

__all__ = [
    "Batch",
    "BatchSeal",
    "Decision",
    "DepositWindow",
    "Dossier",
    "DossierPiece",
    "PieceRule",
    "PlannedDeposit",
    "ReferenceCounter",
]
