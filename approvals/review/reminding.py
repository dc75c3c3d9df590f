"""What reminders and digests say, in the language of whoever is told."""

from collections.abc import Sequence
from datetime import date, datetime

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from approvals.people.models import User
from approvals.review.due import grouped
from approvals.review.models import ReviewTask
from approvals.review.routing import role_label
from content.calendar import day_in_words, full_day_in_words, working_days_between
from content.outbox.actions import tell
from content.outbox.models import Message


def reminder_key(stage: str, task: ReviewTask, person: User) -> str:
    """Name a reminder, so that it leaves once; a new due date is reminded of anew."""
    return f"review.{stage}:{task.pk}:{task.due_on}:{person.pk}"


def tell_due(stage: str, task: ReviewTask, person: User, *, now: datetime) -> None:
    """Remind a person of a task that is due "soon", "today", or is "late"."""
    with override(person.language):
        words = {
            "soon": (
                _("Due soon: %(version)s"),
                _("%(title)s awaits your verdict by %(day)s."),
            ),
            "today": (
                _("Due today: %(version)s"),
                _("%(title)s awaits your verdict today, %(day)s."),
            ),
            "late": (
                _("Late: %(version)s"),
                _("%(title)s awaits your verdict since %(day)s: it is late."),
            ),
        }[stage]
        values = {
            "version": task.cycle.version,
            "title": task.cycle.version.asset.title,
            "day": day_in_words(task.due_on),
        }
        link = task.get_absolute_url()
        tell(
            person,
            f"review.{stage}",
            words[0] % values,
            f"{words[1] % values}\n{link}",
            key=reminder_key(stage, task, person),
            now=now,
            link=link,
        )


def tell_escalated(
    task: ReviewTask, lead: User, today: date, *, leads: bool, now: datetime
) -> None:
    """Tell the lead of a role that its task is late; an administrator, that nobody leads it."""
    with override(lead.language):
        late = working_days_between(task.due_on, today)
        body = ngettext(
            "The task of %(role)s on %(version)s is %(days)d working day late. Who has it: "
            "%(who)s.",
            "The task of %(role)s on %(version)s is %(days)d working days late. Who has it: "
            "%(who)s.",
            late,
        ) % {
            "role": role_label(task.role),
            "version": task.cycle.version,
            "days": late,
            "who": task.assignee or _("nobody yet"),
        }
        link = task.get_absolute_url()
        if not leads:
            # An administrator does not see what is in preparation, but names the leads.
            body += " " + _("Nobody leads this role: name a lead.")
            link = reverse("review:leads")
        tell(
            lead,
            "review.escalated",
            _("Late task to share out: %(version)s") % {"version": task.cycle.version},
            f"{body}\n{link}",
            key=reminder_key("escalated", task, lead),
            now=now,
            link=link,
        )


def digest_words(
    person: User, tasks: Sequence[ReviewTask], held: Sequence[Message], today: date
) -> tuple[str, str, str]:
    """Return the subject, text and HTML of a digest: what awaits by due date, what happened."""
    with override(person.language):
        context = {
            "person": person,
            "groups": grouped(tasks, today),
            "held": held,
            "day": full_day_in_words(today),
            "language": person.language,
        }
        subject = _("Your day: %(day)s") % {"day": full_day_in_words(today)}
        if tasks:
            subject = ngettext(
                "Your day: %(count)d task to do", "Your day: %(count)d tasks to do", len(tasks)
            ) % {"count": len(tasks)}
        text = render_to_string("review/digest.txt", context)
        return subject, text.strip() + "\n", render_to_string("review/digest.html", context)
