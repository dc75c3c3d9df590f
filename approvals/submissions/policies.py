"""Who may plan, batch, deposit and decide, and what the state allows (DOMAIN.md §3, §8)."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.people.enums import Role
from approvals.people.models import SYSTEM_USERNAME, User
from approvals.people.policies import check_role
from approvals.submissions.enums import (
    AFTER_GRANT,
    REASON_OWED,
    BatchState,
    DossierState,
    Outcome,
    PieceKind,
)
from approvals.submissions.models import (
    Batch,
    Decision,
    DepositWindow,
    Dossier,
    DossierPiece,
    PlannedDeposit,
)
from content.assets import storage
from content.assets.digests import digest_of
from content.assets.enums import PLANNABLE, Cause, ChangeKind, State
from content.assets.models import Interruption, Version
from content.assets.policies import check_owner
from content.calendar import paris_day
from content.catalogue.enums import VisaCategory
from content.catalogue.models import Product
from content.catalogue.policies import public_bar

BATCH_ROLES = (Role.REGULATORY_REVIEWER,)
WINDOW_ROLES = (Role.REGULATORY_REVIEWER, Role.ADMINISTRATOR)
# Pieces that come after the package was frozen.
LATE_PIECES = (PieceKind.PROOF, PieceKind.LETTER, PieceKind.OTHER)


def check_can_record_window(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless regulatory, an administrator or the system."""
    if by.username != SYSTEM_USERNAME:
        check_role(by, WINDOW_ROLES)


def check_can_batch(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is of regulatory affairs."""
    check_role(by, BATCH_ROLES)


def check_can_plan(version: Version, by: User, now: datetime) -> None:
    """Let the owner plan a deposit, from draft to approved, where a visa is needed.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_plannable``, ``no_visa_needed``, ``visa_carried``.
    """
    check_owner(version, by, now)
    if version.state not in PLANNABLE:
        raise StateConflict(
            "not_plannable",
            _("%(version)s is %(state)s: a deposit is planned from draft to approved.")
            % {"version": version, "state": State(version.state).label},
        )
    if not version.needs_visa:
        raise StateConflict(
            "no_visa_needed", _("%(version)s needs no visa.") % {"version": version}
        )
    if version.change_kind == ChangeKind.MINOR_MODIFICATION:
        raise StateConflict(
            "visa_carried",
            _("A minor modification keeps its predecessor's reference and needs no deposit."),
        )


def check_window_takes(window: DepositWindow, version: Version, day: date) -> None:
    """Refuse a window that closed, or of another category or country.

    :raises InvalidInput: field ``window``: ``window_closed``, ``wrong_category``.
    """
    if window.is_closed(day):
        raise InvalidInput.at(
            "window",
            _("This window closed on %(day)s: choose one that is still ahead.")
            % {"day": window.closes_on},
            "window_closed",
        )
    if window.category != version.visa_category:
        raise InvalidInput.at(
            "window",
            _("This window is for %(window)s, this version needs %(version)s: choose another.")
            % {"window": window.category, "version": version.visa_category},
            "wrong_category",
        )
    if window.jurisdiction_id != version.asset.jurisdiction_id:
        raise InvalidInput.at(
            "window", _("This window is of another country: choose another."), "wrong_jurisdiction"
        )


def check_outside_windows(version: Version) -> None:
    """Let only what already had a visa be deposited outside the windows (R.5122-2-1).

    :raises StateConflict: ``never_had_a_visa``.
    """
    had_one = Version.objects.filter(
        asset=version.asset_id, number__lt=version.number, visa__isnull=False
    ).exists()
    if not had_one:
        raise StateConflict(
            "never_had_a_visa",
            _(
                "Outside the windows, R.5122-2-1 admits only a support that already had a visa: "
                "plan this version for a window."
            ),
        )


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
    planned = plan is not None and plan.window_id == batch.window_id
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


def check_products_allow(version: Version, products: Iterable[Product], day: date) -> None:
    """Check again what may have changed since creation: freeze, authorisation, GP eligibility.

    :raises StateConflict: ``product_frozen``, ``authorisation_ended``, ``public_not_allowed``.
    """
    for product in products:
        frozen = product.freezes.open_on(day).exists()
        if frozen and not version.asset.safety_information:
            raise StateConflict(
                "product_frozen",
                _("%(product)s is frozen (L.5122-3): nothing is deposited for it.")
                % {"product": product.name},
            )
        # Suspended counts too: it does not stand, although no end is recorded (rule 5).
        if not product.authorisation_stands_on(day):
            raise StateConflict(
                "authorisation_ended",
                _("The authorisation of %(product)s is suspended or ended: nothing is deposited.")
                % {"product": product.name},
            )
        bar = public_bar(product, day) if version.visa_category == VisaCategory.GP else ""
        if bar:
            raise StateConflict("public_not_allowed", bar)


def check_digest(dossier: Dossier) -> None:
    """Refuse a dossier whose file is no longer the one that was put into the batch.

    The digest is worked out again from the frozen metadata and the bytes as they are stored.

    :raises StateConflict: ``digest_changed``.
    """
    revision = dossier.version.current_revision
    if revision is None or revision.pk != dossier.revision_id or not _digest_holds(dossier):
        raise StateConflict(
            "digest_changed",
            _("The file of %(version)s is not the one of this dossier any more.")
            % {"version": dossier.version},
        )


def _digest_holds(dossier: Dossier) -> bool:
    hashes = list(dossier.revision.files.values_list("sha256", flat=True))
    try:
        for sha256 in hashes:
            storage.check_stored(sha256)
    except storage.StoredFileFault:
        return False
    worked_out = digest_of(dossier.revision.metadata_text, hashes)
    return worked_out == dossier.revision.digest == dossier.digest


def check_can_deposit(dossier: Dossier, by: User) -> None:
    """:raises StateConflict: ``dossier_not_preparing``, ``batch_not_frozen``."""
    check_can_batch(by)
    check_dossier_preparing(dossier)
    if dossier.batch.state != BatchState.FROZEN:
        raise StateConflict(
            "batch_not_frozen", _("Freeze the batch first: only a frozen dossier is deposited.")
        )


def check_deposit_time(dossier: Dossier, deposited_at: datetime, now: datetime) -> None:
    """Hold invariant 7: inside the window, Paris time; outside only under R.5122-2-1.

    :raises InvalidInput: field ``deposited_at``: ``in_the_future``.
    :raises StateConflict: ``outside_window``, ``window_provisional``, ``reference_month``.
    """
    if deposited_at > now:
        raise InvalidInput.at(
            "deposited_at", _("A deposit is a fact: it is never in the future."), "in_the_future"
        )
    window = dossier.batch.window
    if window is not None and window.provisional:
        raise StateConflict(
            "window_provisional",
            _("The authority has not published this window yet: nothing is deposited in it."),
        )
    if window is not None and not window.admits(deposited_at):
        raise StateConflict(
            "outside_window",
            _("The window is open from %(opens)s 0:00 to %(closes)s 23:59, Paris time.")
            % {"opens": window.opens_on, "closes": window.closes_on},
        )
    if window is None:
        check_planned_outside(dossier)
    day = paris_day(deposited_at)
    reference = dossier.reference
    if (reference.year, reference.month) != (day.year, day.month) and (
        not dossier.month_override_reason
    ):
        raise StateConflict(
            "reference_month",
            _("%(reference)s names another month than the deposit's: say why, or correct it.")
            % {"reference": reference.value},
        )


def check_planned_outside(dossier: Dossier) -> None:
    """:raises StateConflict: ``outside_window`` unless R.5122-2-1 was invoked, with its proof."""
    invoked = (
        PlannedDeposit.objects.current()
        .filter(version=dossier.version_id, window__isnull=True)
        .exclude(out_of_window_reason="")
        .exclude(out_of_window_proof="")
        .exists()
    )
    if not invoked:
        raise StateConflict(
            "outside_window",
            _("No window is open for this dossier and R.5122-2-1 was not invoked for it."),
        )


def check_proof_piece(dossier: Dossier, piece: DossierPiece | None) -> None:
    """:raises InvalidInput: field ``proof`` unless it is this dossier's proof of deposit."""
    if piece is None or piece.dossier_id != dossier.pk or piece.kind != PieceKind.PROOF:
        raise InvalidInput.at(
            "proof", _("Add the acknowledgement to this dossier as a proof of deposit first.")
        )


def check_can_miss(dossier: Dossier, by: User) -> None:
    """:raises StateConflict: ``dossier_not_preparing``."""
    check_can_batch(by)
    check_dossier_preparing(dossier)


def check_can_decide(dossier: Dossier, outcome: str, by: User) -> None:
    """Let a deposited dossier be decided once; a visa be suspended or withdrawn after it.

    :raises StateConflict: ``not_deposited``, ``already_decided``, ``not_granted``,
        ``already_suspended``, ``already_withdrawn``.
    """
    check_can_batch(by)
    if outcome in AFTER_GRANT:
        _check_visa_stands(dossier, outcome)
    elif dossier.deposited_at is None:
        raise StateConflict(
            "not_deposited", _("This dossier was not deposited: nothing can be decided on it.")
        )
    elif dossier.state != DossierState.DEPOSITED:
        raise StateConflict(
            "already_decided",
            _("This dossier is already %(state)s.") % {"state": DossierState(dossier.state).label},
        )


def _check_visa_stands(dossier: Dossier, outcome: str) -> None:
    if dossier.state != DossierState.GRANTED:
        raise StateConflict(
            "not_granted", _("No visa was granted on this dossier: there is none to act upon.")
        )
    standing = dossier.decisions.standing()
    if standing.filter(outcome=Outcome.WITHDRAWN_BY_AUTHORITY).exists():
        raise StateConflict("already_withdrawn", _("The authority already withdrew this visa."))
    suspended = Interruption.objects.not_lifted().filter(
        version=dossier.version_id, cause=Cause.AUTHORITY_SUSPENDED
    )
    if outcome == Outcome.SUSPENDED and suspended.exists():
        raise StateConflict("already_suspended", _("The authority already suspended this visa."))


def check_decision_facts(decision: Decision, day: date) -> None:
    """Check the days and reasons of a decision against the deposit and today.

    :raises InvalidInput: fields ``decided_on``, ``notified_on``, ``reason``.
    :raises StateConflict: ``evaluation_not_over``, ``receipt_day_missing`` for a tacit grant.
    """
    dossier, decided_on = decision.dossier, decision.decided_on
    assert dossier.deposited_at is not None
    errors: dict[str, list[str]] = {}
    if decided_on < paris_day(dossier.deposited_at):
        errors["decided_on"] = [_("The decision is dated before the deposit: correct its date.")]
    elif decided_on > day:
        errors["decided_on"] = [_("A decision is a fact: it is never in the future.")]
    if decision.notified_on is not None and not decided_on <= decision.notified_on <= day:
        errors["notified_on"] = [
            _("The notification comes on the day of the decision or later, never in the future.")
        ]
    if decision.outcome in REASON_OWED and not decision.reason:
        errors["reason"] = [_("Give the reasons as they were stated.")]
    if errors:
        raise InvalidInput(errors)
    if decision.outcome == Outcome.TACIT:
        check_evaluation_over(dossier, decided_on, day)


def check_evaluation_over(dossier: Dossier, decided_on: date, day: date) -> None:
    """Let silence be confirmed from the day after the evaluation's end.

    :raises StateConflict: ``evaluation_not_over``, ``receipt_day_missing``.
    :raises InvalidInput: field ``decided_on``.
    """
    ends_on = dossier.evaluation_ends_on
    if ends_on is None:
        raise StateConflict(
            "receipt_day_missing",
            _("Outside the windows the evaluation counts from the authority's receipt: enter it."),
        )
    if day <= ends_on:
        raise StateConflict(
            "evaluation_not_over",
            _("The evaluation ends on %(day)s: silence can be confirmed from the day after.")
            % {"day": ends_on},
        )
    if decided_on < ends_on:
        raise InvalidInput.at(
            "decided_on",
            _("Silence grants on %(day)s at the earliest: correct the date.") % {"day": ends_on},
        )


def _may(check: Callable[[], object]) -> bool:
    try:
        check()
    except (PolicyDenied, StateConflict):
        return False
    return True


def can_record_window(by: User) -> bool:
    return _may(lambda: check_can_record_window(by))


def can_batch(by: User) -> bool:
    return _may(lambda: check_can_batch(by))


def can_plan(version: Version, by: User, now: datetime) -> bool:
    return _may(lambda: check_can_plan(version, by, now))


def can_add(batch: Batch, version: Version, by: User) -> bool:
    return _may(lambda: check_can_add(batch, version, by))


def can_remove(dossier: Dossier, by: User) -> bool:
    return _may(lambda: check_can_remove(dossier, by))


def can_freeze(batch: Batch, by: User) -> bool:
    return _may(lambda: check_can_freeze(batch, by))


def can_unfreeze(batch: Batch, by: User) -> bool:
    return _may(lambda: check_can_unfreeze(batch, by))


def can_cancel(batch: Batch, by: User) -> bool:
    return _may(lambda: check_can_cancel(batch, by))


def can_edit_dossier(dossier: Dossier, by: User) -> bool:
    return _may(lambda: check_can_edit_dossier(dossier, by))


def can_add_piece(dossier: Dossier, kind: str, by: User) -> bool:
    return _may(lambda: check_can_add_piece(dossier, kind, by))


def can_deposit(dossier: Dossier, by: User) -> bool:
    return _may(lambda: check_can_deposit(dossier, by))


def can_miss(dossier: Dossier, by: User) -> bool:
    return _may(lambda: check_can_miss(dossier, by))


def can_decide(dossier: Dossier, outcome: str, by: User) -> bool:
    return _may(lambda: check_can_decide(dossier, outcome, by))


OFFERED: dict[str, Callable[[Version, User, datetime], bool]] = {"plan": can_plan}
