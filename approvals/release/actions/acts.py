"""The responsible pharmacist's acts: release, suspend, resume, withdraw, freeze and lift."""

import hashlib
from collections.abc import Collection
from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.models import User
from approvals.release import notifications
from approvals.release.enums import FREEZE_MEANINGS, MEANINGS, ActKind, FreezeKind
from approvals.release.models import ProductFreezeAct, ReleaseAct
from approvals.release.policies import (
    RELEASE_ROLES,
    check_authority_gave_back,
    check_can_freeze_product,
    check_can_resume,
    check_can_suspend,
    check_can_unfreeze_product,
    check_can_withdraw,
    check_effective_day,
    check_may_release,
    check_overlap,
    days_of_use,
    role_of,
)
from approvals.release.queries import reached_by_freeze
from approvals.signatures.actions import covering, sign
from approvals.signatures.models import Proof, Signature
from content.assets.actions.facts import interrupt, lift_interruptions, mark_released
from content.assets.actions.sweep import end
from content.assets.enums import Cause, State
from content.assets.models import Version
from content.assets.validity import first_usable_day, why_not
from content.calendar import paris_day
from content.catalogue.actions import freeze_product as record_freeze
from content.catalogue.actions import lift_freeze, lock_list_head
from content.catalogue.models import Product, ProductFreeze

SUSPENDING = (Cause.SUSPENDED, Cause.PRODUCT_FREEZE, Cause.AUTHORITY_SUSPENDED)
WITHDRAWING = (Cause.WITHDRAWN, Cause.AUTHORITY_WITHDRAWN)


@act("release", roles=RELEASE_ROLES)
def release(
    version_id: int,
    *,
    valid_from: date | None = None,
    overlap_days: int = 0,
    credentials: Proof,
    by: User,
    now: datetime,
) -> ReleaseAct:
    """Give the bon à diffuser: from its first day of use on, the version may be used.

    ``valid_from``: first day of use, by default the first that is possible; ``overlap_days``: how
    long the version before it stays usable beside it.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``, ``four_eyes``.
    :raises StateConflict: ``wrong_state``, ``verdict_missing``, ``visa_missing``,
        ``visa_suspended``, ``later_version_released``, ``product_frozen``, ``expired``,
        ``never_usable``.
    :raises InvalidInput: field ``valid_from`` or ``overlap_days``.
    """
    version = _locked(version_id)
    lender = check_may_release(version, by, now)
    first_day, expires_on = days_of_use(version, valid_from=valid_from, now=now)
    check_overlap(version, overlap_days)
    signature = _sign(ActKind.RELEASE, version, credentials, lender, by=by, now=now)
    version.release(at=now)
    mark_released(
        version,
        valid_from=first_day,
        expires_on=expires_on,
        overlap_days=overlap_days,
        by=by,
        now=now,
    )
    if first_usable_day(version) is None:
        reasons = " ".join(reason.text for reason in why_not(version, first_day))
        raise StateConflict(
            "never_usable", _("It would be usable on no day. %(reasons)s") % {"reasons": reasons}
        )
    _supersede_predecessors(version, by=by, now=now)
    done = _record(ActKind.RELEASE, version, signature, effective_on=first_day, by=by, now=now)
    notifications.released(done, now=now)
    return done


@act("suspend", roles=RELEASE_ROLES)
def suspend(
    version_id: int,
    *,
    reason: str,
    effective_on: date | None = None,
    credentials: Proof,
    by: User,
    now: datetime,
) -> ReleaseAct:
    """Stop the use of a released version from a day on, today by default, until it is resumed.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``.
    :raises StateConflict: ``wrong_state``.
    :raises InvalidInput: field ``reason``, or ``effective_on`` if past or later than decided.
    """
    version = _locked(version_id)
    lender = check_can_suspend(version, by, now)
    reason, day = _reason_given(reason), effective_on or paris_day(now)
    check_effective_day(version, SUSPENDING, day, now)
    signature = _sign(ActKind.SUSPEND, version, credentials, lender, by=by, now=now)
    if day == paris_day(now):
        version.suspend(at=now)
        version.save()
    interrupt(version, cause=Cause.SUSPENDED, reason=reason, starts_on=day, by=by, now=now)
    done = _record(
        ActKind.SUSPEND, version, signature, reason=reason, effective_on=day, by=by, now=now
    )
    notifications.stopped(done, now=now)
    return done


@act("resume", roles=RELEASE_ROLES)
def resume(
    version_id: int,
    *,
    reason: str,
    authority_proof: str = "",
    effective_on: date | None = None,
    credentials: Proof,
    by: User,
    now: datetime,
) -> ReleaseAct:
    """Let a suspended version be used again from today on.

    A cleared one whose visa the authority suspended stays cleared; it may then be released.

    ``authority_proof`` names the letter by which the authority gave its visa back; it is owed
    where the authority had suspended the visa (DOMAIN.md §8).

    :raises PolicyDenied: ``role_missing``, ``no_delegation``, ``four_eyes``.
    :raises StateConflict: ``wrong_state``, ``expired``, ``superseded``, ``product_frozen``,
        ``visa_withdrawn``.
    :raises InvalidInput: field ``reason`` or ``authority_proof``, or ``effective_on`` if another
        day than today.
    """
    version = _locked(version_id)
    lender = check_can_resume(version, by, now)
    reason, today = _reason_given(reason), paris_day(now)
    if effective_on not in {None, today}:
        raise InvalidInput.at("effective_on", _("Use is resumed today: leave the day out."))
    check_authority_gave_back(version, authority_proof)
    signature = _sign(ActKind.RESUME, version, credentials, lender, by=by, now=now)
    if version.state == State.SUSPENDED:
        version.resume(at=now)
        version.save()
    lift_interruptions(version, causes=SUSPENDING, ends_on=today, by=by, now=now)
    _supersede_predecessors(version, by=by, now=now)
    done = _record(
        ActKind.RESUME,
        version,
        signature,
        reason=reason,
        authority_proof=authority_proof.strip(),
        effective_on=today,
        by=by,
        now=now,
    )
    if version.state == State.RELEASED:
        notifications.resumed(done, now=now)
    return done


@act("withdraw", roles=RELEASE_ROLES)
def withdraw(
    version_id: int,
    *,
    reason: str,
    effective_on: date | None = None,
    credentials: Proof,
    by: User,
    now: datetime,
) -> ReleaseAct:
    """End the use of a version for ever, from a day on, today by default.

    A day already decided may be brought forward, never delayed.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``.
    :raises StateConflict: ``wrong_state``.
    :raises InvalidInput: field ``reason``, or ``effective_on`` if past or later than decided.
    """
    version = _locked(version_id)
    lender = check_can_withdraw(version, by, now)
    reason, day = _reason_given(reason), effective_on or paris_day(now)
    check_effective_day(version, WITHDRAWING, day, now)
    signature = _sign(ActKind.WITHDRAW, version, credentials, lender, by=by, now=now)
    if day == paris_day(now):
        version.withdraw(at=now)
        version.save()
    interrupt(version, cause=Cause.WITHDRAWN, reason=reason, starts_on=day, by=by, now=now)
    done = _record(
        ActKind.WITHDRAW, version, signature, reason=reason, effective_on=day, by=by, now=now
    )
    notifications.stopped(done, now=now)
    return done


@act("freeze_product", roles=RELEASE_ROLES)
def freeze_product(
    cis: str,
    *,
    reason: str,
    effective_on: date | None = None,
    non_promotional: Collection[int] = (),
    credentials: Proof,
    by: User,
    now: datetime,
) -> ProductFreezeAct:
    """Forbid advertising for a product (L.5122-3) and suspend its released versions, in one act.

    Every released promotional version stops from the effective day on, safety information apart;
    ``non_promotional`` names the other versions to suspend with them. Releases and deposits are
    barred until the freeze is lifted.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``.
    :raises StateConflict: ``already_frozen``.
    :raises InvalidInput: field ``reason``, ``effective_on``, or ``non_promotional``.
    """
    lock_list_head()
    product = Product.objects.locked().get(cis=cis)
    lender = check_can_freeze_product(product, by, now)
    day = effective_on or paris_day(now)
    freeze = record_freeze(product.pk, reason=reason, effective_on=day, by=by, now=now)
    versions = _reached(product, non_promotional)
    signature = _sign_freeze(
        FreezeKind.FREEZE, freeze, versions, credentials, lender, by=by, now=now
    )
    if day == paris_day(now):
        for version in versions:
            version.suspend(at=now)
            version.save()
    if versions:
        interrupt(
            versions,
            cause=Cause.PRODUCT_FREEZE,
            reason=reason.strip(),
            starts_on=day,
            by=by,
            now=now,
        )
    done = _record_freeze(FreezeKind.FREEZE, freeze, signature, reason, day, by=by, now=now)
    notifications.frozen(done, versions, now=now)
    return done


@act("unfreeze_product", roles=RELEASE_ROLES)
def unfreeze_product(
    cis: str, *, reason: str, credentials: Proof, by: User, now: datetime
) -> ProductFreezeAct:
    """Remove the bar on a product; each version comes back by its own signed resume.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``.
    :raises StateConflict: ``not_frozen``.
    :raises InvalidInput: field ``reason``.
    """
    lock_list_head()
    product = Product.objects.locked().get(cis=cis)
    lender = check_can_unfreeze_product(product, by, now)
    open_freeze = ProductFreeze.objects.not_lifted().get(product=product)
    freeze = lift_freeze(open_freeze.pk, reason=reason, by=by, now=now)
    signature = _sign_freeze(FreezeKind.LIFT, freeze, [], credentials, lender, by=by, now=now)
    day = paris_day(now)
    return _record_freeze(FreezeKind.LIFT, freeze, signature, reason, day, by=by, now=now)


def _locked(version_id: int) -> Version:
    """Lock in the house's order: the list head, then every version of the asset, by id."""
    lock_list_head()
    siblings = Version.objects.filter(pk=version_id).values("asset")
    versions = {
        version.pk: version for version in Version.objects.locked().filter(asset__in=siblings)
    }
    if version_id not in versions:
        raise Version.DoesNotExist
    return versions[version_id]


def _reason_given(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput.at("reason", _("Give the reason."), code="reason_required")
    return reason.strip()


def _reached(product: Product, chosen: Collection[int]) -> list[Version]:
    by_law, by_choice = reached_by_freeze(product)
    allowed = {version.pk for version in by_choice}
    if not set(chosen) <= allowed:
        raise InvalidInput.at(
            "non_promotional",
            _("Choose released, non-promotional versions of this product only."),
        )
    ids = {version.pk for version in by_law} | set(chosen)
    return list(Version.objects.locked().filter(pk__in=ids))


def _supersede_predecessors(version: Version, *, by: User, now: datetime) -> None:
    """Let the state follow where the successor's first usable day is today."""
    due = Version.objects.due_to_be_superseded(paris_day(now)).filter(asset=version.asset_id)
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        end(pk, by=by, now=now)


def _sign(
    kind: ActKind,
    version: Version,
    credentials: Proof,
    lender: User | None,
    *,
    by: User,
    now: datetime,
) -> Signature:
    return sign(
        credentials,
        by=by,
        now=now,
        meaning=MEANINGS[kind],
        role=role_of(by),
        covers=covering(version.current_revision),
        on_behalf_of=lender,
    )


def _sign_freeze(
    kind: FreezeKind,
    freeze: ProductFreeze,
    versions: list[Version],
    credentials: Proof,
    lender: User | None,
    *,
    by: User,
    now: datetime,
) -> Signature:
    """Sign over the freeze itself and, in one signature, the digest of each version it stops."""
    text = "\n".join([freeze.product.cis, freeze.starts_on.isoformat(), freeze.reason])
    digest = hashlib.sha256(text.encode()).hexdigest()
    revisions = [version.current_revision for version in versions]
    return sign(
        credentials,
        by=by,
        now=now,
        meaning=FREEZE_MEANINGS[kind],
        role=role_of(by),
        covers=[("catalogue.productfreeze", freeze.pk, digest), *covering(*revisions)],
        on_behalf_of=lender,
    )


def _record(
    kind: ActKind,
    version: Version,
    signature: Signature,
    *,
    reason: str = "",
    authority_proof: str = "",
    effective_on: date,
    by: User,
    now: datetime,
) -> ReleaseAct:
    done = ReleaseAct(
        version=version,
        kind=kind,
        reason=reason,
        authority_proof=authority_proof,
        effective_on=effective_on,
        digest=version.current_revision.digest,
        by=by,
        made_at=now,
        signature=signature,
    )
    done.save(force_insert=True)
    return done


def _record_freeze(
    kind: FreezeKind,
    freeze: ProductFreeze,
    signature: Signature,
    reason: str,
    effective_on: date,
    *,
    by: User,
    now: datetime,
) -> ProductFreezeAct:
    done = ProductFreezeAct(
        freeze=freeze,
        kind=kind,
        reason=reason.strip(),
        effective_on=effective_on,
        by=by,
        made_at=now,
        signature=signature,
    )
    done.save(force_insert=True)
    return done
