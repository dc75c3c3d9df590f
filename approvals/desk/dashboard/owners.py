"""The product manager's home: what is blocked, by whom, since when; am I in time?"""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.desk.dashboard.cards import Card, Deed, Line, address
from approvals.desk.path import Holder, holders_of
from approvals.people.models import User
from approvals.release.impacts import owed_by
from approvals.review.enums import Condition
from approvals.review.models import Route, RouteTask
from approvals.submissions.forecast import Portfolio, Renewal, renewals_within
from approvals.submissions.forecast.tables import outlook_said
from approvals.submissions.models import DepositWindow
from approvals.submissions.outlook import (
    Outlook,
    PlannedRow,
    WindowRow,
    latest_entry,
    windows_ahead,
)
from content.assets.enums import EDITABLE, Nature
from content.assets.models import Version
from content.assets.templatetags.imprimatur import plain_day, since, usable_until
from content.calendar import paris_day, working_days_between

SHOWN = 12
RISK_DAYS = 3
# A renewal takes two thirds of a year, from review to release.
RENEWAL_MONTHS = 9


def cards(by: User, now: datetime) -> list[Card]:
    mine = Version.objects.filter(asset__owner=by).open().with_asset()
    versions = list(mine.order_by("state_since")[:50])
    holders = holders_of(versions)
    with_me = [version for version in versions if version.state in EDITABLE]
    elsewhere = [version for version in versions if version.state not in EDITABLE]
    today = paris_day(now)
    return [
        Card(
            _("Waiting for you"),
            _("Drafts and requested changes will be listed here."),
            [_line(version, Holder(since=version.state_since)) for version in with_me[:SHOWN]],
        ),
        Card(
            _("With others: who has it, since when"),
            _("What you submitted will be listed here, with who has it."),
            [_line(version, holders[version.pk]) for version in elsewhere[:SHOWN]],
        ),
        *_owed_card(by),
        windows_card(by, today),
        *renewal_cards(by, today),
    ]


def deed(by: User, now: datetime) -> Deed | None:
    url = address("assets:create")
    return Deed(_("New asset"), url) if url else None


def _owed_card(by: User) -> list[Card]:
    """Say which versions the pharmacist decided that one prepares; nothing where none is owed."""
    lines = [
        Line(
            f"{owed.version.asset.title} — v{owed.version.number}",
            owed.version.asset.get_absolute_url(),
            f"{owed.get_outcome_display()} — {owed.impact}",
            owed.version.state,
            _("decided on %(day)s") % {"day": plain_day(paris_day(owed.decided_at))},
        )
        for owed in owed_by(by)[:SHOWN]
    ]
    title = _("To prepare: a source changed")
    return [Card(title, "", lines)] if lines else []


def _line(version: Version, holder: Holder) -> Line:
    remark = f"{holder} · {since(holder.since)}" if holder.who else since(version.state_since)
    end = _("due %(day)s") % {"day": plain_day(holder.due_on)} if holder.due_on else ""
    text = f"{version.asset.title} — v{version.number}"
    return Line(text, version.get_absolute_url(), remark, version.state, end)


def windows_card(by: User, today: date) -> Card:
    """Say which window comes next in each category, and whether one is in time for it."""
    lines = []
    for row in next_windows(by, today):
        lines.append(_window_line(row.window, today))
        mine = [planned for planned in row.planned if planned.plan.version.asset.owner_id == by.pk]
        lines += [_planned_line(planned) for planned in mine[:SHOWN]]
    return Card(
        _("Next windows"),
        _("No window ahead is known: regulatory affairs enters them as the authority publishes."),
        lines,
        address("submissions:windows"),
        _("All windows"),
        counted=False,
    )


def renewal_cards(by: User, today: date) -> list[Card]:
    """Say what of one's own ends soon and is not followed in time; no card where nothing does."""
    mine = Version.objects.visible_to(by).filter(asset__owner=by)
    renewals = renewals_within(Portfolio.of(mine, today), RENEWAL_MONTHS)
    lines = [_renewal_line(one) for one in renewals if one.asks_for_something]
    if not lines:
        return []
    url = address("submissions:forecast")
    return [Card(_("To renew"), "", lines[:SHOWN], url, _("Forecast"))]


def _renewal_line(renewal: Renewal) -> Line:
    version = renewal.item.version
    remark = usable_until(renewal.last_day)
    end = ""
    if renewal.enters_review and renewal.act_by and not renewal.gap:
        end = _("enter review by %(day)s") % {"day": plain_day(renewal.act_by)}
    good = renewal.outlook == Outlook.ON_TRACK
    return Line(
        f"{version.asset.title} — v{version.number}",
        version.asset.get_absolute_url(),
        remark,
        end=end,
        alarm="" if good else outlook_said(renewal),
        late=renewal.outlook == Outlook.TOO_LATE,
    )


def next_windows(by: User, today: date) -> list[WindowRow]:
    """Return the next window of each category, with what this person sees planned in it."""
    first: dict[str, WindowRow] = {}
    for row in windows_ahead(by, today):
        first.setdefault(row.window.category, row)
    return list(first.values())


def _window_line(window: DepositWindow, today: date) -> Line:
    latest = latest_entry(window.closes_on, _days_of_review(window))
    left = working_days_between(today, latest)
    remark = _("a new submission enters review by %(day)s") % {"day": plain_day(latest)}
    if left < 0:
        return Line(str(window), "", remark, alarm=_("too late for a new submission"), late=True)
    end = ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}
    return Line(str(window), "", remark, end=end, alarm=_("at risk") if left < RISK_DAYS else "")


def _planned_line(planned: PlannedRow) -> Line:
    version = planned.plan.version
    late = planned.outlook != Outlook.ON_TRACK
    return Line(
        f"{version.asset.title} — v{version.number}",
        version.get_absolute_url(),
        planned.reason or _("planned for this window"),
        version.state,
        alarm=str(planned.outlook.label) if late else "",
        late=planned.outlook == Outlook.TOO_LATE,
    )


def _days_of_review(window: DepositWindow) -> int:
    """Return the working days of the default route of what is deposited."""
    route = (
        Route.objects.filter(
            active=True,
            jurisdiction=window.jurisdiction_id,
            nature__in=(Nature.PROMOTIONAL, ""),
            for_components=False,
            asset_type__isnull=True,
        )
        .order_by("-nature", "audience", "pk")
        .first()
    )
    slowest: dict[int, int] = {}
    tasks = RouteTask.objects.filter(stage__route=route, condition=Condition.ALWAYS)
    for task in tasks if route else ():
        slowest[task.stage_id] = max(slowest.get(task.stage_id, 0), task.due_days)
    return sum(slowest.values())
