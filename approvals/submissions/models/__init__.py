"""Windows and plans, batches and dossiers, the authority's decisions."""

from approvals.submissions.models.batches import Batch, BatchSeal
from approvals.submissions.models.dossiers import Decision, Dossier, DossierPiece
from approvals.submissions.models.form import FormQuestion, PieceRule
from approvals.submissions.models.windows import DepositWindow, PlannedDeposit, ReferenceCounter

__all__ = [
    "Batch",
    "BatchSeal",
    "Decision",
    "DepositWindow",
    "Dossier",
    "DossierPiece",
    "FormQuestion",
    "PieceRule",
    "PlannedDeposit",
    "ReferenceCounter",
]
