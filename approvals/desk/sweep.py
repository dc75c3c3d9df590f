"""Everything that is due by an instant: safe to run twice, nothing is lost if it does not run."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from approvals.audit.actions import take_daily_checkpoint
from approvals.people.actions import forget_expired_tokens, system_actor
from approvals.release.actions import remind_of_impacts
from approvals.review.actions import reconcile_prechecks, remind, send_digests
from approvals.submissions.actions import burn_lapsed_references, remind_of_clocks, tell_endings
from config.http.idempotency import forget_old_keys
from content.assets.actions.sweep import follow_the_day
from content.outbox.actions import dispatch, dispatch_webhooks
from content.positive_list.actions import announce_ends, remind_of_edition


class Done(NamedTuple):
    """What one step did, and to how many."""

    what: str
    count: int  # type: ignore[assignment]


def sweep(now: datetime) -> list[Done]:
    """Do what is due; return what was done, step by step, zeros left out."""
    return [done for step in STEPS for done in step(now) if done.count]


def _states(now: datetime) -> list[Done]:
    moved = follow_the_day(by=system_actor(), now=now)
    return [Done(words()[step], count) for step, count in moved.items()]


def words() -> dict[str, str]:
    """Say what each step of the day moves."""
    return {
        "frozen": _("versions suspended by a product freeze"),
        "interrupted": _("versions suspended or withdrawn as decided"),
        "superseded": _("versions superseded"),
        "expired": _("versions expired"),
    }


def _references(now: datetime) -> list[Done]:
    count = burn_lapsed_references(by=system_actor(), now=now)
    return [Done(_("references burnt: their window closed without them"), count)]


def _endings(now: datetime) -> list[Done]:
    count = tell_endings(by=system_actor(), now=now)
    return [Done(_("notices of an end"), count)]


def _prechecks(now: datetime) -> list[Done]:
    count = reconcile_prechecks(by=system_actor(), now=now)
    return [Done(_("pre-checks asked for again or ended"), count)]


def _reminders(now: datetime) -> list[Done]:
    told = remind(by=system_actor(), now=now)
    told += remind_of_impacts(by=system_actor(), now=now)
    # After the reminders: the digest tells of those that it holds.
    digests = send_digests(by=system_actor(), now=now)
    return [Done(_("reminders and escalations"), told), Done(_("digests of the day"), digests)]


def _clocks(now: datetime) -> list[Done]:
    told = remind_of_clocks(by=system_actor(), now=now)
    return [Done(_("reminders of the authority's clocks"), told)]


def _announcements(now: datetime) -> list[Done]:
    count = announce_ends(by=system_actor(), now=now)
    return [Done(_("ends announced to other systems"), count)]


def _edition(now: datetime) -> list[Done]:
    count = remind_of_edition(by=system_actor(), now=now)
    return [Done(_("people told or reminded of the newest edition"), count)]


def _messages(now: datetime) -> list[Done]:
    result, webhooks = dispatch(now), dispatch_webhooks(now)
    return [
        Done(_("webhooks delivered"), webhooks.done),
        Done(_("webhooks put off"), webhooks.retried),
        Done(_("webhooks given up"), webhooks.failed),
        Done(_("messages sent"), result.done),
        Done(_("messages put off"), result.retried),
        Done(_("messages given up"), result.failed),
    ]


def _keys(now: datetime) -> list[Done]:
    return [
        Done(_("idempotency keys forgotten"), forget_old_keys(now)),
        Done(_("expired tokens forgotten"), forget_expired_tokens(now)),
    ]


def _checkpoint(now: datetime) -> list[Done]:
    taken = take_daily_checkpoint(by=system_actor(), now=now)
    return [Done(_("checkpoint of the day signed"), int(taken))]


# The checkpoint covers what the steps before it did. The messages leave last: the steps before
# them write some.
STEPS: tuple[Callable[[datetime], list[Done]], ...] = (
    _states,
    _references,
    _endings,
    _prechecks,
    _clocks,
    _reminders,
    _announcements,
    _edition,
    _keys,
    _checkpoint,
    _messages,
)
