"""The product manager's home: what is blocked, by whom, since when; am I in time?"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.desk.dashboard.cards import Card, Deed, Line, address
from approvals.desk.path import Holder, holders_of
from approvals.people.models import User
from approvals.review.models import Route, RouteTask
from approvals.submissions.models import DepositWindow, PlannedDeposit
from content.assets.enums import EDITABLE, State
from content.assets.models import Version
from content.assets.templatetags.imprimatur import plain_day, since
from content.calendar import add_working_days, paris_day, working_days_between
from content.catalogue.enums import VisaCategory

SHOWN = 12
# DOMAIN.md §8, "Planning".
PREPARATION_DAYS = 5
CORRECTION_DAYS = 5
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
        windows_card(paris_day(now), planned_versions=versions),
    ]


def deed(by: User, now: datetime) -> Deed | None:
    url = address("assets:create")
    return Deed(_("New asset"), url) if url else None


def _line(version: Version, holder: Holder) -> Line:
    remark = f"{holder} · {since(holder.since)}" if holder.who else since(version.state_since)
    end = _("due %(day)s") % {"day": plain_day(holder.due_on)} if holder.due_on else ""
    text = f"{version.asset.title} — v{version.number}"
    return Line(text, version.get_absolute_url(), remark, version.state, end)


def windows_card(today: date, *, planned_versions: Iterable[Version]) -> Card:
    """Say which window comes next in each category, and whether one is in time for it."""
    lines = []
    plans = PlannedDeposit.objects.current().filter(
        version__in=[v.pk for v in planned_versions if v.state in (*EDITABLE, State.IN_REVIEW)]
    )
    planned = list(plans.select_related("version__asset", "window"))
    for category in VisaCategory:
        window = DepositWindow.objects.ahead(today).filter(category=category).first()
        if window is None:
            continue
        lines.append(_window_line(window, today))
        for plan in planned:
            if plan.window_id == window.pk:
                lines.append(_planned_line(plan, window, today))
    return Card(
        _("Next windows"),
        _("No window ahead is known: regulatory affairs enters them as the authority publishes."),
        lines,
        address("submissions:windows"),
        _("All windows"),
    )


def _window_line(window: DepositWindow, today: date) -> Line:
    latest = latest_submission(window)
    left = working_days_between(today, latest)
    remark = _("submit for review by %(day)s") % {"day": plain_day(latest)}
    alarm = ""
    if left < 0:
        alarm = _("too late for a new submission")
    elif left < RISK_DAYS:
        alarm = _("at risk")
    end = ngettext("%(n)d working day left", "%(n)d working days left", max(left, 0)) % {
        "n": max(left, 0)
    }
    return Line(str(window), "", remark, "", end if left >= 0 else "", alarm)


def _planned_line(plan: PlannedDeposit, window: DepositWindow, today: date) -> Line:
    version = plan.version
    slack = working_days_between(today, latest_submission(window))
    alarm = ""
    if version.state in EDITABLE and slack < RISK_DAYS:
        alarm = _("too late") if slack < 0 else _("at risk")
    return Line(
        f"{version.asset.title} — v{version.number}",
        version.get_absolute_url(),
        _("planned for this window"),
        version.state,
        "",
        alarm,
    )


def latest_submission(window: DepositWindow) -> date:
    """Return the latest day to enter review for a window: closing day less what work takes."""
    days = PREPARATION_DAYS + CORRECTION_DAYS + _days_of_review(window)
    return add_working_days(window.closes_on, -days)


def _days_of_review(window: DepositWindow) -> int:
    """Return the sum over the default route's stages of their slowest task."""
    route = (
        Route.objects.filter(
            active=True,
            jurisdiction=window.jurisdiction_id,
            nature="promotional",
            for_components=False,
            asset_type__isnull=True,
        )
        .order_by("audience", "pk")
        .first()
    )
    slowest: dict[int, int] = {}
    tasks = RouteTask.objects.filter(stage__route=route, condition="always") if route else []
    for task in tasks:
        slowest[task.stage_id] = max(slowest.get(task.stage_id, 0), task.due_days)
    return sum(slowest.values())
