"""Regulatory's home: what goes into the next window, what is missing, which clocks run?"""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.desk.dashboard.cards import Card, Deed, Line, address
from approvals.desk.dashboard.owners import next_windows
from approvals.people.models import User
from approvals.submissions.calendars import calendars_owed
from approvals.submissions.enums import BatchState
from approvals.submissions.models import Batch, DepositWindow, Dossier
from approvals.submissions.outlook import Outlook, PlannedRow, WindowRow
from content.assets.enums import State
from content.assets.templatetags.imprimatur import plain_day
from content.calendar import paris_day, working_days_between

SHOWN = 15


def cards(by: User, now: datetime) -> list[Card]:
    today = paris_day(now)
    return [*calendar_cards(by, today), *_window_cards(by, today), _clocks(by, today)]


def deed(by: User, now: datetime) -> Deed | None:
    batch = Batch.objects.filter(state=BatchState.PREPARING).order_by("window__closes_on").first()
    url = address("submissions:batch", batch.pk) if batch else address("submissions:batches")
    return Deed(_("Complete the batch"), url) if url else None


def calendar_cards(by: User, today: date) -> list[Card]:
    """Say which calendar of the authority is missing, to whoever records windows."""
    missing = calendars_owed(by, today)
    if not missing:
        return []
    return [
        Card(
            _("The authority's next calendar is missing"),
            "",
            [Line(str(one), alarm=_("to be recorded")) for one in missing],
            address("submissions:import_windows"),
            _("Import the published windows"),
            counted=False,
        )
    ]


def _window_cards(by: User, today: date) -> list[Card]:
    return [_window_card(row, today) for row in next_windows(by, today)] or [
        Card(
            _("Next windows"),
            _("No window ahead is known: enter the ones that the authority published."),
            more=address("submissions:windows"),
            more_label=_("Windows"),
        )
    ]


def _window_card(row: WindowRow, today: date) -> Card:
    return Card(
        str(row.window),
        _("Nothing is planned for this window."),
        [_plan_line(planned, row.window, today) for planned in row.planned[:SHOWN]],
        address("submissions:batches"),
        _("Batches"),
    )


def _plan_line(planned: PlannedRow, window: DepositWindow, today: date) -> Line:
    version = planned.plan.version
    left = working_days_between(today, window.closes_on)
    missing = ""
    if version.state == State.APPROVED:
        missing = _("approved, not in the batch yet")
    elif version.state not in (State.IN_BATCH, State.DEPOSITED):
        missing = planned.reasons[0]
    end = ngettext("closes in %(n)d working day", "closes in %(n)d working days", left) % {
        "n": left
    }
    late = planned.outlook != Outlook.ON_TRACK
    return Line(
        f"{version.asset.title} — v{version.number}",
        version.get_absolute_url(),
        missing,
        version.state,
        end if missing and not late else "",
        str(planned.outlook.label) if late else "",
        planned.outlook == Outlook.TOO_LATE,
    )


def _clocks(by: User, today: date) -> Card:
    dossiers = Dossier.objects.visible_to(by).deposited().with_page()
    return Card(
        _("Clocks that run"),
        _("No dossier is with the authority."),
        [_clock_line(dossier, today) for dossier in dossiers[:SHOWN]],
    )


def _clock_line(dossier: Dossier, today: date) -> Line:
    ends_on = dossier.evaluation_ends_on
    due = ends_on is not None and ends_on < today
    end = _("evaluation ends on %(day)s") % {"day": plain_day(ends_on)} if ends_on else ""
    return Line(
        f"{dossier.version.asset.title} — {dossier.reference.value}",
        dossier.get_absolute_url(),
        _("portal number %(number)s") % {"number": dossier.portal_number},
        "",
        end,
        _("silence grants: confirm that no letter came") if due else "",
    )
