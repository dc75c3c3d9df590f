"""The product manager's home: what is blocked, by whom, since when; am I in time?"""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.desk.dashboard.cards import Card, Deed, Line, address
from approvals.desk.path import Holder, holders_of
from approvals.people.models import User
from approvals.review.enums import Condition
from approvals.review.models import Route, RouteTask
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
from content.assets.templatetags.imprimatur import plain_day, since
from content.calendar import paris_day, working_days_between

SHOWN = 12
RISK_DAYS = 3


def cards(by: User, now: datetime) -> list[Card]:
    mine = Version.objects.filter(asset__owner=by).open().with_asset()
    versions = list(mine.order_by("state_since")[:50])
    holders = holders_of(versions)
    with_me = [version for version in versions if version.state in EDITABLE]
    elsewhere = [version for version in versions if version.state not in EDITABLE]
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
        windows_card(by, paris_day(now)),
    ]


def deed(by: User, now: datetime) -> Deed | None:
    url = address("assets:create")
    return Deed(_("New asset"), url) if url else None


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
        planned.reasons[0],
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
