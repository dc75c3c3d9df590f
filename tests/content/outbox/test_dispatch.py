"""What leaves: written with the change, dispatched after it, three attempts, never lost."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery import current_app, shared_task
from django.conf import settings
from django.core import mail

from approvals.audit import act
from approvals.audit.errors import WriteOutsideAct
from approvals.people.enums import Role
from approvals.people.models import User
from content.outbox.actions import LEASE, Dispatched, dispatch, queue_job, tell, with_site
from content.outbox.actions import messages as actions
from content.outbox.enums import DispatchState
from content.outbox.models import Message
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
JOB = "tests.outbox.job"
ran: list[int] = []
outcome: list[BaseException] = []


@shared_task(name=JOB)
def job(number: int) -> None:
    ran.append(number)
    if outcome:
        raise outcome[0]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    ran.clear()
    outcome.clear()


@act("notify")
def notify(person: User, key: str, *, by: User, now: datetime, fail: bool = False) -> None:
    tell(person, "verdict", "A decision\nwas taken", "Read it.", key=key, now=now)
    queue_job(JOB, {"number": 7}, key=f"job-{key}", now=now)
    if fail:
        raise RuntimeError


@pytest.fixture
def person(db: None) -> User:
    return make_person(Role.PRODUCT_MANAGER)


def only_job() -> Message:
    return Message.objects.get(topic=JOB)


def test_mails_and_jobs_leave_once(person: User, now: datetime) -> None:
    notify(person, "k", by=person, now=now)
    assert dispatch(now) == Dispatched(done=2)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (
        [person.email],
        "A decision was taken",
        "Read it.",
    )
    assert ran == [7]
    assert dispatch(now + timedelta(days=1)) == Dispatched()
    assert only_job().done_at == now


def test_the_same_thing_told_twice_is_told_once(person: User, now: datetime) -> None:
    notify(person, "k", by=person, now=now)
    notify(person, "k", by=person, now=now)
    assert Message.objects.count() == 2


def test_nothing_leaves_when_the_act_is_refused(person: User, now: datetime) -> None:
    with pytest.raises(RuntimeError):
        notify(person, "k", by=person, now=now, fail=True)
    assert not Message.objects.exists()


def test_nothing_is_written_outside_an_act(person: User, now: datetime) -> None:
    with pytest.raises(WriteOutsideAct):
        tell(person, "verdict", "s", "b", key="k", now=now)
    with pytest.raises(WriteOutsideAct):
        queue_job(JOB, {}, key="k", now=now)


def test_a_failing_job_is_tried_three_times_and_fails_with_its_reason(
    person: User, now: datetime
) -> None:
    outcome.append(ValueError("no such file"))
    notify(person, "k", by=person, now=now)
    assert dispatch(now) == Dispatched(done=1, retried=1)
    # Not at once again: only when its turn comes.
    assert dispatch(now) == Dispatched()
    assert dispatch(now + timedelta(minutes=1)) == Dispatched(retried=1)
    assert dispatch(now + timedelta(minutes=10)) == Dispatched(failed=1)
    message = only_job()
    assert (message.state, message.attempts) == (DispatchState.FAILED, 3)
    assert message.last_error == "ValueError: no such file"
    assert list(Message.objects.failed()) == [message]
    assert ran == [7, 7, 7]
    assert dispatch(now + timedelta(days=9)) == Dispatched()


def test_an_attempt_that_kills_its_worker_is_counted(person: User, now: datetime) -> None:
    # A BaseException stands for the kill: nothing after the work runs.
    outcome.append(KeyboardInterrupt())
    notify(person, "k", by=person, now=now)
    at = now
    for attempt in (1, 2, 3):
        with pytest.raises(KeyboardInterrupt):
            dispatch(at)
        message = only_job()
        assert (message.state, message.attempts) == (DispatchState.WAITING, attempt)
        # Left to whoever claimed it, until a task can no longer be running.
        assert dispatch(at + LEASE - timedelta(seconds=1)).failed == 0
        at += LEASE
    assert dispatch(at).failed == 1
    assert only_job().state == DispatchState.FAILED
    assert "worker stopped" in only_job().last_error
    assert ran == [7, 7, 7]


def test_a_lease_outlasts_every_task() -> None:
    assert LEASE.total_seconds() > settings.CELERY_TASK_TIME_LIMIT


def test_an_unknown_job_and_an_unreachable_person_fail_at_once(person: User, now: datetime) -> None:
    @act("queue")
    def queue(*, by: User, now: datetime) -> None:
        queue_job("nobody.knows", {}, key="k", now=now)
        stranger = make_person(Role.AGENCY)
        stranger.email = ""
        stranger.save()
        tell(stranger, "verdict", "s", "b", key="m", now=now)

    queue(by=person, now=now)
    assert dispatch(now) == Dispatched(failed=2)
    assert not mail.outbox
    assert "nobody.knows" in Message.objects.get(key="k").last_error


def test_one_failure_does_not_hold_up_what_follows(person: User, now: datetime) -> None:
    outcome.append(ValueError("broken"))
    for key in ("a", "b", "c"):
        notify(person, key, by=person, now=now)
    assert dispatch(now) == Dispatched(done=3, retried=3)
    assert len(mail.outbox) == 3


def test_a_commit_wakes_a_worker_once(
    person: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        notify(person, "k", by=person, now=now)
    assert callbacks == [actions.wake]


def test_a_broker_that_is_down_refuses_nothing(
    person: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(current_app, "send_task", down)
    actions.wake()
    notify(person, "k", by=person, now=now)
    assert dispatch(now).done == 2


def test_the_sweep_of_the_schedule_names_a_task_that_exists() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["dispatch-outbox"]
    current_app.loader.import_default_modules()
    assert entry["task"] == actions.DISPATCH_TASK
    assert entry["task"] in current_app.tasks


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("À relire.\n/review/81/", "À relire.\nhttps://imprimatur.example/review/81/"),
        ("- un\n  /review/81/\n", "- un\n  https://imprimatur.example/review/81/\n"),
        ('<a href="/review/81/">un</a>', '<a href="https://imprimatur.example/review/81/">un</a>'),
        ("10 mg /jour", "10 mg /jour"),
        ("/ non", "/ non"),
    ],
)
def test_a_mail_leads_to_the_site(settings: Any, text: str, sent: str) -> None:
    settings.SITE_URL = "https://imprimatur.example"
    assert with_site(text) == sent
