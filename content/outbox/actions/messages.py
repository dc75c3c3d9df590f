"""Write what must leave, with the change; dispatch it after.

State is in the database: the broker only wakes a worker up. An attempt is counted and committed
before its work starts, so that work which kills its worker is tried three times, never for ever.
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction

from approvals.audit import act, current_act
from approvals.people.enums import EVERYONE
from approvals.people.models import User
from content.outbox.enums import Channel, Delivery, DispatchState
from content.outbox.models import MailPreference, Message, MessageQuerySet
from content.outbox.policies import check_choices, check_is_told, delivery_of
from content.outbox.topics import DIGEST, TOPICS
from content.outbox.webhooks import send

DISPATCH_TASK = "content.outbox.tasks.dispatch_outbox"
# How long a claimed message is left to whoever claimed it: longer than a task may run
# (CELERY_TASK_TIME_LIMIT), so that a message is never worked on twice at once.
LEASE = timedelta(minutes=15)
WEBHOOKS_TASK = "content.outbox.tasks.dispatch_webhooks"
# Fewer than a task has time for, even if every host takes all that it is given.
MOST_WEBHOOKS = 50

logger = logging.getLogger(__name__)


class Undeliverable(Exception):
    """A message that no further attempt would deliver."""


@dataclass(frozen=True)
class Dispatched:
    """What one dispatch did."""

    done: int = 0
    retried: int = 0
    failed: int = 0


# How a message waits, for each way in which a person wants to be mailed.
WAITS: dict[str, str] = {
    Delivery.AT_ONCE: DispatchState.WAITING,
    Delivery.DIGEST: DispatchState.HELD,
    Delivery.NONE: DispatchState.QUIET,
}


def tell(
    recipient: User,
    topic: str,
    subject: str,
    body: str,
    *,
    key: str,
    now: datetime,
    link: str = "",
) -> Message:
    """Tell a person something, inside the act under way; the same key tells once.

    It is a notification in the application, and a mail as the person wants it: at once, in the
    daily digest, or none. ``subject`` and ``body`` are in the recipient's language already;
    ``link`` is where it leads, from the root of the site.

    :raises WriteOutsideAct: outside an act.
    """
    return write(
        key,
        now,
        {
            "channel": Channel.MAIL,
            "topic": topic,
            "recipient": recipient,
            "subject": " ".join(subject.split())[:200],
            "body": body,
            "link": link,
            "state": WAITS[delivery_of(recipient, topic)],
        },
    )


def write_digest(
    recipient: User,
    words: tuple[str, str, str],
    *,
    held: Iterable[Message],
    key: str,
    now: datetime,
) -> bool:
    """Write a person's digest (subject, text, HTML); what it tells of waits no more.

    The same key writes once; return whether this call did.

    :raises WriteOutsideAct: outside an act.
    """
    subject, body, html = words
    values = {"recipient": recipient, "subject": subject[:200], "body": body, "html": html}
    _message, created = written(key, now, {"channel": Channel.MAIL, "topic": DIGEST, **values})
    if not created:
        # Another sweep wrote it: what only this one saw waits for the next.
        return False
    told = Message.objects.held().filter(pk__in=[message.pk for message in held])
    told.update(state=DispatchState.DONE, done_at=now)
    return True


@act("mark_read", roles=EVERYONE)
def mark_read(message: Message, *, by: User, now: datetime) -> Message:
    """Note that a person read a notification of theirs; the first time counts.

    :raises PolicyDenied: ``not_yours`` if it was told to somebody else.
    """
    check_is_told(by, message)
    if message.read_at is None:
        message.read_at = now
        message.save(update_fields=["read_at"])
    return message


@act("mark_all_read", roles=EVERYONE)
def mark_all_read(*, by: User, now: datetime) -> int:
    """Note that a person read all that they were told; return how many were new."""
    return Message.objects.told_to(by).unread().update(read_at=now)


@act("choose_mails", roles=EVERYONE)
def choose_mails(choices: Mapping[str, str], *, by: User, now: datetime) -> None:
    """Choose how one is mailed, ``{topic: delivery}``; topics left out stay as they are.

    :raises InvalidInput: at a topic that is not known, must be told, or whose delivery is not.
    """
    check_choices(choices)
    chosen = {row.topic: row for row in MailPreference.objects.filter(user=by)}
    for topic, delivery in choices.items():
        row = chosen.get(topic)
        if (row.delivery if row else TOPICS[topic].default) == delivery:
            continue
        row = row or MailPreference(user=by, topic=topic)
        row.delivery = delivery
        row.save()


def queue_job(task_name: str, arguments: Mapping[str, Any], *, key: str, now: datetime) -> Message:
    """Write a job, inside the act under way; the same key queues once.

    ``task_name`` is a Celery task's registered name, ``arguments`` its keyword arguments: ids
    only, JSON values. The task must be safe to run twice.

    :raises WriteOutsideAct: outside an act.
    """
    return write(
        key, now, {"channel": Channel.JOB, "topic": task_name, "arguments": dict(arguments)}
    )


def write(key: str, now: datetime, values: dict[str, Any]) -> Message:
    """Return the message of a key, written by this call or before."""
    return written(key, now, values)[0]


def written(key: str, now: datetime, values: dict[str, Any]) -> tuple[Message, bool]:
    """Return the message of a key, and whether this call wrote it."""
    current_act()
    message, created = Message.objects.get_or_create(
        key=key, defaults=values | {"created_at": now, "not_before": now}
    )
    alarm = wake_for_webhooks if message.channel == Channel.WEBHOOK else wake
    if created and not any(hook[1] is alarm for hook in connection.run_on_commit):
        transaction.on_commit(alarm)
    return message, created


def wake() -> None:
    """Ask a worker to dispatch; without a broker the periodic sweep does it within a minute."""
    _ask_for(DISPATCH_TASK)


def wake_for_webhooks() -> None:
    """Ask a worker to send webhooks, likewise."""
    _ask_for(WEBHOOKS_TASK)


def _ask_for(task: str) -> None:
    try:
        current_app.send_task(task, retry=False, ignore_result=True)
    except Exception:
        # The change is committed: nothing about the broker may refuse it any more.
        logger.warning("The broker did not take the wake-up; the next sweep dispatches.")


def dispatch(at: datetime) -> Dispatched:
    """Send the mails and run the jobs that are due, each at most three times.

    Not one act: each claim and each outcome is a transaction of its own, the work is in none.
    """
    return _work_off(at, lambda missed: Message.objects.due(at).but_webhooks())


def dispatch_webhooks(at: datetime) -> Dispatched:
    """Send the webhooks that are due, some at a time, each at most eight times in a day.

    A host that fails is left alone until the next time: it holds nothing of the others back.
    """
    return _work_off(
        at,
        lambda missed: Message.objects.due(at).webhooks().exclude(endpoint__in=missed),
        most=MOST_WEBHOOKS,
    )


def _work_off(
    at: datetime, due: Callable[[set[int | None]], MessageQuerySet], *, most: int | None = None
) -> Dispatched:
    done = retried = failed = 0
    missed: set[int | None] = set()
    while (most is None or done + retried + failed < most) and (
        message := _claim(at, due(missed))
    ) is not None:
        if message.state == DispatchState.FAILED:
            failed += 1
            continue
        try:
            answer = _deliver(message)
        except Exception as error:
            missed.add(message.endpoint_id)
            if _record_failure(message, error, at) == DispatchState.FAILED:
                failed += 1
            else:
                retried += 1
        else:
            settle(message, DispatchState.DONE, done_at=at, answer=answer, last_error="")
            done += 1
    return Dispatched(done, retried, failed)


def consider_told(*, before: datetime, now: datetime) -> int:
    """Let go of mails older than an instant, unsent: they tell of what is long past.

    For the demonstration, whose stories happened before anybody was there to read a mail.
    """
    told = Message.objects.filter(channel=Channel.MAIL, created_at__lt=before)
    told.unread().update(read_at=now)
    waiting = told.filter(state__in=(DispatchState.WAITING, DispatchState.HELD))
    return waiting.update(state=DispatchState.DONE, done_at=now)


def _claim(at: datetime, due: MessageQuerySet) -> Message | None:
    """Take the oldest due message and count the attempt, committed before the work starts."""
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        message = due.select_for_update(skip_locked=skip, of=("self",)).first()
        if message is None:
            return None
        if message.attempts >= message.most_attempts:
            # Its last attempt never came back to say how it ended: the worker died in it.
            message.last_error = message.last_error or "The worker stopped during the attempt."
            message.state = DispatchState.FAILED
        else:
            message.attempts += 1
            message.not_before = at + LEASE
        message.save()
        return message


def _record_failure(message: Message, error: Exception, at: datetime) -> str:
    given_up = isinstance(error, Undeliverable) or message.attempts >= message.most_attempts
    state = DispatchState.FAILED if given_up else DispatchState.WAITING
    logger.warning("Message %s, attempt %s: %r", message.pk, message.attempts, error)
    settle(
        message,
        state,
        last_error=f"{type(error).__name__}: {error}"[:2000],
        not_before=at + message.waits_after_failure,
        answer=getattr(error, "answer", ""),
    )
    return state


def settle(message: Message, state: str, **values: Any) -> None:
    """Say how an attempt ended, or that it may begin again."""
    Message.objects.filter(pk=message.pk).update(state=state, **values)


def _task_named(name: str) -> Any:
    """Return a job's task; outside a worker (``manage.py sweep``) none is known before it asks."""
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    return current_app.tasks.get(name)


def _deliver(message: Message) -> str:
    """Let a message leave; return what was answered, where somebody answers."""
    if message.channel == Channel.WEBHOOK:
        if message.endpoint is None or not message.endpoint.active:
            raise Undeliverable("The webhook is deactivated.")
        return send(message.endpoint, message)
    if message.channel == Channel.JOB:
        task = _task_named(message.topic)
        if task is None:
            raise Undeliverable(f"No task is named {message.topic}.")
        task.apply(kwargs=message.arguments, throw=True)
        return ""
    person = message.recipient
    if person is None or not person.is_active or not person.email:
        raise Undeliverable("The recipient is deactivated or has no address.")
    mail = EmailMultiAlternatives(message.subject, with_site(message.body), to=[person.email])
    if message.html:
        mail.attach_alternative(with_site(message.html), "text/html")
    mail.send()
    return ""


# An address of ours: alone on its line, or the target of a link.
OWN_ADDRESS = re.compile(r"(?m)(^[ \t]*|href=\")(?=/[a-z][^\s]*(?:\s*$|\"))")


def with_site(text: str) -> str:
    """Return a mail's text with its addresses made whole by ``SITE_URL``: a mail has no site."""
    return OWN_ADDRESS.sub(lambda found: found[1] + settings.SITE_URL, text)
