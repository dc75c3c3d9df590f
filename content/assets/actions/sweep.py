"""The state follows the day: what the record of periods already says, written on versions.

Usability never waits for this (DOMAIN.md §4): a dead scheduler delays a state, never an answer.
Every step looks again under the lock, so that running it twice does nothing twice.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from approvals.audit import act
from approvals.people.models import User
from approvals.people.policies import check_system
from content.assets.actions.facts import interrupt
from content.assets.enums import IN_USE, WITHDRAWABLE, Cause, Nature, State
from content.assets.models import Interruption, Version
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
        "frozen": _each(_frozen_today(today), suspend_frozen, by, now),
        "interrupted": _each(_interrupted_today(today), follow_interruption, by, now),
        "superseded": _each(_ids(Version.objects.due_to_be_superseded(today)), end, by, now),
        "expired": _each(_ids(Version.objects.due_to_expire(today)), end, by, now),
    }


def _ids(versions: object) -> list[int]:
    return list(versions.order_by("pk").values_list("pk", flat=True))  # type: ignore[attr-defined]


def _each(ids: list[int], step: Callable[..., bool], by: User, now: datetime) -> int:
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


def _frozen_today(today: date) -> list[int]:
    """Released promotional versions of a frozen product that its freeze did not suspend yet."""
    frozen = ProductFreeze.objects.open_on(today).values_list("product_id", flat=True)
    return released_and_frozen(set(frozen), today)


def released_and_frozen(product_ids: Collection[int], today: date) -> list[int]:
    """Return the released promotional versions of products that no freeze suspended yet.

    Safety information apart; nature and products as they were frozen with the revision.
    """
    suspended = Interruption.objects.not_lifted().filter(
        version=OuterRef("pk"), cause=Cause.PRODUCT_FREEZE, starts_on__lte=today
    )
    named = Version.objects.ever_naming(product_ids)
    candidates = named.filter(~Exists(suspended), state=State.RELEASED)
    codes = set(Product.objects.filter(pk__in=product_ids).values_list("cis", flat=True))
    metadata = regulated_metadata(set(candidates.values_list("pk", flat=True)))
    return sorted(pk for pk, data in metadata.items() if _is_frozen(data, codes))


def _is_frozen(data: Regulated, codes: set[str]) -> bool:
    promotional = data.get("nature") == Nature.PROMOTIONAL
    bound = promotional and not data.get("safety_information")
    return bound and not codes.isdisjoint(data.get("products", []))


@act("suspend_frozen")
def suspend_frozen(version_id: int, *, by: User, now: datetime) -> bool:
    """Suspend a version that a freeze reaches and its own act did not suspend.

    A freeze that the system made, or whose effective day has come since it was announced.
    """
    lock_list_head()
    version = Version.objects.locked().get(pk=version_id)
    if version.state != State.RELEASED:
        return False
    products = regulated_metadata([version.pk])[version.pk].get("products", [])
    freeze = ProductFreeze.objects.open_on(paris_day(now)).filter(product__cis__in=products).first()
    if freeze is None:
        return False
    version.suspend(at=now)
    version.save()
    interrupt(
        version,
        cause=Cause.PRODUCT_FREEZE,
        reason=freeze.reason,
        starts_on=paris_day(now),
        by=by,
        now=now,
    )
    return True
