"""Answers: may this version be used on a day, why not, from when, until when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from content.assets.enums import LimitCode
from content.assets.models import Period, Version
from content.assets.validity.bars import Bar, bars_of, reasons_on
from content.assets.validity.facts import FactsReader
from content.calendar import day_in_words, end_of_day, paris_day


@dataclass(frozen=True)
class Reason:
    """Why a version is not usable: a code, a sentence, and the path to a missed component."""

    code: str
    text: str
    path: tuple[str, ...] = ()


def known_when(day: date, *, as_of: datetime | None, now: datetime) -> datetime:
    """Return the instant whose knowledge answers a question about a day (§4).

    A past day is answered as known at its end; today and later days as known now.
    """
    if as_of is not None:
        return min(as_of, now)
    return end_of_day(day) if day < paris_day(now) else now


def usable_on(version: Version, day: date, *, as_of: datetime) -> bool:
    """Whether a version is usable on a Paris day, as known at an instant."""
    return stretch_on(version, day, as_of=as_of) is not None


def stretch_on(version: Version, day: date, *, as_of: datetime) -> Period | None:
    """Return the stretch of use that holds a Paris day, as known at an instant, or None."""
    known = Period.objects.filter(version=version).known_at(as_of).covering(day)
    return known.order_by("ends_on").first()


def first_usable_day(version: Version) -> date | None:
    """Return the first day of the periods that stand, or None."""
    days = Period.objects.filter(version=version).current().aggregate(day=Min("starts_on"))
    return days["day"]


def last_usable_day(version: Version) -> date | None:
    """Return the last day of use of the periods that stand, or None; never the day after."""
    days = Period.objects.filter(version=version).current().aggregate(day=Max("ends_on"))
    return days["day"] - timedelta(days=1) if days["day"] else None


def last_days_of_use(ids: Collection[int], *, day: date, as_of: datetime) -> dict[int, date]:
    """Return the last day on which each version was really usable, as known at an instant.

    A day counts when the version was usable at some hour of it: withdrawn at 15:00, it is the
    last day of use (DOMAIN.md §4).
    """
    found: dict[int, date] = {}
    for period in Period.objects.once_usable(day, as_of).filter(version__in=ids):
        last = period.ends_on - timedelta(days=1)
        if period.replaced_at is not None and period.replaced_at <= as_of:
            last = min(last, period.replaced_on or last)
        found[period.version_id] = max(last, found.get(period.version_id, last))
    return found


def until_when(version: Version, day: date, *, as_of: datetime) -> date | None:
    """Return the last day of use to tell about a version on a day: screens, API and lists alike.

    Usable on the day: the end of that stretch. Else the last day it was really used, else the
    last one to come, else None.
    """
    known = Period.objects.filter(version=version).known_at(as_of).order_by("ends_on")
    covering = stretch_on(version, day, as_of=as_of)
    if covering is None:
        past = last_days_of_use([version.pk], day=day, as_of=as_of)
        if version.pk in past:
            return past[version.pk]
    last = covering or known.last()
    return last.ends_on - timedelta(days=1) if last else None


def why_not(version: Version, day: date, *, as_of: datetime | None = None) -> list[Reason]:
    """Return every reason why a version is not usable on a day, first reason first.

    Works from the rule itself, not from the stored periods; a test holds the two against each
    other. ``as_of``: as known at that instant (None: as recorded now).
    """
    return _reasons(version.pk, day, as_of, set())


def _reasons(pk: int, day: date, as_of: datetime | None, seen: set[int]) -> list[Reason]:
    facts = FactsReader([pk], as_of=as_of).read()[pk]
    bars = reasons_on(bars_of(facts), day)
    reasons: list[Reason] = []
    for bar in bars:
        reason = _reason(bar, day, as_of, seen | {pk})
        if reason not in reasons:
            reasons.append(reason)
    return reasons


def _reason(bar: Bar, day: date, as_of: datetime | None, seen: set[int]) -> Reason:
    if bar.code != LimitCode.DEPENDENCY or bar.component is None:
        return Reason(bar.code, _sentence(bar))
    component = Version.objects.select_related("asset").get(pk=bar.component)
    deeper = [] if bar.component in seen else _reasons(bar.component, day, as_of, seen)
    path = (str(component), *(deeper[0].path if deeper else ()))
    why = deeper[0].text if deeper else _("fewer components than the minimum are usable")
    text = _("It needs %(component)s: %(why)s") % {"component": component, "why": why}
    return Reason(bar.code, text, path)


def _sentence(bar: Bar) -> str:
    since = day_in_words(bar.starts_on) if bar.starts_on > date.min else ""
    until = day_in_words(bar.ends_on) if bar.ends_on < date.max else ""
    values: dict[str, Any] = {"since": since, "until": until, "text": bar.text}
    sentence = _sentences()[LimitCode(bar.code)]
    if bar.code == LimitCode.NOT_YET and not until:
        sentence = _("Its jurisdiction does not allow use in the field.")
    if bar.code == LimitCode.AUTHORISATION_ENDED and not since:
        sentence = _("The authorisation of %(text)s is suspended.")
    if bar.code == LimitCode.FREEZE and bar.interrupts:
        # It outlives the freeze: each version comes back by its own resume (§8).
        sentence = _("Suspended since %(since)s by a product freeze: %(text)s")
    if bar.code == LimitCode.SUPERSEDED and bar.component:
        successor = Version.objects.select_related("asset").get(pk=bar.component)
        values["text"] = str(successor)
    return sentence % values


def _sentences() -> dict[LimitCode, str]:
    return {
        LimitCode.AUTHORITY: _("The authority stopped its use on %(since)s: %(text)s"),
        LimitCode.WITHDRAWN: _("Withdrawn on %(since)s: %(text)s"),
        LimitCode.FREEZE: _("Advertising for %(text)s is forbidden since %(since)s."),
        LimitCode.SUSPENDED: _("Suspended since %(since)s: %(text)s"),
        LimitCode.AUTHORISATION_ENDED: _("The authorisation of %(text)s ended on %(since)s."),
        LimitCode.PUBLIC_NOT_ALLOWED: _("%(text)s may not be advertised to the general public."),
        LimitCode.SUPERSEDED: _("Replaced by %(text)s since %(since)s."),
        LimitCode.EXPIRED: _("Expired: not usable since %(since)s."),
        LimitCode.NOT_YET: _("Not usable before %(until)s."),
        LimitCode.NOT_RELEASED: _("It was never released by the pharmacist."),
        LimitCode.DEPENDENCY: _("Fewer components than the minimum are usable."),
    }
