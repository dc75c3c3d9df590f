"""The state follows the day: what the record of periods already says, written on versions.

Usability never waits for this (DOMAIN.md §4): a dead scheduler delays a state, never an answer.
Every step looks again under the lock, so that running it twice does nothing twice.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from approvals.audit import act
from approvals.people.models import User
from approvals.people.policies import check_system
from content.assets.actions.facts import interrupt
from content.assets.enums import IN_USE, WITHDRAWABLE, Cause, Nature, State
from content.assets.models import Interruption, Version
from content.assets.signals import versions_frozen
from content.assets.validity.facts import Regulated, regulated_metadata
from content.calendar import paris_day
from content.catalogue.actions import lock_list_head
from content.catalogue.models import Product, ProductFreeze

WITHDRAWING = (Cause.WITHDRAWN, Cause.AUTHORITY_WITHDRAWN)


def follow_the_day(*, by: User, now: datetime) -> dict[str, int]:
    """Bring states in line with the day; return how many versions each step moved.

    :raises PolicyDenied: ``system_only`` unless ``by`` is the system actor.
    """
    check_system(by)
    today = paris_day(now)
    return {
        "frozen": _each(_freezes_to_follow(today), suspend_frozen, by, now),
        "interrupted": _each(_interrupted_today(today), follow_interruption, by, now),
        "superseded": _each(_ids(Version.objects.due_to_be_superseded(today)), end, by, now),
        "expired": _each(_ids(Version.objects.due_to_expire(today)), end, by, now),
    }


def _ids(versions: object) -> list[int]:
    return list(versions.order_by("pk").values_list("pk", flat=True))  # type: ignore[attr-defined]


def _each(ids: list[int], step: Callable[..., int], by: User, now: datetime) -> int:
    return sum(step(pk, by=by, now=now) for pk in ids)


@act("end_of_use")
def end(version_id: int, *, by: User, now: datetime) -> bool:
    """Expire or supersede a version whose day has come; whichever came first."""
    today = paris_day(now)
    version = Version.objects.locked().get(pk=version_id)
    superseded_on, expires_on = version.superseded_on, version.expires_on
    superseded = (
        version.state in IN_USE
        and superseded_on is not None
        and superseded_on <= today
        and (expires_on is None or superseded_on <= expires_on)
    )
    if superseded:
        version.supersede(at=now)
    elif version.state in WITHDRAWABLE and expires_on is not None and expires_on <= today:
        version.expire(at=now)
    else:
        return False
    version.save()
    return True


def _interrupted_today(today: date) -> list[int]:
    rows = Interruption.objects.not_lifted().filter(starts_on__lte=today)
    withdrawn = rows.filter(cause__in=WITHDRAWING, version__state__in=WITHDRAWABLE)
    suspended = rows.exclude(cause__in=WITHDRAWING).filter(version__state=State.RELEASED)
    return sorted(
        {*withdrawn.values_list("version_id", flat=True)}
        | {*suspended.values_list("version_id", flat=True)}
    )


@act("follow_interruption")
def follow_interruption(version_id: int, *, by: User, now: datetime) -> bool:
    """Withdraw or suspend a version on the day for which it was decided."""
    today = paris_day(now)
    version = Version.objects.locked().get(pk=version_id)
    # What ended its use earlier gives the state, however late this runs (invariant 11).
    ends = [day for day in (version.superseded_on, version.expires_on) if day is not None]
    causes = set(
        Interruption.objects.not_lifted()
        .filter(version=version, starts_on__lte=min([today, *ends]))
        .values_list("cause", flat=True)
    )
    if causes & set(WITHDRAWING) and version.state in WITHDRAWABLE:
        version.withdraw(at=now)
    elif causes and version.state == State.RELEASED:
        version.suspend(at=now)
    else:
        return False
    version.save()
    return True


def _freezes_to_follow(today: date) -> list[int]:
    """Freezes in force that did not suspend yet every version that they reach."""
    freezes = ProductFreeze.objects.open_on(today).order_by("pk")
    return [row.pk for row in freezes if _released_and_frozen(row.product_id, today)]


def _released_and_frozen(product_id: int, today: date) -> list[int]:
    """Return the released promotional versions of a product that no freeze suspended yet.

    Safety information apart; nature and products as they were frozen with the revision.
    """
    suspended = Interruption.objects.not_lifted().filter(
        version=OuterRef("pk"), cause=Cause.PRODUCT_FREEZE, starts_on__lte=today
    )
    named = Version.objects.ever_naming([product_id])
    candidates = named.filter(~Exists(suspended), state=State.RELEASED)
    codes = set(Product.objects.filter(pk=product_id).values_list("cis", flat=True))
    metadata = regulated_metadata(set(candidates.values_list("pk", flat=True)))
    return sorted(pk for pk, data in metadata.items() if _is_frozen(data, codes))


def _is_frozen(data: Regulated, codes: set[str]) -> bool:
    promotional = data.get("nature") == Nature.PROMOTIONAL
    bound = promotional and not data.get("safety_information")
    return bound and not codes.isdisjoint(data.get("products", []))


@act("suspend_frozen")
def suspend_frozen(freeze_id: int, *, by: User, now: datetime) -> int:
    """Suspend what a freeze reaches and its own act did not suspend; return how many versions.

    A freeze that the system made, or whose effective day has come since it was announced.
    """
    lock_list_head()
    today = paris_day(now)
    freeze = ProductFreeze.objects.open_on(today).filter(pk=freeze_id).first()
    reached = _released_and_frozen(freeze.product_id, today) if freeze else []
    released = Version.objects.locked().with_asset().filter(pk__in=reached, state=State.RELEASED)
    versions = list(released)
    if freeze is None or not versions:
        return 0
    for version in versions:
        version.suspend(at=now)
        version.save()
    interrupt(
        versions,
        cause=Cause.PRODUCT_FREEZE,
        reason=freeze.reason,
        starts_on=today,
        by=by,
        now=now,
    )
    versions_frozen.send(ProductFreeze, freeze=freeze, versions=versions, by=by, now=now)
    return len(versions)
