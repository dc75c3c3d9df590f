"""Regulatory's home: what goes into the next window, what is missing, which clocks run?"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count as CountOf
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.desk.dashboard.cards import Card, Count, Deed, Line, address
from approvals.desk.dashboard.owners import next_windows
from approvals.desk.queries import facts_to_confirm
from approvals.people.models import User
from approvals.submissions.calendars import calendars_owed
from approvals.submissions.enums import BatchState, DossierState
from approvals.submissions.models import Batch, DepositWindow, Dossier
from approvals.submissions.next_step import DossierRow, rows_of
from approvals.submissions.outlook import Outlook, PlannedRow, WindowRow
from approvals.submissions.pages.batches import DOSSIER_PILLS, pill_of
from content.assets.enums import State
from content.assets.templatetags.imprimatur import plain_day
from content.calendar import paris_day, working_days_between

SHOWN = 8
CLOCKS_SHOWN = 12
PLANS_SHOWN = 5
BATCHES_SHOWN = 3
WORKED_ON = (BatchState.PREPARING, BatchState.FROZEN)


def cards(by: User, now: datetime) -> list[Card]:
    today = paris_day(now)
    batches = worked_on(by)
    return [
        *calendar_cards(by, today),
        *_batch_cards(batches, by, today),
        _clocks(by, today),
        _dossiers(by),
        _windows(by, today),
        *_facts_card(),
    ]


def deed_of_the_batch(by: User, now: datetime) -> Deed | None:
    """Lead to the batch whose window closes next, as long as one is being worked on."""
    batches = worked_on(by)
    if not batches:
        return None
    frozen = batches[0].state == BatchState.FROZEN
    label = _("Deposit the batch") if frozen else _("Complete the batch")
    return Deed(label, batches[0].get_absolute_url())


def deed(by: User, now: datetime) -> Deed | None:
    return Deed(_("Complete the batch"), address("submissions:batches"))


# The batches under way.


def worked_on(by: User) -> list[Batch]:
    """Return the batches that are prepared or deposited now, the next closing first."""
    seen = Batch.objects.filter(pk__in=Batch.objects.visible_to(by).values("pk"))
    batches = seen.filter(state__in=WORKED_ON).select_related("window")
    return list(batches.order_by("window__closes_on", "pk")[:BATCHES_SHOWN])


def _batch_cards(batches: list[Batch], by: User, today: date) -> list[Card]:
    if not batches:
        return [
            Card(
                _("Batch under way"),
                _("No batch is being prepared: open one for the next window."),
                more=address("submissions:batches"),
                more_label=_("Batches"),
            )
        ]
    dossiers = Dossier.objects.visible_to(by).preparing().filter(batch__in=batches).with_page()
    by_batch: dict[int, list[Dossier]] = {batch.pk: [] for batch in batches}
    for dossier in dossiers:
        by_batch[dossier.batch_id].append(dossier)
    return [
        _batch_card(batch, rows_of(batch, by_batch[batch.pk], today), today) for batch in batches
    ]


def _batch_card(batch: Batch, rows: list[DossierRow], today: date) -> Card:
    incomplete = [row for row in rows if row.missing]
    lines = [_batch_line(batch, rows, incomplete, today)]
    lines += [_owing_line(row) for row in incomplete[:SHOWN]]
    if batch.state == BatchState.FROZEN:
        lines += [_deposit_line(row) for row in rows[:SHOWN]]
    more = ngettext("The batch: %(n)d dossier", "The batch: %(n)d dossiers", len(rows))
    url = batch.get_absolute_url()
    return Card(_("Batch under way"), "", lines, url, more % {"n": len(rows)}, counted=False)


def _batch_line(
    batch: Batch, rows: list[DossierRow], incomplete: list[DossierRow], today: date
) -> Line:
    complete = len(rows) - len(incomplete)
    said = ngettext(
        "%(complete)d of %(n)d dossier complete",
        "%(complete)d of %(n)d dossiers complete",
        len(rows),
    ) % {"complete": complete, "n": len(rows)}
    if batch.state == BatchState.FROZEN:
        said = ngettext("%(n)d dossier to deposit", "%(n)d dossiers to deposit", len(rows))
        said %= {"n": len(rows)}
    if not rows:
        said = _("no dossier yet") if batch.state == BatchState.PREPARING else ""
    line = Line(str(batch), batch.get_absolute_url(), said, pill=pill_of(batch))
    if batch.window is not None:
        _say_closing(line, batch.window, today)
    return line


def _say_closing(line: Line, window: DepositWindow, today: date) -> None:
    """Put on a line how long a window is still open."""
    left = working_days_between(today, window.closes_on)
    if window.is_closed(today):
        line.alarm, line.late = _("the window closed"), True
        return
    line.end = (
        _("closes today, 23:59 Paris time")
        if window.closes_on == today
        else ngettext("closes in %(n)d working day", "closes in %(n)d working days", left)
        % {"n": left}
    )


def _owing_line(row: DossierRow) -> Line:
    """Say the first thing that a dossier lacks, and how many others."""
    first, others = row.missing[0], len(row.missing) - 1
    said = str(first.text)
    if others:
        said += " " + ngettext("and %(n)d other thing", "and %(n)d other things", others) % {
            "n": others
        }
    return Line(
        f"{row.dossier.version.asset.title} — {row.dossier.reference.value}",
        address("submissions:dossier", row.dossier.pk),
        said,
        pill=("✎", _("incomplete"), "amber"),
    )


def _deposit_line(row: DossierRow) -> Line:
    step = "deposit" if row.has_proof else "batch"
    number = row.dossier.pk if row.has_proof else row.dossier.batch_id
    return Line(
        f"{row.dossier.version.asset.title} — {row.dossier.reference.value}",
        address(f"submissions:{step}", number),
        _("the acknowledgement is there: record the deposit")
        if row.has_proof
        else _("deposit it on the portal, then add the acknowledgement"),
    )


# The clocks.


def _clocks(by: User, today: date) -> Card:
    dossiers = list(Dossier.objects.visible_to(by).deposited().with_page())
    dossiers.sort(key=lambda one: (one.evaluation_ends_on or date.max, one.pk))
    due = [one for one in dossiers if one.evaluation_ends_on and one.evaluation_ends_on < today]
    card = Card(
        _("Clocks that run"),
        _("No dossier is with the authority."),
        [_clock_line(dossier, today) for dossier in dossiers[:CLOCKS_SHOWN]],
        counted=False,
    )
    if dossiers:
        running = len(dossiers) - len(due)
        card.counts = [Count(("⇪", _("running"), "indigo"), running)]
        if due:
            card.counts.insert(0, Count(("▲", _("to confirm"), "amber"), len(due)))
    return card


def _clock_line(dossier: Dossier, today: date) -> Line:
    ends_on = dossier.evaluation_ends_on
    text = f"{dossier.version.asset.title} — {dossier.reference.value}"
    if ends_on is None:
        said = _("the day of the authority's receipt is missing")
        return Line(text, dossier.get_absolute_url(), said)
    if ends_on < today:
        said = _("evaluation ended on %(day)s without a decision") % {"day": plain_day(ends_on)}
        url = address("submissions:tacit", dossier.pk)
        return Line(text, url, said, alarm=_("silence grants: confirm that no letter came"))
    left = (ends_on - today).days
    end = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    if not left:
        end = _("ends today")
    said = _("evaluation ends on %(day)s") % {"day": plain_day(ends_on)}
    return Line(text, dossier.get_absolute_url(), said, end=end)


# The windows, and all dossiers.


def _windows(by: User, today: date) -> Card:
    lines: list[Line] = []
    for row in next_windows(by, today):
        lines.append(_window_line(row, today))
        lines += [_plan_line(planned) for planned in _to_look_at(row)[:PLANS_SHOWN]]
    return Card(
        _("Next windows"),
        _("No window ahead is known: enter the ones that the authority published."),
        lines,
        address("submissions:windows"),
        _("All windows"),
        counted=False,
    )


def _window_line(row: WindowRow, today: date) -> Line:
    states = [planned.plan.version.state for planned in row.planned]
    sent = sum(state in (State.IN_BATCH, State.DEPOSITED) for state in states)
    said = ngettext(
        "%(n)d version planned, %(sent)d in a batch",
        "%(n)d versions planned, %(sent)d in a batch",
        len(states),
    ) % {"n": len(states), "sent": sent}
    if not states:
        said = _("nothing is planned yet")
    line = Line(str(row.window), address("submissions:windows"), said)
    if row.is_open:
        line.pill = ("●", _("open"), "green")
        _say_closing(line, row.window, today)
    else:
        line.end = _("opens on %(day)s") % {"day": plain_day(row.window.opens_on)}
    return line


def _to_look_at(row: WindowRow) -> list[PlannedRow]:
    """Return what waits for regulatory, then what may not be in time."""
    ready = [one for one in row.planned if one.plan.version.state == State.APPROVED]
    risky = [
        one
        for one in row.planned
        if one.outlook != Outlook.ON_TRACK
        and one.plan.version.state not in (State.APPROVED, State.IN_BATCH, State.DEPOSITED)
    ]
    risky.sort(key=lambda one: one.outlook != Outlook.TOO_LATE)
    return [*ready, *risky]


def _plan_line(planned: PlannedRow) -> Line:
    version = planned.plan.version
    line = Line(
        f"{version.asset.title} — v{version.number}", version.get_absolute_url(), "", version.state
    )
    if version.state == State.APPROVED:
        line.remark = _("approved, not in the batch yet")
        return line
    line.remark = planned.reason
    line.alarm, line.late = str(planned.outlook.label), planned.outlook == Outlook.TOO_LATE
    return line


def _dossiers(by: User) -> Card:
    """Count the dossiers of the batches under way, by state."""
    url = address("submissions:batches") + "?state=under_way"
    return Card(
        _("Dossiers of the batches under way"),
        _("The dossiers will be counted here, by state."),
        counts=list(_counts(by, url)),
        more=url,
        more_label=_("Batches"),
    )


def _counts(by: User, url: str) -> Iterable[Count]:
    live = Batch.objects.filter(pk__in=Batch.objects.visible_to(by).values("pk")).under_way()
    rows = Dossier.objects.visible_to(by).filter(batch__in=live).values("state")
    numbers = {row["state"]: row["n"] for row in rows.annotate(n=CountOf("pk")).order_by()}
    for state, (shape, colour) in DOSSIER_PILLS.items():
        if numbers.get(state):
            yield Count((shape, DossierState(state).label, colour), numbers[state], url)


def _facts_card() -> list[Card]:
    """Say what the public database said of products of materials, where it is to confirm."""
    lines = [
        Line(
            alert.product.name,
            address("catalogue:alert", alert.pk),
            str(alert.get_kind_display()),
            end=_("since %(day)s") % {"day": plain_day(paris_day(alert.noticed_at))},
        )
        for alert in facts_to_confirm()[:SHOWN]
    ]
    if not lines:
        return []
    title, more = _("Facts to confirm"), _("All facts to confirm")
    return [Card(title, "", lines, address("desk:alerts"), more)]


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
