"""What a person is told is a notification of theirs, and a mail as they chose."""

import ast
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.audit import InvalidInput, PolicyDenied, act
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.release.enums import ActKind
from content.outbox.actions import (
    choose_mails,
    consider_told,
    dispatch,
    mark_all_read,
    mark_read,
    tell,
)
from content.outbox.enums import Delivery, DispatchState
from content.outbox.models import SHOWN_DAYS, MailPreference, Message
from content.outbox.topics import DIGEST, TOPICS
from tests.factories import T0, keep
from tests.factories.people import Cast, make_person
from tests.security.conftest import client_of
from tests.test_architecture import sources, tree_of


@act("notify")
def notify(
    person: User, topic: str, key: str, *, by: User, now: datetime, link: str = ""
) -> Message:
    return tell(person, topic, f"About {key}", "Read it.", key=key, now=now, link=link)


def told(person: User, topic: str = "review.task", key: str = "k", **rest: Any) -> Message:
    return notify(person, topic, key, by=person, now=rest.pop("now", T0), **rest)


def topics_told() -> set[str]:
    """Every topic that the source tells, as far as it is written out; f-strings by their head."""
    found = set()
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called in {"tell", "_tell", "_tell_owner"} and len(node.args) > 1:
                topic = node.args[1]
                if isinstance(topic, ast.Constant):
                    found.add(str(topic.value))
    return found


@pytest.mark.slow
def test_every_topic_told_is_in_the_table() -> None:
    named = topics_told()
    assert {"review.task", "review.approved", "deposited", "account_locked"} <= named
    built = {f"release.{kind}" for kind in ActKind} | {"release.freeze"}
    built |= {f"review.{stage}" for stage in ("soon", "today", "late", "escalated")}
    assert named | built <= set(TOPICS)


@pytest.mark.slow
def test_the_table_names_no_topic_that_nobody_tells() -> None:
    texts = "".join(path.read_text() for path in sources() if path.name != "topics.py")
    built = {f"release.{kind}" for kind in ActKind}
    built |= {f"review.{stage}" for stage in ("soon", "today", "late", "escalated")}
    assert not [code for code in TOPICS if f'"{code}' not in texts and code not in built]


@pytest.mark.django_db
class TestDelivery:
    def test_each_choice_waits_in_its_way(self, cast: Cast, now: datetime) -> None:
        assert told(cast.medical, "review.today", "a").state == DispatchState.WAITING
        assert told(cast.medical, "review.task", "b").state == DispatchState.HELD
        choose_mails(
            {"review.today": Delivery.NONE, "review.task": Delivery.AT_ONCE},
            by=cast.medical,
            now=now,
        )
        assert told(cast.medical, "review.today", "c").state == DispatchState.QUIET
        assert told(cast.medical, "review.task", "d").state == DispatchState.WAITING
        assert told(cast.medical2, "review.today", "e").state == DispatchState.WAITING
        dispatch(now)
        assert [one.subject for one in mail.outbox] == ["About a", "About d", "About e"]
        assert Message.objects.told_to(cast.medical).unread().count() == 4

    @pytest.mark.parametrize("topic", [code for code, one in TOPICS.items() if one.mandatory])
    def test_what_must_not_be_missed_cannot_be_switched_off(self, cast: Cast, topic: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            choose_mails({topic: Delivery.NONE}, by=cast.pm, now=T0)
        assert topic in caught.value.errors
        assert told(cast.pm, topic).state == DispatchState.WAITING

    @pytest.mark.parametrize("choice", [{"nothing": "none"}, {"review.task": "sometimes"}])
    def test_a_choice_that_nobody_has_is_refused(self, cast: Cast, choice: dict[str, str]) -> None:
        with pytest.raises(InvalidInput):
            choose_mails({"review.comment": "none"} | choice, by=cast.pm, now=T0)
        assert not MailPreference.objects.exists()

    def test_a_choice_is_one_history_row_and_one_event(self, cast: Cast, now: datetime) -> None:
        person = cast.medical
        events = AuditEvent.objects.count()
        choose_mails({"review.task": "none", "review.soon": "digest"}, by=person, now=now)
        assert AuditEvent.objects.count() == events + 1
        assert MailPreference.objects.of(person) == {"review.task": "none"}
        assert MailPreference.history.count() == 1  # type: ignore[attr-defined]
        choose_mails({"review.task": "none"}, by=person, now=now)
        assert AuditEvent.objects.count() == events + 1

    def test_what_is_long_past_is_let_go_of(self, cast: Cast, now: datetime) -> None:
        held = told(cast.medical)
        consider_told(before=now + timedelta(days=1), now=now)
        held.refresh_from_db()
        assert (held.state, held.read_at) == (DispatchState.DONE, now)


@pytest.mark.django_db
class TestReading:
    def test_one_is_read_once(self, cast: Cast, now: datetime) -> None:
        message = told(cast.medical)
        mark_read(message, by=cast.medical, now=now)
        mark_read(message, by=cast.medical, now=now + timedelta(hours=1))
        assert Message.objects.get(pk=message.pk).read_at == now

    def test_nobody_reads_for_another(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(PolicyDenied) as caught:
            mark_read(told(cast.medical), by=cast.medical2, now=now)
        assert caught.value.code == "not_yours"

    def test_all_are_ones_own(self, cast: Cast, now: datetime) -> None:
        told(cast.medical)
        other = told(cast.medical2, key="other")
        assert mark_all_read(by=cast.medical, now=now) == 1
        assert Message.objects.get(pk=other.pk).read_at is None


@pytest.mark.django_db
class TestPages:
    def test_the_list_shows_ones_own_and_marks_them(self, cast: Cast) -> None:
        message = told(cast.medical, key="mine", now=datetime.now(T0.tzinfo), link="/profile/")
        told(cast.medical2, key="theirs", now=datetime.now(T0.tzinfo))
        client = client_of(cast.medical)
        page = client.get("/notifications/").content.decode()
        assert "About mine" in page
        assert "About theirs" not in page
        assert '<span class="im-count">1' in page
        answer = client.post(f"/notifications/{message.pk}/read/")
        assert answer["Location"] == "/profile/"
        assert "im-count" not in client.get("/notifications/").content.decode()

    def test_anothers_is_not_found(self, cast: Cast) -> None:
        message = told(cast.medical2)
        assert client_of(cast.medical).post(f"/notifications/{message.pk}/read/").status_code == 404

    def test_what_is_old_is_shown_no_more_and_kept(self, cast: Cast) -> None:
        old = datetime.now(T0.tzinfo) - timedelta(days=SHOWN_DAYS + 1)
        told(cast.medical, key="old", now=old)
        page = client_of(cast.medical).get("/notifications/").content.decode()
        assert "About old" not in page
        assert "im-count" not in page
        assert Message.objects.count() == 1

    def test_the_list_asks_as_much_however_long_it_is(self, cast: Cast) -> None:
        client = client_of(cast.medical)
        told(cast.medical, now=datetime.now(T0.tzinfo))
        first = queries_of(client)
        for number in range(5):
            told(cast.medical, key=str(number), now=datetime.now(T0.tzinfo))
        assert queries_of(client) == first

    def test_the_choices_are_kept_and_say_what_is_always_told(self, cast: Cast) -> None:
        client = client_of(cast.pm)
        page = client.get("/profile/mails/")
        text = page.content.decode()
        assert 'name="review.comment"' in text
        assert 'name="release.withdraw"' not in text
        assert str(TOPICS["release.withdraw"].words) in text or "retiré" in text
        assert 'name="review.task"' not in text
        choices = {
            name: "none" for name in page.context["form"].fields if name != "release.release"
        }
        sent = choices | {"release.release": "digest", "sending": page.context["sending"]}
        assert client.post("/profile/mails/", sent).status_code == 302
        kept = MailPreference.objects.of(cast.pm)
        assert kept["release.release"] == "digest"
        assert kept["review.approved"] == "none"


def queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/notifications/").status_code == 200
    return len(asked)


@pytest.mark.django_db
class TestApi:
    def test_list_read_and_read_all(self, cast: Cast) -> None:
        mine = told(cast.medical, now=datetime.now(T0.tzinfo))
        told(cast.medical, DIGEST, key="digest", now=datetime.now(T0.tzinfo))
        other = told(cast.medical2, key="other")
        client = client_of(cast.medical)
        (row,) = client.get("/api/v1/notifications/").json()["results"]
        assert (row["id"], row["topic"], row["read_at"]) == (mine.pk, "review.task", None)
        read = client.post(f"/api/v1/notifications/{mine.pk}/read/")
        assert read.json()["read_at"]
        assert client.post(f"/api/v1/notifications/{other.pk}/read/").status_code == 404
        assert client.post("/api/v1/notifications/read-all/").json() == {"read": 0}

    def test_preferences(self, cast: Cast) -> None:
        client = client_of(cast.medical)
        address = "/api/v1/me/preferences/"
        given = client.get(address).json()
        assert given["mails"]["review.task"] == "digest"
        assert "account_locked" in given["always"]
        body = {"mails": {"review.task": "none"}}
        changed = client.patch(address, body, content_type="application/json")
        assert changed.json()["mails"]["review.task"] == "none"
        body = {"mails": {"account_locked": "none"}}
        refused = client.patch(address, body, content_type="application/json")
        assert refused.status_code == 400
        assert "account_locked" in refused.json()["errors"]


@pytest.mark.django_db
def test_somebody_deactivated_gets_no_mail(now: datetime) -> None:
    person = make_person(Role.PRODUCT_MANAGER)
    message = told(person, "review.approved")
    person.is_active = False
    keep(person, by=person)
    dispatch(now)
    assert not mail.outbox
    assert Message.objects.get(pk=message.pk).state == DispatchState.FAILED
