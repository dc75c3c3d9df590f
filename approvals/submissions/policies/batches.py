"""Who may fill, seal and give up a batch, and what its state allows (DOMAIN.md §8)."""

from django.utils.translation import gettext as _

from approvals.audit import StateConflict
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.submissions.enums import (
    BatchState,
    DossierState,
    PieceKind,
)
from approvals.submissions.models import (
    Batch,
    Dossier,
    PlannedDeposit,
)
from content.assets.enums import State
from content.assets.models import Version

BATCH_ROLES = (Role.REGULATORY_REVIEWER,)
# Pieces that come after the package was frozen.
LATE_PIECES = (PieceKind.PROOF, PieceKind.LETTER, PieceKind.OTHER)


def check_can_batch(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is of regulatory affairs."""
    check_role(by, BATCH_ROLES)


def check_can_add(batch: Batch, version: Version, by: User) -> PlannedDeposit:
    """Return the plan under which a version enters a batch.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``batch_not_preparing``, ``already_in_batch``, ``not_approved``,
        ``no_visa_needed``, ``not_planned_for_window``.
    """
    check_can_batch(by)
    check_preparing(batch)
    if Dossier.objects.undecided().filter(version=version).exists():
        raise StateConflict(
            "already_in_batch",
            _("%(version)s already has a dossier that is not decided.") % {"version": version},
        )
    if version.state != State.APPROVED:
        raise StateConflict(
            "not_approved",
            _("%(version)s is %(state)s: only an approved version enters a batch.")
            % {"version": version, "state": State(version.state).label},
        )
    if not version.needs_visa:
        raise StateConflict(
            "no_visa_needed", _("%(version)s needs no visa.") % {"version": version}
        )
    plan = PlannedDeposit.objects.current().filter(version=version).first()
    # A plan may outlive its reference, burnt by an exemption that lapsed (invariant 5).
    planned = (
        plan is not None
        and plan.window_id == batch.window_id
        and plan.reference_id == version.reference_id
    )
    if plan is None or not planned or version.visa_category != batch.category:
        raise StateConflict(
            "not_planned_for_window",
            _("%(version)s is not planned for this batch's window: its owner plans it first.")
            % {"version": version},
        )
    return plan


def check_preparing(batch: Batch) -> None:
    """:raises StateConflict: ``batch_not_preparing``."""
    if batch.state != BatchState.PREPARING:
        raise StateConflict(
            "batch_not_preparing",
            _("This batch is %(state)s: nothing is added, removed or edited in it.")
            % {"state": BatchState(batch.state).label},
        )


def check_can_remove(dossier: Dossier, by: User) -> None:
    """:raises StateConflict: ``batch_not_preparing``, ``dossier_not_preparing``."""
    check_can_batch(by)
    check_preparing(dossier.batch)
    check_dossier_preparing(dossier)


def check_dossier_preparing(dossier: Dossier) -> None:
    """:raises StateConflict: ``dossier_not_preparing``."""
    if dossier.state != DossierState.PREPARING:
        raise StateConflict(
            "dossier_not_preparing",
            _("This dossier is %(state)s.") % {"state": DossierState(dossier.state).label},
        )


def check_can_freeze(batch: Batch, by: User) -> None:
    """:raises StateConflict: ``batch_not_preparing``, ``batch_empty``."""
    check_can_batch(by)
    check_preparing(batch)
    if not batch.dossiers.preparing().exists():
        raise StateConflict("batch_empty", _("This batch holds no dossier: add one first."))


def check_can_unfreeze(batch: Batch, by: User) -> None:
    """:raises StateConflict: ``batch_not_frozen``, ``already_deposited``."""
    check_can_batch(by)
    if batch.state != BatchState.FROZEN:
        raise StateConflict(
            "batch_not_frozen",
            _("This batch is %(state)s: only a frozen one is reopened.")
            % {"state": BatchState(batch.state).label},
        )
    check_none_deposited(batch)


def check_can_cancel(batch: Batch, by: User) -> None:
    """:raises StateConflict: ``batch_over``, ``already_deposited``."""
    check_can_batch(by)
    if batch.state not in (BatchState.PREPARING, BatchState.FROZEN):
        raise StateConflict(
            "batch_over",
            _("This batch is %(state)s: it is no longer cancelled.")
            % {"state": BatchState(batch.state).label},
        )
    check_none_deposited(batch)


def check_none_deposited(batch: Batch) -> None:
    """:raises StateConflict: ``already_deposited``."""
    if batch.dossiers.filter(deposited_at__isnull=False).exists():
        raise StateConflict(
            "already_deposited",
            _("One dossier of this batch is already with the authority: it stays as it is."),
        )


def check_can_edit_dossier(dossier: Dossier, by: User) -> None:
    """:raises StateConflict: ``batch_not_preparing``, ``dossier_not_preparing``."""
    check_can_batch(by)
    check_dossier_preparing(dossier)
    check_preparing(dossier.batch)


def check_can_add_piece(dossier: Dossier, kind: str, by: User) -> None:
    """Let pieces in while the batch is prepared; proofs and letters also later.

    :raises StateConflict: ``batch_not_preparing``, ``dossier_not_preparing``.
    """
    check_can_batch(by)
    if dossier.state in (DossierState.REMOVED, DossierState.MISSED):
        check_dossier_preparing(dossier)
    if kind not in LATE_PIECES:
        check_can_edit_dossier(dossier, by)
