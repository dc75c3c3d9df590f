"""Reminders before, on and after the due date, escalation, and one digest a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.audit import InvalidInput, PolicyDenied
from approvals.audit.models import AuditEvent
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.review.actions import claim, name_lead, plan_reminders, remind, send_digests
from approvals.review.due import is_office_time
from approvals.review.models import ReminderPlan, ReviewTask
from content.assets.models import Involvement
from content.calendar import PARIS
from content.outbox.actions import choose_mails, dispatch
from content.outbox.models import Message
from tests.factories import T0, keep
from tests.factories.people import Cast
from tests.factories.review import give, in_review, task_of
from tests.security.conftest import client_of

pytestmark = pytest.mark.django_db
# Submitted on Tuesday 14 April 2026; five working days later.
DUE = date(2026, 4, 21)


def morning(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARIS)


@pytest.fixture
def task(cast: Cast) -> ReviewTask:
    """A task of medical review alone in the way; its reviewers are there."""
    assert cast.medical.pk < cast.medical2.pk
    task = task_of(in_review(cast), "medical_reviewer")
    assert task.due_on == DUE
    return task


def run(at: datetime) -> int:
    return remind(by=system_actor(), now=at)


def reminders(task: ReviewTask) -> list[tuple[str, str]]:
    """What was told of a task: (topic, who)."""
    told = Message.objects.filter(key__contains=f":{task.pk}:2026-")
    return sorted((one.topic, one.recipient.username) for one in told if one.recipient)


class TestRemind:
    def test_before_on_and_after_each_once(self, cast: Cast, task: ReviewTask) -> None:
        both = [cast.medical.username, cast.medical2.username]
        run(morning(date(2026, 4, 16)))
        assert reminders(task) == []
        for day, topic in ((17, "soon"), (21, "today"), (22, "late")):
            for hour in (8, 9):
                run(morning(date(2026, 4, day), hour))
            told = [one for one in reminders(task) if one[0] == f"review.{topic}"]
            assert [who for _topic, who in told] == both
        assert len(reminders(task)) == 6

    def test_a_sweep_that_slept_for_a_week_tells_what_holds_only(
        self, cast: Cast, task: ReviewTask
    ) -> None:
        name_lead(cast.medical2, "medical_reviewer", reason="?", by=cast.admin, now=T0)
        run(morning(date(2026, 4, 30)))
        assert {topic for topic, _who in reminders(task)} == {"review.late", "review.escalated"}
        assert run(morning(date(2026, 4, 30), 18)) == 0

    def test_nobody_is_reminded_on_the_day_they_were_told(self, cast: Cast) -> None:
        plan_reminders(days_before=10, days_after=1, escalate_after=3, by=cast.admin, now=T0)
        task = task_of(in_review(cast), "medical_reviewer")
        run(T0)
        assert reminders(task) == []

    @pytest.mark.parametrize(
        "at",
        [
            datetime(2026, 4, 19, 10, tzinfo=PARIS),  # a Sunday
            datetime(2026, 5, 1, 10, tzinfo=PARIS),  # a French holiday
            datetime(2026, 4, 21, 7, 29, tzinfo=PARIS),
        ],
    )
    def test_nothing_leaves_out_of_hours(self, cast: Cast, task: ReviewTask, at: datetime) -> None:
        assert run(at) == 0
        assert send_digests(by=system_actor(), now=at) == 0

    def test_who_took_it_alone_is_reminded(self, cast: Cast, task: ReviewTask) -> None:
        claim(task.pk, by=cast.medical, now=T0)
        run(morning(DUE))
        assert reminders(task) == [("review.today", cast.medical.username)]

    def test_who_prepared_it_or_left_is_not_told(self, cast: Cast, task: ReviewTask) -> None:
        keep(Involvement(version=task.version, user=cast.medical, kind="edited"), by=cast.admin)
        cast.medical2.is_active = False
        keep(cast.medical2, by=cast.admin)
        run(morning(DUE))
        assert reminders(task) == []

    def test_what_is_decided_asks_for_nothing(self, cast: Cast, task: ReviewTask) -> None:
        give(task, cast.medical)
        run(morning(DUE))
        assert reminders(task) == []

    def test_it_asks_as_much_however_many_tasks_there_are(self, cast: Cast) -> None:
        in_review(cast)
        run(morning(DUE))
        first = self._queries()
        for _number in range(2):
            in_review(cast)
        run(morning(DUE, 9))
        assert self._queries() == first

    def _queries(self) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert run(morning(DUE, 12)) == 0
        return len(asked)

    def test_only_the_system_reminds(self, cast: Cast) -> None:
        with pytest.raises(PolicyDenied) as caught:
            remind(by=cast.admin, now=T0)
        assert caught.value.code == "system_only"


class TestEscalation:
    def test_the_lead_is_told_once_after_the_days_of_the_plan(
        self, cast: Cast, task: ReviewTask
    ) -> None:
        name_lead(cast.medical2, "medical_reviewer", reason="?", by=cast.admin, now=T0)
        run(morning(date(2026, 4, 23)))
        assert "review.escalated" not in dict(reminders(task))
        for day in (24, 27):
            run(morning(date(2026, 4, day)))
        told = [who for topic, who in reminders(task) if topic == "review.escalated"]
        assert told == [cast.medical2.username]
        body = Message.objects.get(topic="review.escalated", recipient=cast.medical2).body
        assert "3 jours ouvrés" in body

    def test_without_a_lead_the_administrators_are_told_to_name_one(
        self, cast: Cast, task: ReviewTask
    ) -> None:
        assert cast.admin
        run(morning(date(2026, 4, 24)))
        message = Message.objects.get(
            topic="review.escalated", recipient=cast.admin, key__contains=f":{task.pk}:"
        )
        assert message.link == "/admin/review/leads/"
        assert task.version.asset.title not in message.body


class TestPlan:
    def test_an_administrator_changes_it_on_a_page(self, cast: Cast) -> None:
        client = client_of(cast.admin)
        page = client.get("/admin/review/reminders/")
        sent = {"days_before": 0, "days_after": 2, "escalate_after": 5}
        events = AuditEvent.objects.count()
        answer = client.post(
            "/admin/review/reminders/", sent | {"sending": page.context["sending"]}
        )
        assert answer.status_code == 302
        plan = ReminderPlan.objects.get()
        assert (plan.days_before, plan.days_after, plan.escalate_after) == (0, 2, 5)
        assert AuditEvent.objects.count() == events + 1

    def test_nobody_else_does(self, cast: Cast) -> None:
        assert client_of(cast.pm).get("/admin/review/reminders/").status_code == 403
        with pytest.raises(PolicyDenied) as caught:
            plan_reminders(
                days_before=1, days_after=1, escalate_after=1, by=cast.pharmacist, now=T0
            )
        assert caught.value.code == "role_missing"

    def test_days_out_of_bounds_are_refused_where_they_are(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as caught:
            plan_reminders(days_before=21, days_after=0, escalate_after=1, by=cast.admin, now=T0)
        assert set(caught.value.errors) == {"days_before", "days_after"}

    def test_the_api_changes_what_it_is_given(self, cast: Cast) -> None:
        address, client = "/api/v1/reminders/", client_of(cast.admin)
        body = {"escalate_after": 4}
        changed = client.patch(address, body, content_type="application/json")
        assert changed.json() == {"days_before": 2, "days_after": 1, "escalate_after": 4}
        assert client_of(cast.pm).get(address).json()["escalate_after"] == 4


def digests(at: datetime) -> int:
    return send_digests(by=system_actor(), now=at)


def digest_of(person: User) -> Message:
    message: Message = Message.objects.filter(topic="digest", recipient=person).latest("pk")
    return message


class TestDigest:
    def test_once_a_day_and_person_with_what_awaits_and_what_happened(
        self, cast: Cast, task: ReviewTask
    ) -> None:
        at = morning(date(2026, 4, 22))
        assert digests(at) > 0
        assert digests(at + timedelta(hours=1)) == 0
        message = digest_of(cast.medical)
        assert "En retard" in message.body
        assert str(task.version) in message.body
        assert "Ce qui s’est passé" in message.body
        assert "21 avril 2026" in message.body
        assert str(task.version) in message.html
        assert not Message.objects.held().told_to(cast.medical).exists()
        dispatch(at)
        (sent,) = [one for one in mail.outbox if one.to == [cast.medical.email]]
        assert sent.subject == message.subject
        assert [kind for _html, kind in sent.alternatives] == ["text/html"]  # type: ignore[attr-defined]

    def test_the_next_day_lists_what_still_awaits_and_nothing_twice(
        self, cast: Cast, task: ReviewTask
    ) -> None:
        digests(morning(date(2026, 4, 15)))
        assert digests(morning(date(2026, 4, 16))) > 0
        message = digest_of(cast.medical)
        assert str(task.version) in message.body
        assert "Ce qui s’est passé" not in message.body

    def test_never_empty(self, cast: Cast, task: ReviewTask) -> None:
        give(task, cast.medical)
        Message.objects.all().delete()
        digests(morning(date(2026, 4, 15)))
        assert not Message.objects.filter(recipient=cast.medical).exists()

    def test_who_wants_no_mail_of_tasks_gets_no_digest_of_them(self, cast: Cast) -> None:
        choices = dict.fromkeys(("review.task", "review.soon"), "none")
        choose_mails(choices, by=cast.medical, now=T0)
        in_review(cast)
        digests(morning(date(2026, 4, 15)))
        assert not Message.objects.filter(topic="digest", recipient=cast.medical).exists()
        assert Message.objects.told_to(cast.medical).unread().exists()

    def test_in_the_language_of_the_person(self, cast: Cast, task: ReviewTask) -> None:
        cast.medical.language = "en"
        keep(cast.medical, by=cast.admin)
        digests(morning(date(2026, 4, 22)))
        assert "Late" in digest_of(cast.medical).body

    def test_somebody_deactivated_gets_none(self, cast: Cast, task: ReviewTask) -> None:
        cast.medical.is_active = False
        keep(cast.medical, by=cast.admin)
        digests(morning(date(2026, 4, 15)))
        assert not Message.objects.filter(topic="digest", recipient=cast.medical).exists()

    def test_a_sweep_that_slept_for_a_week_sends_one(self, cast: Cast, task: ReviewTask) -> None:
        digests(morning(date(2026, 4, 15)))
        digests(morning(date(2026, 4, 22)))
        assert Message.objects.filter(topic="digest", recipient=cast.medical).count() == 2


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # The Mondays after the clocks changed, and the Fridays before: 7:30 a.m. in Paris.
        (datetime(2026, 3, 27, 6, 29, tzinfo=UTC), False),
        (datetime(2026, 3, 27, 6, 30, tzinfo=UTC), True),
        (datetime(2026, 3, 30, 5, 29, tzinfo=UTC), False),
        (datetime(2026, 3, 30, 5, 30, tzinfo=UTC), True),
        (datetime(2026, 10, 23, 5, 30, tzinfo=UTC), True),
        (datetime(2026, 10, 26, 5, 30, tzinfo=UTC), False),
        (datetime(2026, 10, 26, 6, 30, tzinfo=UTC), True),
        (datetime(2026, 7, 14, 9, tzinfo=UTC), False),
    ],
)
def test_the_morning_is_the_clock_on_the_wall(at: datetime, expected: bool) -> None:
    assert is_office_time(at) is expected
