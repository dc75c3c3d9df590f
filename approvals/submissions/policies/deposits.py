"""What a deposit must hold to: its window, its digest, its products (DOMAIN.md §8)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict
from approvals.people.models import User
from approvals.submissions.enums import (
    BatchState,
    DossierState,
    PieceKind,
)
from approvals.submissions.models import (
    Dossier,
    DossierPiece,
    PlannedDeposit,
)
from approvals.submissions.policies.batches import (
    check_can_batch,
    check_dossier_preparing,
)
from content import files as storage
from content.assets.digests import digest_of
from content.assets.models import Version
from content.calendar import day_in_words, paris_day
from content.catalogue.enums import VisaCategory
from content.catalogue.models import Product
from content.catalogue.policies import public_bar


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
            % {"opens": day_in_words(window.opens_on), "closes": day_in_words(window.closes_on)},
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


def check_can_date_receipt(dossier: Dossier, received_on: date, now: datetime) -> None:
    """:raises StateConflict: ``not_deposited`` unless the dossier waits for its decision.
    :raises InvalidInput: field ``received_on``.
    """
    if dossier.state != DossierState.DEPOSITED or dossier.deposited_at is None:
        raise StateConflict(
            "not_deposited",
            _("Only a dossier that waits for its decision takes the day of its receipt."),
        )
    check_received_on(received_on, deposited_at=dossier.deposited_at, now=now)


def check_received_on(received_on: date | None, *, deposited_at: datetime, now: datetime) -> None:
    """Hold the authority's receipt between the deposit and today: the evaluation counts from it.

    :raises InvalidInput: field ``received_on``.
    """
    if received_on is None:
        return
    if received_on > paris_day(now):
        raise InvalidInput.at("received_on", _("A receipt is a fact: it is never in the future."))
    if received_on < paris_day(deposited_at):
        raise InvalidInput.at(
            "received_on", _("The receipt is dated before the deposit: correct its date.")
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
