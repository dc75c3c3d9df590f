"""Prepare a batch for a window, freeze it by a signature, reopen or cancel it."""

from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.signatures.actions import covering, sign
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.submissions.actions.locking import (
    lock_batch,
    lock_dossier,
    lock_products_of,
    lock_versions,
)
from approvals.submissions.actions.packages import order_package, void_package
from approvals.submissions.actions.planning import release_plan
from approvals.submissions.completeness import missing_in
from approvals.submissions.enums import Context, SealKind
from approvals.submissions.form import frozen, taken_over
from approvals.submissions.models import Batch, BatchSeal, DepositWindow, Dossier
from approvals.submissions.policies import (
    BATCH_ROLES,
    check_can_add,
    check_can_batch,
    check_can_cancel,
    check_can_freeze,
    check_can_remove,
    check_can_unfreeze,
    check_digest,
    check_products_allow,
)
from approvals.submissions.reading import Reading, printed_in
from content.assets.enums import ChangeKind
from content.assets.models import Version
from content.calendar import day_in_words, paris_day
from content.catalogue.actions import lock_list_head
from content.catalogue.enums import VisaCategory


@act("create_batch", roles=BATCH_ROLES)
def create_batch(
    *, window: int | None = None, out_of_window: str = "", by: User, now: datetime
) -> Batch:
    """Open a batch for a window; ``out_of_window`` names the category of one outside any.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``window`` (``window_closed``), ``out_of_window``.
    """
    check_can_batch(by)
    if (window is None) == (not out_of_window):
        raise InvalidInput.at("window", _("Choose a window, or state R.5122-2-1, not both."))
    if out_of_window and out_of_window not in VisaCategory.values:
        raise InvalidInput.at("out_of_window", _("Choose PM or GP."))
    chosen = DepositWindow.objects.filter(pk=window).first() if window is not None else None
    if window is not None and chosen is None:
        raise InvalidInput.at("window", _("There is no such window."), "window_unknown")
    if chosen is not None and chosen.is_closed(paris_day(now)):
        raise InvalidInput.at(
            "window",
            _("This window closed on %(day)s: choose one that is still ahead.")
            % {"day": day_in_words(chosen.closes_on)},
            "window_closed",
        )
    batch = Batch(
        window=chosen,
        category=chosen.category if chosen else out_of_window,
        state_since=now,
        created_by=by,
        created_at=now,
    )
    batch.save(force_insert=True)
    return batch


# The context that the kind of change already tells; otherwise it is chosen.
CONTEXTS = {
    ChangeKind.RENEWAL: Context.RENEWAL,
    ChangeKind.SAFETY: Context.UPDATE,
    ChangeKind.SMPC: Context.UPDATE,
}


@act("add_to_batch", roles=BATCH_ROLES)
def add_to_batch(
    batch_id: int, *, version: int, reading: Reading | None = None, by: User, now: datetime
) -> Dossier:
    """Put an approved version that is planned for its window into a batch.

    ``reading`` is what ``read_ahead`` found in its file before the act; it counts only for the
    digest and the reference it was made for, else the file is read here.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``batch_not_preparing``, ``already_in_batch``, ``not_approved``,
        ``no_visa_needed``, ``not_planned_for_window``.
    """
    batch = lock_batch(batch_id)
    found = lock_versions([version]).get(version)
    if found is None:
        raise InvalidInput.at("version", _("There is no such version."))
    plan = check_can_add(batch, found, by)
    revision = found.current_revision
    lead = found.asset.lead_product
    assert lead is not None
    dossier = Dossier(
        batch=batch,
        version=found,
        state_since=now,
        reference=plan.reference,
        revision=revision,
        digest=revision.digest,
        cis=lead.cis,
        support_kind=found.asset.asset_type.support_kind,
        context=CONTEXTS.get(ChangeKind(found.change_kind), ""),
        former_reference=_former_reference(found),
        created_by=by,
        created_at=now,
    )
    if reading is not None and reading.holds_for(revision, plan.reference.value):
        dossier.reference_printed = reading.printed
    else:
        dossier.reference_printed = printed_in(revision, plan.reference.value)
    dossier.form = taken_over(dossier)
    dossier.save(force_insert=True)
    found.add_to_batch(at=now)
    found.save()
    return dossier


def _former_reference(version: Version) -> str:
    """Return the reference of the asset's last visa before this version."""
    before = Version.objects.filter(
        asset=version.asset_id, number__lt=version.number, visa__isnull=False
    )
    last = before.select_related("visa__reference").order_by("-number").first()
    return last.visa.reference.value if last is not None and last.visa is not None else ""


@act("remove_from_batch", roles=BATCH_ROLES)
def remove_from_batch(batch_id: int, *, version: int, by: User, now: datetime) -> Dossier:
    """Take a version out of a batch that is being prepared.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``version`` if it is not in the batch.
    :raises StateConflict: ``batch_not_preparing``.
    """
    check_can_batch(by)
    found = Dossier.objects.in_batch().filter(batch=batch_id, version=version).first()
    if found is None:
        raise InvalidInput.at("version", _("This version is not in the batch."))
    dossier, held, _products = lock_dossier(found.pk)
    check_can_remove(dossier, by)
    dossier.remove(at=now)
    dossier.save()
    held.leave_batch(at=now)
    held.save()
    return dossier


@act("freeze_batch", roles=BATCH_ROLES)
def freeze_batch(batch_id: int, *, credentials: Proof, by: User, now: datetime) -> Batch:
    """Seal a complete batch by a signature over every dossier's digest; have its package made.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``batch_not_preparing``, ``batch_empty``, ``batch_incomplete``,
        ``product_frozen``, ``authorisation_ended``, ``public_not_allowed``, ``digest_changed``.
    """
    lock_list_head()
    ids = list(
        Dossier.objects.preparing().filter(batch=batch_id).values_list("version_id", flat=True)
    )
    products = lock_products_of(ids)
    batch = lock_batch(batch_id)
    versions = lock_versions(ids)
    check_can_freeze(batch, by)
    dossiers = list(batch.dossiers.preparing().with_page())
    for dossier in dossiers:
        dossier.version = versions[dossier.version_id]
        check_products_allow(dossier.version, products[dossier.version_id], paris_day(now))
        check_digest(dossier)
    _check_complete(dossiers)
    for dossier in dossiers:
        dossier.frozen_form = frozen(dossier)
        dossier.save()
    seal = seal_batch(batch, dossiers, SealKind.FREEZE, credentials=credentials, by=by, now=now)
    batch.freeze(at=now)
    batch.save()
    order_package(seal, dossiers, now=now)
    return batch


def _check_complete(dossiers: list[Dossier]) -> None:
    """:raises StateConflict: ``batch_incomplete``, saying which piece of which dossier."""
    owed = [
        _("%(reference)s: %(missing)s")
        % {
            "reference": dossier.reference.value,
            "missing": ", ".join(str(item.text) for item in missing),
        }
        for dossier in dossiers
        if (missing := missing_in(dossier))
    ]
    if owed:
        raise StateConflict(
            "batch_incomplete",
            _("The batch is not complete. %(missing)s") % {"missing": " — ".join(owed)},
        )


def seal_batch(
    batch: Batch,
    dossiers: list[Dossier],
    kind: SealKind,
    *,
    reason: str = "",
    credentials: Proof,
    by: User,
    now: datetime,
) -> BatchSeal:
    """Sign over every dossier's digest, inside the act under way."""
    meaning = Meaning.BATCH_FREEZE if kind == SealKind.FREEZE else Meaning.BATCH_UNFREEZE
    signature = sign(
        credentials,
        by=by,
        now=now,
        meaning=meaning,
        role=Role.REGULATORY_REVIEWER,
        covers=covering(*(dossier.revision for dossier in dossiers)),
    )
    seal = BatchSeal(
        batch=batch, kind=kind, reason=reason, signature=signature, sealed_by=by, sealed_at=now
    )
    seal.save(force_insert=True)
    return seal


@act("unfreeze_batch", roles=BATCH_ROLES)
def unfreeze_batch(
    batch_id: int, *, reason: str, credentials: Proof, by: User, now: datetime
) -> Batch:
    """Reopen a frozen batch by a signature; its package is void.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``reason`` if blank.
    :raises StateConflict: ``batch_not_frozen``, ``already_deposited``.
    """
    batch = lock_batch(batch_id)
    check_can_unfreeze(batch, by)
    _check_reason(reason)
    # With every dossier missed nothing is left to cover but what was sealed before.
    dossiers = list(batch.dossiers.preparing().with_page()) or list(batch.dossiers.with_page())
    seal_batch(
        batch,
        dossiers,
        SealKind.UNFREEZE,
        reason=reason.strip(),
        credentials=credentials,
        by=by,
        now=now,
    )
    for dossier in batch.dossiers.preparing().exclude(frozen_form=None):
        dossier.frozen_form = None
        dossier.save()
    batch.unfreeze(at=now)
    batch.save()
    void_package(batch, now=now)
    return batch


@act("cancel_batch", roles=BATCH_ROLES)
def cancel_batch(batch_id: int, *, reason: str, by: User, now: datetime) -> Batch:
    """Give a batch up before any deposit: its versions are approved again.

    References stay while the window is open, then are burnt.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``reason`` if blank.
    :raises StateConflict: ``batch_over``, ``already_deposited``.
    """
    lock_list_head()
    batch = lock_batch(batch_id)
    check_can_cancel(batch, by)
    _check_reason(reason)
    dossiers = list(batch.dossiers.preparing())
    versions = lock_versions([dossier.version_id for dossier in dossiers])
    for dossier in dossiers:
        version = versions[dossier.version_id]
        dossier.remove(at=now)
        dossier.save()
        version.leave_batch(at=now)
        version.save()
        if not batch.window_is_open(paris_day(now)):
            release_plan(version, reason=_("The window closed."), by=by, now=now)
    batch.cancel(at=now, by=by, reason=reason.strip())
    batch.save()
    void_package(batch, now=now)
    return batch


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput.at("reason", _("Say why."))
