"""Write what must leave, with the change; dispatch it after.

State is in the database: the broker only wakes a worker up. An attempt is counted and committed
before its work starts, so that work which kills its worker is tried three times, never for ever.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.core.mail import EmailMessage
from django.db import connection, transaction

from approvals.audit import current_act
from approvals.people.models import User
from content.outbox.enums import Channel, DispatchState
from content.outbox.models import MAX_ATTEMPTS, Message

DISPATCH_TASK = "content.outbox.tasks.dispatch_outbox"
# How long a claimed message is left to whoever claimed it: longer than a task may run
# (CELERY_TASK_TIME_LIMIT), so that a message is never worked on twice at once.
LEASE = timedelta(minutes=15)
RETRY_AFTER = timedelta(minutes=1)

logger = logging.getLogger(__name__)


class Undeliverable(Exception):
    """A message that no further attempt would deliver."""


@dataclass(frozen=True)
class Dispatched:
    """What one dispatch did."""

    done: int = 0
    retried: int = 0
    failed: int = 0


def tell(
    recipient: User, topic: str, subject: str, body: str, *, key: str, now: datetime
) -> Message:
    """Write a mail to a person, inside the act under way; the same key tells once.

    ``subject`` and ``body`` are in the recipient's language already.

    :raises WriteOutsideAct: outside an act.
    """
    return _write(
        key,
        now,
        {
            "channel": Channel.MAIL,
            "topic": topic,
            "recipient": recipient,
            "subject": " ".join(subject.split())[:200],
            "body": body,
        },
    )


def queue_job(task_name: str, arguments: Mapping[str, Any], *, key: str, now: datetime) -> Message:
    """Write a job, inside the act under way; the same key queues once.

    ``task_name`` is a Celery task's registered name, ``arguments`` its keyword arguments: ids
    only, JSON values. The task must be safe to run twice.

    :raises WriteOutsideAct: outside an act.
    """
    return _write(
        key, now, {"channel": Channel.JOB, "topic": task_name, "arguments": dict(arguments)}
    )


def _write(key: str, now: datetime, values: dict[str, Any]) -> Message:
    current_act()
    message, created = Message.objects.get_or_create(
        key=key, defaults=values | {"created_at": now, "not_before": now}
    )
    if created and not any(hook[1] is wake for hook in connection.run_on_commit):
        transaction.on_commit(wake)
    return message


def wake() -> None:
    """Ask a worker to dispatch; without a broker the periodic sweep does it within a minute."""
    try:
        current_app.send_task(DISPATCH_TASK, retry=False, ignore_result=True)
    except Exception:
        # The change is committed: nothing about the broker may refuse it any more.
        logger.warning("The broker did not take the wake-up; the next sweep dispatches.")


def dispatch(at: datetime) -> Dispatched:
    """Send the mails and run the jobs that are due, each at most three times.

    Not one act: each claim and each outcome is a transaction of its own, the work is in none.
    """
    done = retried = failed = 0
    while (message := _claim(at)) is not None:
        if message.state == DispatchState.FAILED:
            failed += 1
            continue
        try:
            _deliver(message)
        except Exception as error:
            if _record_failure(message, error, at) == DispatchState.FAILED:
                failed += 1
            else:
                retried += 1
        else:
            _settle(message, DispatchState.DONE, done_at=at)
            done += 1
    return Dispatched(done, retried, failed)


def consider_told(*, before: datetime, now: datetime) -> int:
    """Let go of mails older than an instant, unsent: they tell of what is long past.

    For the demonstration, whose stories happened before anybody was there to read a mail.
    """
    waiting = Message.objects.filter(
        channel=Channel.MAIL, state=DispatchState.WAITING, created_at__lt=before
    )
    return waiting.update(state=DispatchState.DONE, done_at=now)


def _claim(at: datetime) -> Message | None:
    """Take the oldest due message and count the attempt, committed before the work starts."""
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        message = Message.objects.due(at).select_for_update(skip_locked=skip).first()
        if message is None:
            return None
        if message.attempts >= MAX_ATTEMPTS:
            # Its last attempt never came back to say how it ended: the worker died in it.
            message.last_error = message.last_error or "The worker stopped during the attempt."
            message.state = DispatchState.FAILED
        else:
            message.attempts += 1
            message.not_before = at + LEASE
        message.save()
        return message


def _record_failure(message: Message, error: Exception, at: datetime) -> str:
    given_up = isinstance(error, Undeliverable) or message.attempts >= MAX_ATTEMPTS
    state = DispatchState.FAILED if given_up else DispatchState.WAITING
    logger.warning("Message %s, attempt %s: %r", message.pk, message.attempts, error)
    _settle(
        message,
        state,
        last_error=f"{type(error).__name__}: {error}"[:2000],
        not_before=at + RETRY_AFTER * message.attempts,
    )
    return state


def _settle(message: Message, state: str, **values: Any) -> None:
    Message.objects.filter(pk=message.pk).update(state=state, **values)


def _task_named(name: str) -> Any:
    """Return a job's task; outside a worker (``manage.py sweep``) none is known before it asks."""
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    return current_app.tasks.get(name)


def _deliver(message: Message) -> None:
    if message.channel == Channel.JOB:
        task = _task_named(message.topic)
        if task is None:
            raise Undeliverable(f"No task is named {message.topic}.")
        task.apply(kwargs=message.arguments, throw=True)
        return
    person = message.recipient
    if person is None or not person.is_active or not person.email:
        raise Undeliverable("The recipient is deactivated or has no address.")
    EmailMessage(message.subject, message.body, to=[person.email]).send()
