"""Notices of an end of use: visas, authorisations and releases alike (DOMAIN.md §8, "Planning").

A step of the sweep. Nothing is remembered but what was told (the outbox's keys): a sweep that did
not run for days tells the nearest notice, and none of the days that are past.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from approvals.audit import act
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_system
from approvals.review.due import is_office_time
from approvals.submissions.ending import tell_ending
from approvals.submissions.forecast import Item, Portfolio, renewal_of
from approvals.submissions.models import NoticePlan
from approvals.submissions.policies.notices import (
    NOTICE_ROLES,
    check_can_plan_notices,
    check_notice_days,
)
from content.calendar import paris_day
from content.outbox.models import Message

# From when on the pharmacist is told, too.
PHARMACIST_DAYS = 30


@act("plan_notices", roles=NOTICE_ROLES)
def plan_notices(*, days: Sequence[int], by: User, now: datetime) -> NoticePlan:
    """Say on how many days before an end people are told of it.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``days``.
    """
    check_can_plan_notices(by)
    check_notice_days(days)
    plan: NoticePlan = NoticePlan.objects.select_for_update().get()
    wanted = sorted(days, reverse=True)
    if plan.days != wanted:
        plan.days = wanted
        plan.save()
    return plan


@act("tell_endings")
def tell_endings(*, by: User, now: datetime) -> int:
    """Tell of what ends soon, each notice once, on working days; return how many were due.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    days = NoticePlan.objects.get().days
    if not is_office_time(now) or not days:
        return 0
    today = paris_day(now)
    portfolio = Portfolio.ending_by(today + timedelta(days=max(days)), today)
    due = [(item, nearest(item.ends_on, today, days)) for item in portfolio.items]
    keyed = {notice_key(item, notice): item for item, notice in due if notice}
    told = set(Message.objects.filter(key__in=keyed).values_list("key", flat=True))
    people = Recipients()
    new = {key: item for key, item in keyed.items() if key not in told}
    for key, item in new.items():
        renewal = renewal_of(item, portfolio.windows, today)
        for place, person in enumerate(people.of(item, today)):
            # The first one's key says that this notice went out, whoever owns it later.
            suffix = f":{person.pk}" if place else ""
            tell_ending(renewal, person, today, key=key + suffix, now=now)
    return len(new)


def nearest(ends_on: date, today: date, days: Iterable[int]) -> int | None:
    """Return the notice that is due: the last one whose day has come, or None."""
    left = (ends_on - today).days
    return min((number for number in days if left <= number), default=None) if left > 0 else None


def notice_key(item: Item, notice: int) -> str:
    """Name a notice, so that it goes out once; another end is told of anew."""
    return f"end_of_use:{item.version.pk}:{item.ends_on}:{notice}"


class Recipients:
    """Who is told of an end; the roles' holders are asked for once.

    The owner; regulatory affairs where a renewal needs a visa; the responsible pharmacist when
    little time is left. Of what nobody owns any more, both are told.
    """

    def __init__(self) -> None:
        self.regulatory = list(User.objects.holding(Role.REGULATORY_REVIEWER).order_by("pk"))
        self.pharmacists = list(User.objects.holding(Role.RESPONSIBLE_PHARMACIST).order_by("pk"))

    def of(self, item: Item, today: date) -> list[User]:
        owner = item.version.asset.owner
        people = {owner.pk: owner} if owner.is_active else {}
        owned = bool(people)
        if item.category or not owned:
            people |= {person.pk: person for person in self.regulatory}
        if (item.ends_on - today).days <= PHARMACIST_DAYS or not owned:
            people |= {person.pk: person for person in self.pharmacists}
        return list(people.values())
