"""Why something is on track, at risk or too late: one sentence each."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.review.routing import role_label
from approvals.submissions.progress import OpenTask
from content.calendar import day_in_words


def deposited() -> str:
    return _("Deposited.")


def no_route() -> str:
    return _("No review route fits it: an administrator adds one.")


def entry_ahead(latest: date, slack: int) -> str:
    day = day_in_words(latest)
    if slack == 0:
        return _("Enters review today at the latest, %(day)s: no slack.") % {"day": day}
    return ngettext(
        "Enters review by %(day)s at the latest: %(n)d working day of slack.",
        "Enters review by %(day)s at the latest: %(n)d working days of slack.",
        slack,
    ) % {"day": day, "n": slack}


def entry_missed(latest: date, late: int) -> str:
    day = day_in_words(latest)
    if late == 0:
        return _("Should have entered review by %(day)s.") % {"day": day}
    return ngettext(
        "Should have entered review by %(day)s: %(n)d working day late.",
        "Should have entered review by %(day)s: %(n)d working days late.",
        late,
    ) % {"day": day, "n": late}


def answer_ahead(latest: date, slack: int) -> str:
    return ngettext(
        "Its owner answers the requested changes by %(day)s: %(n)d working day of slack.",
        "Its owner answers the requested changes by %(day)s: %(n)d working days of slack.",
        slack,
    ) % {"day": day_in_words(latest), "n": slack}


def answer_missed(latest: date, late: int) -> str:
    return ngettext(
        "Its owner should have answered the requested changes by %(day)s: %(n)d working day late.",
        "Its owner should have answered the requested changes by %(day)s: %(n)d working days late.",
        late,
    ) % {"day": day_in_words(latest), "n": late}


def overdue(task: OpenTask, today: date) -> str:
    """Say who is late: "compliance has had it for 4 working days, 3 were planned"."""
    if task.confirms:
        return _("%(role)s still has a correction to confirm; its task was due on %(day)s.") % {
            "role": _upper(role_label(task.role)),
            "day": day_in_words(task.due_on),
        }
    taken = task.taken_days(today)
    return ngettext(
        "%(role)s has had it for %(n)d working day, %(planned)d planned.",
        "%(role)s has had it for %(n)d working days, %(planned)d planned.",
        taken,
    ) % {"role": _upper(role_label(task.role)), "n": taken, "planned": task.planned_days}


def review_ends(ends: date, slack: int) -> str:
    return ngettext(
        "Review ends on %(day)s if each task keeps its due date: %(n)d working day of slack.",
        "Review ends on %(day)s if each task keeps its due date: %(n)d working days of slack.",
        slack,
    ) % {"day": day_in_words(ends), "n": slack}


def only_without_correction(ends: date) -> str:
    return _("Review ends on %(day)s: in time only if nobody asks for a correction.") % {
        "day": day_in_words(ends)
    }


def ends_too_late(ends: date, late: int) -> str:
    return ngettext(
        "Review ends on %(day)s at the earliest: %(n)d working day too late to prepare the "
        "deposit.",
        "Review ends on %(day)s at the earliest: %(n)d working days too late to prepare the "
        "deposit.",
        late,
    ) % {"day": day_in_words(ends), "n": late}


def to_batch(latest: date) -> str:
    return _("Approved: goes into the batch by %(day)s.") % {"day": day_in_words(latest)}


def prepared_late(closes_on: date, left: int) -> str:
    return ngettext(
        "Approved, but %(n)d working day is left to put it into the batch and deposit it by "
        "%(day)s.",
        "Approved, but %(n)d working days are left to put it into the batch and deposit it by "
        "%(day)s.",
        left,
    ) % {"n": left, "day": day_in_words(closes_on)}


def to_deposit(closes_on: date, left: int) -> str:
    return ngettext(
        "In the batch, deposited by %(day)s at the latest: %(n)d working day left.",
        "In the batch, deposited by %(day)s at the latest: %(n)d working days left.",
        left,
    ) % {"n": left, "day": day_in_words(closes_on)}


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
