"""The reviewer's home: what must I decide today, what is late, what comes this week?"""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.desk.dashboard.cards import Card, Deed, Line, address
from approvals.people.models import User
from approvals.review.models import ReviewTask
from content.assets.templatetags.imprimatur import plain_day
from content.calendar import paris_day, working_days_between

SHOWN = 15


def cards(by: User, now: datetime) -> list[Card]:
    today = paris_day(now)
    week = today + timedelta(days=7)
    tasks = list(ReviewTask.objects.awaiting(by, today).with_page()[:100])
    late = [task for task in tasks if task.due_on < today]
    due = [task for task in tasks if task.due_on == today]
    soon = [task for task in tasks if today < task.due_on <= week]
    later = [task for task in tasks if task.due_on > week]
    shown = [
        Card(_("To decide today"), _("Nothing is due today."), _lines(due, today)),
        Card(_("This week"), _("Nothing is due this week."), _lines(soon, today)),
    ]
    if late:
        shown.insert(0, Card(_("Late"), "", _lines(late, today)))
    if later:
        shown.append(Card(_("Later"), "", _lines(later, today)))
    shown[-1].more, shown[-1].more_label = address("review:tasks"), _("All my tasks")
    return shown


def deed(by: User, now: datetime) -> Deed | None:
    task = ReviewTask.objects.awaiting(by, paris_day(now)).first()
    if task is None:
        return None
    url = address("review:task", task.pk)
    return Deed(_("Open the next task"), url) if url else None


def _lines(tasks: list[ReviewTask], today: date) -> list[Line]:
    return [_line(task, today) for task in tasks[:SHOWN]]


def _line(task: ReviewTask, today: date) -> Line:
    version = task.cycle.version
    late = working_days_between(task.due_on, today) if task.due_on < today else 0
    alarm = ngettext("%(n)d working day late", "%(n)d working days late", late) % {"n": late}
    return Line(
        f"{version.asset.title} — v{version.number}",
        address("review:task", task.pk) or version.get_absolute_url(),
        f"{task.get_role_display()} · {version.asset.asset_type} · {version.asset.owner}",  # type: ignore[attr-defined]
        "",
        _("due %(day)s") % {"day": plain_day(task.due_on)},
        alarm if late else "",
    )
