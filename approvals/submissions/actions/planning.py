"""Plan a deposit: the window, and the reference that is printed on the material."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.enums import OWNERS
from approvals.people.models import User
from approvals.people.policies import check_system
from approvals.review.actions import renew_prechecks
from approvals.submissions.models import DepositWindow, PlannedDeposit, ReferenceCounter
from approvals.submissions.policies import (
    check_can_plan,
    check_outside_windows,
    check_window_takes,
)
from content.assets.actions import facts
from content.assets.enums import PLANNABLE, ReferenceStatus
from content.assets.models import Reference, Version
from content.calendar import paris_day
from content.catalogue.actions import lock_list_head

LAST_NUMBER = 999


@act("plan", roles=OWNERS)
def plan(
    version_id: int,
    *,
    window: int | None = None,
    out_of_window: Mapping[str, Any] | None = None,
    planned_on: date | None = None,
    by: User,
    now: datetime,
) -> Reference:
    """Plan a version for a window (or outside any, R.5122-2-1) and reserve its reference.

    ``planned_on`` is the planned deposit day, by default the closing day; ``out_of_window`` is
    {reason, proof, planned_on}. Another month burns the old reference and gives a new one; so
    does a window that closed meanwhile.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_plannable``, ``no_visa_needed``, ``visa_carried``,
        ``never_had_a_visa``, ``numbers_exhausted``.
    :raises InvalidInput: ``window`` (``window_closed``, ``wrong_category``), ``planned_on``,
        ``out_of_window``.
    """
    version = Version.objects.locked().with_asset().get(pk=version_id)
    check_can_plan(version, by, now)
    intended = _intended(version, window, out_of_window, planned_on, paris_day(now))
    plans = PlannedDeposit.objects.current().filter(version=version).select_related("window")
    current = plans.first()
    if current is not None and current.window and current.window.is_closed(paris_day(now)):
        # As the sweep does: a missed window means a new reference, whoever comes first.
        release_plan(version, reason=_("The window closed."), by=by, now=now)
        current = None
    reference = _reference_for(version, intended.planned_on, by=by, now=now)
    if current is not None and _same(current, intended, reference):
        return reference
    if current is not None:
        current.replaced_at = now
        current.save()
    intended.reference = reference
    intended.planned_by = by
    intended.planned_at = now
    intended.save(force_insert=True)
    renew_prechecks(version, by=by, now=now)
    return reference


def _intended(
    version: Version,
    window: int | None,
    out_of_window: Mapping[str, Any] | None,
    planned_on: date | None,
    today: date,
) -> PlannedDeposit:
    """Return the plan that is asked for, checked, not saved."""
    if (window is None) == (out_of_window is None):
        raise InvalidInput.at("window", _("Choose a window, or state R.5122-2-1, not both."))
    if out_of_window is not None:
        return _outside(version, out_of_window, today)
    chosen = DepositWindow.objects.filter(pk=window).first()  # type: ignore[misc]
    if chosen is None:
        raise InvalidInput.at("window", _("There is no such window."), "window_unknown")
    check_window_takes(chosen, version, today)
    day = planned_on or chosen.closes_on
    if not max(chosen.opens_on, today) <= day <= chosen.closes_on:
        raise InvalidInput.at(
            "planned_on", _("Plan the deposit for a day of the window that is not past.")
        )
    return PlannedDeposit(version=version, window=chosen, planned_on=day)


def _outside(version: Version, stated: Mapping[str, Any], today: date) -> PlannedDeposit:
    errors: dict[str, list[Any]] = {}
    for name in ("reason", "proof", "planned_on"):
        if not str(stated.get(name) or "").strip():
            errors[name] = [_("R.5122-2-1 owes a reason, a proof and a day: fill this in.")]
    day = stated.get("planned_on")
    if day and (not isinstance(day, date) or day < today):
        errors["planned_on"] = [_("Plan the deposit for today or a later day.")]
    if errors:
        raise InvalidInput(errors)
    assert isinstance(day, date)
    check_outside_windows(version)
    return PlannedDeposit(
        version=version,
        planned_on=day,
        out_of_window_reason=str(stated["reason"]).strip(),
        out_of_window_proof=str(stated["proof"]).strip(),
    )


def _same(current: PlannedDeposit, intended: PlannedDeposit, reference: Reference) -> bool:
    return (
        current.reference_id == reference.pk
        and current.window_id == intended.window_id
        and current.planned_on == intended.planned_on
        and current.out_of_window_reason == intended.out_of_window_reason
        and current.out_of_window_proof == intended.out_of_window_proof
    )


def _reference_for(version: Version, day: date, *, by: User, now: datetime) -> Reference:
    """Keep the version's reference within its month, else burn it and give a new one."""
    lead = version.asset.lead_product
    assert lead is not None  # A constraint: what is promotional names a product.
    kept = version.reference
    month = (lead.cis, version.visa_category, day.year, day.month)
    if kept is not None:
        if (kept.cis, kept.category, kept.year, kept.month) == month and (
            kept.status != ReferenceStatus.BURNT
        ):
            return kept
        facts.burn_reference(version, reason=_("Planned for another month."), by=by, now=now)
    number = take_number(*month)
    value = f"{day:%y/%m}/{lead.cis}/{version.visa_category}/{number:03d}"
    return facts.give_reference(
        version,
        value=value,
        cis=lead.cis,
        category=version.visa_category,
        year=day.year,
        month=day.month,
        number=number,
        by=by,
        now=now,
    )


def take_number(cis: str, category: str, year: int, month: int) -> int:
    """Take the next number of a CIS, category and month; its row is locked until the act ends.

    :raises StateConflict: ``numbers_exhausted`` after 999.
    """
    key: dict[str, Any] = {"cis": cis, "category": category, "year": year, "month": month}
    ReferenceCounter.objects.get_or_create(**key)
    counter = ReferenceCounter.objects.select_for_update().get(**key)
    if counter.last >= LAST_NUMBER:
        raise StateConflict(
            "numbers_exhausted",
            _("The 999 references of this product and month are given: plan another month."),
        )
    counter.last += 1
    counter.save()
    return counter.last


@act("burn_lapsed_references")
def burn_lapsed_references(*, by: User, now: datetime) -> int:
    """Burn the references of versions whose window closed without a dossier; return how many.

    They wait for a new plan, hence for a new reference. A dossier keeps its own until a person
    declares it missed.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    lock_list_head()
    lapsed = PlannedDeposit.objects.current().filter(
        window__closes_on__lt=paris_day(now), version__state__in=PLANNABLE
    )
    ids = list(lapsed.values_list("version_id", flat=True))
    versions = Version.objects.locked().filter(pk__in=ids, state__in=PLANNABLE)
    count = 0
    for version in versions.select_related("reference"):
        release_plan(version, reason=_("The window closed."), by=by, now=now)
        count += 1
    return count


def release_plan(version: Version, *, reason: str, by: User, now: datetime) -> None:
    """End a version's plan and burn its reference, inside the act under way."""
    for current in PlannedDeposit.objects.current().filter(version=version):
        current.replaced_at = now
        current.save()
    facts.burn_reference(version, reason=reason, by=by, now=now)
