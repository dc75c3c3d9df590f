"""The pharmacist's home: what waits for my release, what lapses soon?"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals.desk.dashboard.cards import Card, Deed, Line, address
from approvals.people.models import User
from approvals.release.impacts import withdrawals_owed
from approvals.release.models import ImpactList
from approvals.submissions.forecast import Portfolio, Renewal, renewal_of
from approvals.submissions.forecast.tables import outlook_said, successor_said
from approvals.submissions.outlook import Outlook
from content.assets.enums import IN_USE, State
from content.assets.models import Version
from content.assets.templatetags.imprimatur import plain_day, since, usable_until
from content.calendar import paris_day
from content.positive_list.editions import draft, due_since, is_outdated

SHOWN = 15
LAPSE_DAYS = 90


def cards(by: User, now: datetime) -> list[Card]:
    return [_awaiting(by), _edition(now), _impacts(by, now), _suspended(by), _lapsing(by, now)]


def deed(by: User, now: datetime) -> Deed | None:
    url = address("release:queue")
    waits = Version.objects.visible_to(by).awaiting_release().exists()
    return Deed(pgettext("verb", "Release"), url) if url and waits else None


def _awaiting(by: User) -> Card:
    versions = Version.objects.visible_to(by).awaiting_release().with_asset()
    lines = [
        Line(
            f"{version.asset.title} — v{version.number}",
            version.get_absolute_url(),
            since(version.state_since),
            version.state,
        )
        for version in versions.order_by("state_since")[:SHOWN]
    ]
    return Card(
        _("Waiting for your release"),
        _("Nothing waits for your release: what the authority grants will be listed here."),
        lines,
        address("release:queue"),
        _("All that waits"),
    )


def _impacts(by: User, now: datetime) -> Card:
    """Say which changed sources wait for a decision, and which withdrawals for their signature."""
    today = paris_day(now)
    waiting = ImpactList.objects.visible_to(by).waiting().with_page()
    lines = [
        Line(
            str(impact),
            impact.get_absolute_url(),
            _("decide by %(day)s") % {"day": plain_day(impact.deadline)},
            alarm=_("late") if impact.deadline < today else "",
            late=impact.deadline < today,
        )
        for impact in waiting.order_by("deadline", "pk")[:SHOWN]
    ]
    lines += [
        Line(
            f"{owed.version.asset.title} — v{owed.version.number}",
            address("release:withdraw", owed.version.pk),
            _("withdrawal decided on %(day)s, not signed yet")
            % {"day": plain_day(paris_day(owed.decided_at))},
            owed.version.state,
        )
        for owed in withdrawals_owed()[:SHOWN]
    ]
    return Card(
        _("Changed sources: decisions to take"),
        _("No version waits for your decision after a change of its sources."),
        lines,
        address("release:impacts"),
        _("All changes to decide on"),
    )


def _edition(now: datetime) -> Card:
    """Say whether an edition waits for its signature, or whether the next is due."""
    lines, waiting, due = [], draft(), due_since(now)
    if waiting is not None:
        outdated = is_outdated(waiting, now)
        remark = (
            _("the lists changed since: draw it up again")
            if outdated
            else _("drawn up, waits for your signature")
        )
        lines = [Line(str(waiting), waiting.get_absolute_url(), remark)]
    elif due is not None:
        remark = _("due since %(day)s: the lists changed") % {"day": plain_day(paris_day(due))}
        url = address("positive_list:draft_edition")
        lines = [Line(_("Draw up the next edition"), url, remark, alarm=_("to do"))]
    return Card(
        _("Is an edition due?"),
        _("No edition is due: the last one still says what the lists say."),
        lines,
        address("positive_list:editions"),
        _("All editions"),
        counted=False,
    )


def _suspended(by: User) -> Card:
    versions = Version.objects.visible_to(by).filter(state=State.SUSPENDED).with_asset()
    lines = [
        Line(
            f"{version.asset.title} — v{version.number}",
            version.get_absolute_url(),
            since(version.state_since),
            version.state,
        )
        for version in versions.order_by("state_since")[:SHOWN]
    ]
    return Card(_("Suspended"), _("Nothing is suspended."), lines)


def _lapsing(by: User, now: datetime) -> Card:
    """Say what leaves the list soon, visa, authorisation or component, and what follows it."""
    today = paris_day(now)
    until = today + timedelta(days=LAPSE_DAYS)
    portfolio = Portfolio.ending_by(until, today)
    ending = [
        renewal_of(item, portfolio.windows, today)
        for item in portfolio.endings
        if item.ends_on <= until and item.version.state in IN_USE
    ]
    return Card(
        _("Lapses within 90 days"),
        _("Nothing lapses before %(day)s.") % {"day": plain_day(until)},
        [_lapse_line(renewal) for renewal in ending[:SHOWN]],
        address("submissions:forecast"),
        _("Forecast"),
        counted=len(ending) <= SHOWN,
    )


def _lapse_line(renewal: Renewal) -> Line:
    item = renewal.item
    followed = successor_said(item) or _("nothing follows it yet")
    good = renewal.outlook == Outlook.ON_TRACK
    return Line(
        f"{item.version.asset.title} — v{item.version.number}",
        item.version.get_absolute_url(),
        f"{item.version.asset.owner} · {followed}",
        "" if item.listed else item.version.state,
        usable_until(renewal.last_day),
        "" if good else outlook_said(renewal),
        late=renewal.outlook == Outlook.TOO_LATE,
    )
