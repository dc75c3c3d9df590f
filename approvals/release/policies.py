"""Who may release, suspend, resume, withdraw and freeze, and what the state allows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, Refusal, StateConflict
from approvals.people.enums import PHARMACISTS, Role
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.release.enums import STILL_EDITED, ImpactOutcome
from approvals.release.impacts import concerned_by, outcomes_for
from approvals.release.models import ImpactList
from approvals.release.queries import (
    open_freezes_on,
    products_of,
    superseded_already,
    suspended_by_freeze,
)
from approvals.review.enums import CarryKind
from approvals.review.models import Carry
from approvals.review.policies import check_no_conflict, check_verdicts_hold
from content.access.policies import check_can_act_as_pharmacist
from content.assets.enums import WITHDRAWABLE, Cause, ChangeKind, State
from content.assets.models import Revision, Version, Visa
from content.assets.validity.bars import bars_of, reasons_on, usable_stretches
from content.assets.validity.facts import FactsReader
from content.calendar import add_months, day_in_words, paris_day
from content.catalogue.models import Product, ProductFreeze
from content.positive_list.models import Edition
from content.positive_list.policies import check_can_be_signed

RELEASE_ROLES = PHARMACISTS
TERM_ROLES = (Role.REGULATORY_REVIEWER,)
MAX_OVERLAP_DAYS = 90
# A change for safety or the SmPC replaces the old version at once (DOMAIN.md §3).
NO_OVERLAP = (ChangeKind.SAFETY, ChangeKind.SMPC)
# Who each sign that a minor modification stands under the old visa (DOMAIN.md §3).
CARRIERS = (Role.REGULATORY_REVIEWER, Role.RESPONSIBLE_PHARMACIST)


def role_of(by: User) -> Role:
    """Return the pharmacist's role in which a person signs."""
    if by.holds(Role.RESPONSIBLE_PHARMACIST):
        return Role.RESPONSIBLE_PHARMACIST
    return Role.DEPUTY_PHARMACIST


def _check_pharmacist(version: Version, by: User, now: datetime) -> User | None:
    products = {product.pk for product in products_of(version)}
    return check_can_act_as_pharmacist(by, now=now, product_ids=products)


def check_can_release(version: Version, by: User, now: datetime) -> User | None:
    """Return for whom a deputy acts, or None; refuse what may not be released today.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``, ``four_eyes``.
    :raises StateConflict: ``wrong_state``, ``verdict_missing``, ``visa_missing``,
        ``visa_suspended``, ``later_version_released``, ``product_frozen``, ``expired``,
        ``never_usable``.
    """
    lender = check_may_release(version, by, now)
    valid_from, expires_on = days_of_use(version, valid_from=None, now=now)
    check_usable_once(version, valid_from=valid_from, expires_on=expires_on)
    return lender


def check_may_release(version: Version, by: User, now: datetime) -> User | None:
    """The same, whatever the first day of use."""
    lender = _check_pharmacist(version, by, now)
    check_no_conflict(version, by, lender)
    cleared = version.state == State.CLEARED
    if not cleared and not (version.state == State.APPROVED and not version.needs_visa):
        raise StateConflict(
            "wrong_state",
            _("Only a cleared version, or an approved one without a visa, can be released."),
        )
    check_verdicts_hold(version)
    check_visa_holds(version)
    if Version.objects.released_after(version).exists():
        raise StateConflict(
            "later_version_released",
            _("A later version was released: this one can no longer be."),
        )
    check_not_frozen(version)
    return lender


def check_visa_holds(version: Version) -> None:
    """Refuse a version without a visa on its very digest, given or carried (invariant 2).

    :raises StateConflict: ``visa_missing``, ``visa_suspended``.
    """
    if not version.needs_visa:
        return
    visa, revision = version.visa, version.current_revision
    if visa is None or revision is None or not visa_covers(visa, revision):
        raise StateConflict(
            "visa_missing",
            _("No visa was given for these very files: wait for the authority's decision."),
        )
    if visa.is_suspended or visa.is_withdrawn:
        raise StateConflict(
            "visa_suspended",
            _("The authority stopped the visa: wait until it gives it back."),
        )


def visa_covers(visa: Visa, revision: Revision) -> bool:
    """Whether a visa was given on a revision's digest, or regulatory and pharmacist carried it.

    Each of the two carries names the digest it comes from: of a version under the same visa.
    """
    if visa.digest == revision.digest:
        return True
    carries = Carry.objects.filter(
        kind=CarryKind.MINOR_MODIFICATION,
        to_digest=revision.digest,
        from_revision__version__visa=visa,
    )
    return {*CARRIERS} <= set(carries.values_list("role", flat=True))


def check_not_frozen(version: Version, *, chosen: bool = False) -> None:
    """Refuse what a product freeze bars: promotional, and not safety information.

    A freeze bars from the moment it is recorded, its effective day apart: what would be released
    before that day would come back by itself after the lift, without its own ``resume``.
    ``chosen``: the pharmacist chose to let the freeze reach it although no law says so.

    :raises StateConflict: ``product_frozen``.
    """
    freeze = open_freezes_on(version, chosen=chosen).first()
    if freeze is not None:
        raise StateConflict(
            "product_frozen",
            _("Advertising for %(product)s is forbidden since %(day)s: lift the freeze first.")
            % {"product": freeze.product.name, "day": day_in_words(freeze.starts_on)},
        )


def days_of_use(version: Version, *, valid_from: date | None, now: datetime) -> tuple[date, date]:
    """Return the first day of use and the first day after it (DOMAIN.md §4).

    :raises InvalidInput: ``valid_from`` before the release, before the visa, or after the end.
    :raises StateConflict: ``expired`` when the visa ended.
    """
    today = paris_day(now)
    if version.needs_visa and version.visa is not None:
        earliest, expires_on = max(today, version.visa.starts_on), version.visa.ends_on
    else:
        months = version.asset.jurisdiction.months_without_visa
        earliest, expires_on = today, add_months(today, months)
    if expires_on <= earliest:
        raise StateConflict("expired", _("Its visa ended: it can no longer be released."))
    if valid_from is None:
        return earliest, expires_on
    if valid_from < today:
        raise InvalidInput.at("valid_from", _("The first day of use cannot be past."))
    if valid_from < earliest:
        raise InvalidInput.at("valid_from", _("The visa has not started on this day."))
    if valid_from >= expires_on:
        raise InvalidInput.at("valid_from", _("The visa has ended on this day."))
    return valid_from, expires_on


def check_overlap(version: Version, overlap_days: int) -> None:
    """:raises InvalidInput: field ``overlap_days``."""
    if not 0 <= overlap_days <= MAX_OVERLAP_DAYS:
        raise InvalidInput.at("overlap_days", _("The overlap is between 0 and 90 days."))
    if overlap_days and version.change_kind in NO_OVERLAP:
        raise InvalidInput.at(
            "overlap_days",
            _("A change for safety or the SmPC replaces the old version at once: no overlap."),
        )


def check_usable_once(version: Version, *, valid_from: date, expires_on: date) -> None:
    """Refuse a release after which the version would not be usable on a single day.

    :raises StateConflict: ``never_usable``.
    """
    facts = FactsReader([version.pk]).read()[version.pk]
    facts = replace(facts, released=True, valid_from=valid_from, expires_on=expires_on)
    bars = bars_of(facts)
    if not usable_stretches(bars, valid_from):
        codes = dict.fromkeys(str(bar.code.label) for bar in reasons_on(bars, valid_from))
        raise StateConflict(
            "never_usable",
            _("It would be usable on no day: %(reasons)s.") % {"reasons": ", ".join(codes)},
        )


def check_can_suspend(version: Version, by: User, now: datetime) -> User | None:
    """:raises PolicyDenied: ``role_missing``, ``no_delegation``.
    :raises StateConflict: ``wrong_state``.
    """
    lender = _check_pharmacist(version, by, now)
    _check_state(version, (State.RELEASED,), _("Only a released version can be suspended."))
    return lender


def check_can_resume(version: Version, by: User, now: datetime) -> User | None:
    """Return for whom a deputy acts, or None; refuse what cannot come back.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``, ``four_eyes``.
    :raises StateConflict: ``wrong_state``, ``visa_missing``, ``expired``, ``superseded``,
        ``product_frozen``, ``visa_withdrawn``.
    """
    lender = _check_pharmacist(version, by, now)
    check_no_conflict(version, by, lender)
    # Cleared, its visa suspended before any release: the visa's return is recorded by a resume.
    waiting = version.state == State.CLEARED and stopped_by_authority(version)
    if not waiting:
        _check_state(version, (State.SUSPENDED,), _("Only a suspended version can be resumed."))
    today = paris_day(now)
    if version.needs_visa and version.visa is None:
        raise StateConflict(
            "visa_missing", _("It stands under no visa any more: it cannot be resumed.")
        )
    if version.expires_on is None or version.expires_on <= today:
        raise StateConflict("expired", _("Its time of use is over: it cannot be resumed."))
    if version.visa is not None and version.needs_visa and version.visa.ends_on <= today:
        raise StateConflict("expired", _("Its visa ended: it cannot be resumed."))
    if superseded_already(version, today):
        raise StateConflict("superseded", _("A later version replaced it: it cannot be resumed."))
    if version.interruptions.not_lifted().filter(cause=Cause.AUTHORITY_WITHDRAWN).exists():
        raise StateConflict(
            "visa_withdrawn", _("The authority withdrew its visa: it cannot be resumed.")
        )
    check_not_frozen(version, chosen=suspended_by_freeze(version))
    return lender


def stopped_by_authority(version: Version) -> bool:
    """Whether the authority suspended its visa, and nobody recorded its return."""
    rows = version.interruptions.not_lifted()
    return bool(rows.filter(cause=Cause.AUTHORITY_SUSPENDED).exists())


def check_authority_gave_back(version: Version, authority_proof: str) -> None:
    """:raises InvalidInput: field ``authority_proof``, where the authority had suspended it."""
    if stopped_by_authority(version) and not authority_proof.strip():
        raise InvalidInput.at(
            "authority_proof",
            _("The authority suspended its visa: name the letter by which it gave it back."),
        )


def check_can_withdraw(version: Version, by: User, now: datetime) -> User | None:
    """:raises PolicyDenied: ``role_missing``, ``no_delegation``.
    :raises StateConflict: ``wrong_state``.
    """
    lender = _check_pharmacist(version, by, now)
    _check_state(
        version,
        WITHDRAWABLE,
        _("Only a cleared, released or suspended version can be withdrawn."),
    )
    return lender


def check_effective_day(
    version: Version, causes: tuple[Cause, ...], effective_on: date, now: datetime
) -> None:
    """Refuse a past day, and one that would delay or repeat what was already decided.

    :raises InvalidInput: field ``effective_on``.
    """
    if effective_on < paris_day(now):
        raise InvalidInput.at("effective_on", _("The effective day cannot be past."))
    pending = version.interruptions.not_lifted().filter(cause__in=causes)
    first = pending.order_by("starts_on").first()
    if first is not None and effective_on >= first.starts_on:
        raise InvalidInput.at(
            "effective_on",
            _("It is already decided from %(day)s: a later act may only bring this day forward.")
            % {"day": day_in_words(first.starts_on)},
            code="already_decided",
        )


def check_can_freeze_product(product: Product, by: User, now: datetime) -> User | None:
    """:raises PolicyDenied: ``role_missing``, ``no_delegation``."""
    return check_can_act_as_pharmacist(by, now=now, product_ids={product.pk})


def check_can_unfreeze_product(product: Product, by: User, now: datetime) -> User | None:
    """:raises PolicyDenied: ``role_missing``, ``no_delegation``.
    :raises StateConflict: ``not_frozen``.
    """
    lender = check_can_act_as_pharmacist(by, now=now, product_ids={product.pk})
    if not ProductFreeze.objects.not_lifted().filter(product=product).exists():
        raise StateConflict("not_frozen", _("This product is not frozen: nothing bars it."))
    return lender


def check_can_decide_impact(
    impact: ImpactList, version: Version, by: User, now: datetime
) -> User | None:
    """Return for whom a deputy acts, or None; refuse what is not to be decided, or was.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``, ``four_eyes``.
    :raises StateConflict: ``already_decided``, ``still_edited``, ``not_concerned``.
    """
    lender = check_can_act_as_pharmacist(by, now=now, product_ids={impact.product_id})
    check_no_conflict(version, by, lender)
    if impact.decisions.filter(version=version).exists():
        raise StateConflict(
            "already_decided",
            _("%(version)s was already decided on in this list: nothing more is to do.")
            % {"version": version},
        )
    if not concerned_by(impact).filter(pk=version.pk).exists():
        raise StateConflict(
            "not_concerned",
            _("%(version)s is not concerned by this change: choose a version of the list.")
            % {"version": version},
        )
    if version.state in STILL_EDITED:
        raise StateConflict(
            "still_edited",
            _("%(version)s is still with its owner, who can cite the newer source: wait.")
            % {"version": version},
        )
    return lender


def check_impact_outcome(version: Version, outcome: str, reason: str) -> None:
    """:raises InvalidInput: field ``outcome``, or ``reason`` where it is kept without one."""
    if outcome not in ImpactOutcome.values:
        raise InvalidInput.at("outcome", _("Choose what becomes of the version."))
    if outcome not in outcomes_for(version):
        raise InvalidInput.at(
            "outcome",
            _("%(version)s was never cleared: decide to keep it, or to have a new version.")
            % {"version": version},
        )
    if outcome == ImpactOutcome.KEEP and not reason:
        raise InvalidInput.at(
            "reason",
            _("Say why it may be kept although its source changed."),
            code="reason_required",
        )


def check_can_set_terms(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless regulatory affairs."""
    check_role(by, TERM_ROLES)


def check_impact_deadline(deadline: date, reason: str, now: datetime) -> None:
    """:raises InvalidInput: field ``deadline`` if past, ``reason`` if blank."""
    if deadline < paris_day(now):
        raise InvalidInput.at("deadline", _("The deadline cannot be past: give today or later."))
    if not reason.strip():
        raise InvalidInput.at("reason", _("Give the reason."), code="reason_required")


def _check_state(version: Version, states: tuple[State, ...], sentence: str) -> None:
    if version.state not in states:
        raise StateConflict("wrong_state", sentence)


def _allows(check: Callable[..., object], *args: object) -> bool:
    try:
        check(*args)
    except Refusal:
        return False
    return True


def can_release(version: Version, by: User, now: datetime) -> bool:
    return _allows(check_can_release, version, by, now)


def can_suspend(version: Version, by: User, now: datetime) -> bool:
    return _allows(check_can_suspend, version, by, now)


def can_resume(version: Version, by: User, now: datetime) -> bool:
    return _allows(check_can_resume, version, by, now)


def can_withdraw(version: Version, by: User, now: datetime) -> bool:
    return _allows(check_can_withdraw, version, by, now)


def can_freeze_product(product: Product, by: User, now: datetime) -> bool:
    return _allows(check_can_freeze_product, product, by, now)


def can_decide_impact(impact: ImpactList, version: Version, by: User, now: datetime) -> bool:
    return _allows(check_can_decide_impact, impact, version, by, now)


def can_set_terms(by: User) -> bool:
    return _allows(check_can_set_terms, by)


def can_unfreeze_product(product: Product, by: User, now: datetime) -> bool:
    return _allows(check_can_unfreeze_product, product, by, now)


OFFERED: dict[str, Callable[[Version, User, datetime], bool]] = {
    "release": can_release,
    "suspend": can_suspend,
    "resume": can_resume,
    "withdraw": can_withdraw,
}


def check_can_sign_edition(edition: Edition, by: User, now: datetime) -> User | None:
    """Return for whom a deputy acts, or None; refuse a signed edition or one of older lists.

    An edition is of the whole house: a delegation limited to products does not cover it.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``.
    :raises StateConflict: ``already_signed``, ``outdated_draft``.
    """
    lender = check_can_act_as_pharmacist(by, now=now)
    check_can_be_signed(edition, now)
    return lender


def can_sign_edition(edition: Edition, by: User, now: datetime) -> bool:
    try:
        check_can_sign_edition(edition, by, now)
    except Refusal:
        return False
    return True
