"""Record that a dossier was deposited with the authority, or missed its window."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act, checkpoints
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.signatures.actions import covering, sign
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof, Signature
from approvals.submissions.actions.locking import lock_dossier
from approvals.submissions.actions.planning import release_plan
from approvals.submissions.enums import BatchState
from approvals.submissions.models import Batch, Dossier, DossierPiece
from approvals.submissions.notifications import tell_deposited, tell_missed
from approvals.submissions.policies import (
    BATCH_ROLES,
    check_can_deposit,
    check_can_miss,
    check_deposit_time,
    check_digest,
    check_products_allow,
    check_proof_piece,
    check_received_on,
)
from content.assets.actions import facts
from content.calendar import paris_day
from content.catalogue.models import VisaRule


@act("deposit", roles=BATCH_ROLES)
def deposit(
    dossier_id: int,
    *,
    deposited_at: datetime,
    portal_number: str,
    proof: int,
    received_on: date | None = None,
    credentials: Proof,
    by: User,
    now: datetime,
) -> Dossier:
    """Record a dossier's deposit as a stated fact, with the authority's acknowledgement.

    ``deposited_at`` is the instant on the acknowledgement, ``proof`` the id of that piece,
    ``received_on`` the authority's receipt where the evaluation counts from it (R.5122-2-1).

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``deposited_at``, ``portal_number``, ``proof``, ``received_on``.
    :raises StateConflict: ``dossier_not_preparing``, ``batch_not_frozen``, ``outside_window``,
        ``window_provisional``, ``reference_month``, ``digest_changed``, ``product_frozen``,
        ``authorisation_ended``, ``public_not_allowed``.
    """
    dossier, version, products = lock_dossier(dossier_id, with_window=True)
    check_can_deposit(dossier, by)
    piece = DossierPiece.objects.filter(pk=proof).first()
    _check_facts(dossier, portal_number, piece)
    check_deposit_time(dossier, deposited_at, now)
    check_received_on(received_on, deposited_at=deposited_at, now=now)
    check_digest(dossier)
    check_products_allow(version, products, paris_day(now))
    dossier.deposited_at = deposited_at
    dossier.deposited_by = by
    dossier.deposit_recorded_at = now
    dossier.deposit_proof = piece
    dossier.portal_number = portal_number.strip()
    dossier.received_on = received_on
    dossier.evaluation_months = _evaluation_months(dossier)
    dossier.deposit_signature = sign_dossier(dossier, Meaning.DEPOSIT, credentials, by=by, now=now)
    dossier.deposit(at=now)
    dossier.save()
    version.deposit(at=now)
    version.save()
    facts.use_reference(version, by=by, now=now)
    settle_batch(dossier.batch, now=now)
    tell_deposited(dossier, now=now)
    checkpoints.ask()
    return dossier


def sign_dossier(
    dossier: Dossier, meaning: Meaning, credentials: Proof, *, by: User, now: datetime
) -> Signature:
    """Sign over a dossier's digest, inside the act under way."""
    covers = covering(dossier.revision)
    role = Role.REGULATORY_REVIEWER
    return sign(credentials, by=by, now=now, meaning=meaning, role=role, covers=covers)


def _check_facts(dossier: Dossier, portal_number: str, piece: DossierPiece | None) -> None:
    if not portal_number.strip():
        raise InvalidInput.at("portal_number", _("Give the number that the portal gave."))
    if len(portal_number.strip()) > 50:
        raise InvalidInput.at("portal_number", _("Give at most 50 characters."))
    check_proof_piece(dossier, piece)


def _evaluation_months(dossier: Dossier) -> int:
    rule = VisaRule.objects.filter(
        jurisdiction=dossier.version.asset.jurisdiction_id, category=dossier.batch.category
    ).first()
    return rule.evaluation_months if rule is not None else dossier.evaluation_months


def settle_batch(batch: Batch, *, now: datetime) -> None:
    """Move a batch on once nothing is left to deposit, then once nothing is left to decide."""
    deposited = batch.dossiers.filter(deposited_at__isnull=False)
    if (
        batch.state == BatchState.FROZEN
        and not batch.dossiers.preparing().exists()
        and deposited.exists()
    ):
        batch.finish_deposits(at=now)
        batch.save()
    if batch.state == BatchState.DEPOSITED and not batch.dossiers.deposited().exists():
        batch.close(at=now)
        batch.save()


@act("miss", roles=BATCH_ROLES)
def miss(dossier_id: int, *, reason: str, by: User, now: datetime) -> Dossier:
    """Declare that a dossier was not deposited: its version is approved again.

    Once the window has closed its reference is burnt, and the version needs another.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``reason`` if blank.
    :raises StateConflict: ``dossier_not_preparing``.
    """
    dossier, version, _products = lock_dossier(dossier_id)
    check_can_miss(dossier, by)
    if not reason.strip():
        raise InvalidInput.at("reason", _("Say why."))
    dossier.miss(at=now, reason=reason.strip())
    dossier.save()
    version.leave_batch(at=now)
    version.save()
    if not dossier.batch.window_is_open(paris_day(now)):
        release_plan(version, reason=_("The window was missed."), by=by, now=now)
    settle_batch(dossier.batch, now=now)
    tell_missed(dossier, now=now)
    return dossier
