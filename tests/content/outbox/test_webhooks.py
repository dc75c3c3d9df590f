"""Webhooks: who is told, signed, tried again, given up where everybody sees it, sent again."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from standardwebhooks import Webhook, WebhookVerificationError

from approvals.audit import InvalidInput, PolicyDenied, StateConflict, act
from approvals.audit.errors import WriteOutsideAct
from approvals.audit.models import AuditEvent, IdempotencyKey
from approvals.people.models import User
from content.outbox import webhooks
from content.outbox.actions import (
    LEASE,
    Dispatched,
    announce,
    change_webhook,
    dispatch,
    dispatch_webhooks,
    register_webhook,
    resend_webhook,
    rotate_webhook_secret,
    try_webhook,
)
from content.outbox.enums import DispatchState
from content.outbox.models import WEBHOOK_DELAYS, Message, WebhookEndpoint
from tests.factories import T0
from tests.factories.outbox import make_webhook
from tests.factories.people import Cast
from tests.hosts import HOST, URL, Outside, serving

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _allowed(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = [HOST]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Outside]:
    with serving(monkeypatch, tmp_path) as host:
        yield host


def tell_others(event: str, key: str, *, by: User, fail: bool = False) -> int:
    return _tell_others(event, key, fail, by=by, now=T0)


@act("tell_others")
def _tell_others(event: str, key: str, fail: bool, *, by: User, now: datetime) -> int:
    told = announce(event, {"code": "FR-2026-000001", "number": 1}, key=key, now=now)
    if fail:
        raise RuntimeError
    return told


def only() -> Message:
    return Message.objects.webhooks().get()


class TestRegister:
    def test_it_is_told_and_its_secret_is_shown_once(self, cast: Cast, outside: Outside) -> None:
        endpoint, secret = register_webhook(URL, ["expired", "released"], by=cast.admin, now=T0)
        assert (endpoint.events, endpoint.active) == (["released", "expired"], True)
        assert secret.startswith("whsec_")
        kept = WebhookEndpoint.objects.get()
        history = kept.history.get()  # type: ignore[attr-defined]
        plain = secret.removeprefix("whsec_")
        for text in (kept.secret, history.secret, AuditEvent.objects.latest("seq").payload):
            assert plain not in text
        # Registering asks nothing of the host.
        assert outside.received == []

    @pytest.mark.parametrize("who", ["pharmacist", "pm", "rep", "inspector", "agency"])
    def test_only_an_administrator(self, who: str, cast: Cast, outside: Outside) -> None:
        by, endpoint = getattr(cast, who), make_webhook()
        for do in (
            lambda: register_webhook(URL, ["released"], by=by, now=T0),
            lambda: change_webhook(endpoint.pk, active=False, by=by, now=T0),
            lambda: rotate_webhook_secret(endpoint.pk, by=by, now=T0),
            lambda: try_webhook(endpoint.pk, by=by, now=T0),
            lambda: resend_webhook(endpoint.pk, 1, by=by, now=T0),
        ):
            with pytest.raises(PolicyDenied) as refused:
                do()
            assert refused.value.code == "role_missing"

    @pytest.mark.parametrize(
        ("url", "events", "field"),
        [
            (URL, [], "events"),
            (URL, ["released", "deleted"], "events"),
            ("https://127.0.0.1/", ["released"], "url"),
            ("https://elsewhere.example/", ["released"], "url"),
            ("http://crm.example/", ["released"], "url"),
        ],
    )
    def test_refused(
        self, url: str, events: list[str], field: str, cast: Cast, outside: Outside
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            register_webhook(url, events, by=cast.admin, now=T0)
        assert list(refused.value.errors) == [field]

    def test_a_host_at_a_private_address(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "content.outbox.reach.resolved", lambda host, port: [("169.254.169.254", port)]
        )
        with pytest.raises(InvalidInput) as refused:
            register_webhook(URL, ["released"], by=cast.admin, now=T0)
        assert list(refused.value.errors) == ["url"]

    def test_an_address_is_told_once(self, cast: Cast, outside: Outside) -> None:
        first, _secret = register_webhook(URL, ["released"], by=cast.admin, now=T0)
        with pytest.raises(InvalidInput):
            register_webhook(URL, ["expired"], by=cast.admin, now=T0)
        change_webhook(first.pk, active=False, by=cast.admin, now=T0)
        register_webhook(URL, ["expired"], by=cast.admin, now=T0)
        with pytest.raises(InvalidInput):
            change_webhook(first.pk, active=True, by=cast.admin, now=T0)


class TestAnnounce:
    def test_those_who_asked_are_told_once(self, cast: Cast) -> None:
        one, two = make_webhook(events=["released"]), make_webhook(events=["released", "expired"])
        gone = make_webhook(events=["released"])
        change_webhook(gone.pk, active=False, by=cast.admin, now=T0)
        assert tell_others("released", "k", by=cast.admin) == 2
        assert tell_others("released", "k", by=cast.admin) == 0
        assert tell_others("expired", "k", by=cast.admin) == 1
        told = Message.objects.webhooks().values_list("endpoint", "topic")
        assert sorted(told) == [(one.pk, "released"), (two.pk, "expired"), (two.pk, "released")]

    def test_nothing_leaves_when_the_act_is_refused(self, cast: Cast) -> None:
        make_webhook()
        with pytest.raises(RuntimeError):
            tell_others("released", "k", by=cast.admin, fail=True)
        assert not Message.objects.webhooks().exists()

    def test_only_in_an_act(self, db: None) -> None:
        with pytest.raises(WriteOutsideAct):
            announce("released", {}, key="k", now=T0)


class TestDelivery:
    def test_it_is_signed_as_the_standard_says(self, cast: Cast, outside: Outside) -> None:
        endpoint, secret = register_webhook(URL, ["released"], by=cast.admin, now=T0)
        tell_others("released", "k", by=cast.admin)
        outside.status, outside.body = 202, b"queued"
        assert dispatch_webhooks(T0) == Dispatched(done=1)
        ((headers, body),) = outside.received
        verified = Webhook(secret).verify(body.decode(), headers)
        assert verified == {
            "type": "released",
            "timestamp": "2026-04-14T08:00:00Z",
            "data": {"code": "FR-2026-000001", "number": 1},
        }
        message = only()
        assert headers["webhook-id"] == f"msg_{message.pk}"
        assert (message.state, message.answer, message.done_at) == ("done", "HTTP 202 queued", T0)
        with pytest.raises(WebhookVerificationError):
            Webhook(webhooks.new_secret()).verify(body.decode(), headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body.decode() + " ", headers)
        assert endpoint.url == URL

    def test_mails_and_jobs_do_not_wait_for_hosts(self, cast: Cast, outside: Outside) -> None:
        make_webhook(url=URL)
        tell_others("released", "k", by=cast.admin)
        assert dispatch(T0) == Dispatched()
        assert outside.received == []

    def test_eight_attempts_in_about_a_day_then_given_up(
        self, cast: Cast, outside: Outside
    ) -> None:
        make_webhook(url=URL)
        outside.status, outside.body = 500, b"<b>oops</b>"
        tell_others("released", "k", by=cast.admin)
        at = T0
        for number, delay in enumerate(WEBHOOK_DELAYS, 1):
            assert dispatch_webhooks(at) == Dispatched(retried=1), number
            assert dispatch_webhooks(at + delay - timedelta(seconds=1)) == Dispatched()
            at += delay
        assert timedelta(hours=23) < at - T0 < timedelta(hours=25)
        assert dispatch_webhooks(at) == Dispatched(failed=1)
        assert dispatch_webhooks(at + 9 * DAY) == Dispatched()
        message = only()
        assert (message.state, message.attempts) == (DispatchState.FAILED, 8)
        assert message.answer == "HTTP 500 <b>oops</b>"
        assert message.last_error == "NotTaken: HTTP 500"
        ids = {headers["webhook-id"] for headers, _body in outside.received}
        assert (len(outside.received), len(ids)) == (8, 1)

    def test_a_redirect_counts_as_not_taken(self, cast: Cast, outside: Outside) -> None:
        make_webhook(url=URL)
        outside.status, outside.headers = 307, {"Location": "https://crm.example/elsewhere"}
        tell_others("released", "k", by=cast.admin)
        assert dispatch_webhooks(T0) == Dispatched(retried=1)
        assert "redirects are not followed" in only().last_error
        assert len(outside.received) == 1

    def test_what_is_allowed_is_asked_at_each_sending(
        self, cast: Cast, outside: Outside, settings: Any
    ) -> None:
        make_webhook(url=URL)
        tell_others("released", "k", by=cast.admin)
        settings.WEBHOOK_ALLOWED_HOSTS = []
        assert dispatch_webhooks(T0) == Dispatched(retried=1)
        assert "WEBHOOK_ALLOWED_HOSTS" in only().last_error
        assert outside.received == []

    def test_a_host_that_moved_to_a_private_address(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_webhook(url=URL)
        tell_others("released", "k", by=cast.admin)
        monkeypatch.setattr(
            "content.outbox.reach.resolved", lambda host, port: [("10.0.0.1", port)]
        )
        assert dispatch_webhooks(T0) == Dispatched(retried=1)
        assert "10.0.0.1" in only().last_error

    def test_a_worker_killed_in_an_attempt_loses_nothing(
        self, cast: Cast, outside: Outside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_webhook(url=URL)
        tell_others("released", "k", by=cast.admin)

        def killed(*args: Any, **kwargs: Any) -> Any:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(webhooks, "post", killed)
            with pytest.raises(KeyboardInterrupt):
                dispatch_webhooks(T0)
        assert (only().state, only().attempts) == (DispatchState.WAITING, 1)
        assert dispatch_webhooks(T0 + LEASE - timedelta(seconds=1)) == Dispatched()
        assert dispatch_webhooks(T0 + LEASE) == Dispatched(done=1)
        assert len(outside.received) == 1

    def test_a_host_that_fails_holds_nothing_of_the_others_back(
        self, cast: Cast, outside: Outside, settings: Any
    ) -> None:
        settings.WEBHOOK_ALLOWED_HOSTS = [HOST, "dead.example"]
        real = webhooks.post
        asked: list[str] = []

        def post(url: str, **kwargs: Any) -> Any:
            asked.append(url)
            if "dead" in url:
                raise webhooks.Unreachable("It does not answer.")
            return real(url, **kwargs)

        make_webhook(url="https://dead.example/")
        make_webhook(url=URL)
        for key in "abc":
            tell_others("released", key, by=cast.admin)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(webhooks, "post", post)
            assert dispatch_webhooks(T0) == Dispatched(done=3, retried=1)
        assert asked.count("https://dead.example/") == 1
        # What was not tried counts no attempt.
        waiting = Message.objects.webhooks().filter(state=DispatchState.WAITING)
        assert sorted(waiting.values_list("attempts", flat=True)) == [0, 0, 1]

    def test_one_that_is_deactivated_is_told_no_more(self, cast: Cast, outside: Outside) -> None:
        endpoint = make_webhook(url=URL)
        tell_others("released", "k", by=cast.admin)
        change_webhook(endpoint.pk, active=False, by=cast.admin, now=T0)
        assert dispatch_webhooks(T0) == Dispatched(failed=1)
        assert outside.received == []


class TestSecrets:
    def test_a_new_one_and_for_a_day_the_former_beside_it(
        self, cast: Cast, outside: Outside
    ) -> None:
        endpoint, former = register_webhook(URL, ["released"], by=cast.admin, now=T0)
        fresh = rotate_webhook_secret(endpoint.pk, by=cast.admin, now=T0)
        assert fresh != former
        for hours, opens in ((23, [fresh, former]), (25, [fresh])):
            with time_machine.travel(T0 + timedelta(hours=hours), tick=False):
                tell_others("released", str(hours), by=cast.admin)
                assert dispatch_webhooks(T0 + timedelta(hours=hours)).done == 1
                headers, body = outside.received[-1]
                for secret in (fresh, former):
                    if secret in opens:
                        Webhook(secret).verify(body.decode(), headers)
                    else:
                        with pytest.raises(WebhookVerificationError):
                            Webhook(secret).verify(body.decode(), headers)

    def test_a_new_secret_key_of_the_house_still_opens_them(
        self, cast: Cast, outside: Outside, settings: Any
    ) -> None:
        _endpoint, secret = register_webhook(URL, ["released"], by=cast.admin, now=T0)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another" * 10
        tell_others("released", "k", by=cast.admin)
        assert dispatch_webhooks(T0).done == 1
        headers, body = outside.received[0]
        Webhook(secret).verify(body.decode(), headers)


class TestAgain:
    def test_what_was_given_up_is_sent_again_under_its_id(
        self, cast: Cast, outside: Outside
    ) -> None:
        endpoint = make_webhook(url=URL)
        tell_others("released", "k", by=cast.admin)
        Message.objects.webhooks().update(attempts=8, state=DispatchState.FAILED)
        message = resend_webhook(endpoint.pk, only().pk, by=cast.admin, now=T0)
        assert (message.state, message.attempts) == (DispatchState.WAITING, 0)
        assert dispatch_webhooks(T0) == Dispatched(done=1)
        assert resend_webhook(endpoint.pk, message.pk, by=cast.admin, now=T0).done_at is None
        assert dispatch_webhooks(T0) == Dispatched(done=1)
        assert [headers["webhook-id"] for headers, _body in outside.received] == [
            f"msg_{message.pk}"
        ] * 2
        event = AuditEvent.objects.latest("seq")
        assert event.kind == "resend_webhook"
        assert f'"delivery":{message.pk}' in event.payload

    def test_not_while_it_is_tried_by_itself(self, cast: Cast) -> None:
        endpoint = make_webhook()
        tell_others("released", "k", by=cast.admin)
        with pytest.raises(StateConflict) as refused:
            resend_webhook(endpoint.pk, only().pk, by=cast.admin, now=T0)
        assert refused.value.code == "still_waiting"

    def test_not_anothers(self, cast: Cast) -> None:
        make_webhook()
        tell_others("released", "k", by=cast.admin)
        other = make_webhook()
        with pytest.raises(InvalidInput):
            resend_webhook(other.pk, only().pk, by=cast.admin, now=T0)

    def test_not_to_one_that_is_deactivated(self, cast: Cast) -> None:
        endpoint = make_webhook()
        tell_others("released", "k", by=cast.admin)
        change_webhook(endpoint.pk, active=False, by=cast.admin, now=T0)
        for do in (
            lambda: resend_webhook(endpoint.pk, only().pk, by=cast.admin, now=T0),
            lambda: try_webhook(endpoint.pk, by=cast.admin, now=T0),
        ):
            with pytest.raises(StateConflict) as refused:
                do()
            assert refused.value.code == "webhook_inactive"

    def test_a_trial_says_test_each_time(self, cast: Cast, outside: Outside) -> None:
        endpoint = make_webhook(url=URL, events=["expired"])
        for _time in range(2):
            try_webhook(endpoint.pk, by=cast.admin, now=T0)
        assert dispatch_webhooks(T0) == Dispatched(done=2)
        assert [json.loads(body)["type"] for _headers, body in outside.received] == ["test"] * 2


class TestApi:
    @pytest.fixture
    def admin(self, cast: Cast, client: Client) -> Iterator[Client]:
        with time_machine.travel(T0, tick=False):
            client.force_login(cast.admin)
            yield client

    def post(self, client: Client, path: str, body: Any = None, **headers: str) -> Any:
        return client.post(
            f"/api/v1/webhooks/{path}", body or {}, content_type="application/json", headers=headers
        )

    def test_register_change_rotate_try_and_send_again(
        self, admin: Client, outside: Outside
    ) -> None:
        made = self.post(admin, "", {"url": URL, "events": ["released"]})
        assert made.status_code == 201
        assert made.json()["secret"].startswith("whsec_")
        pk = made.json()["id"]
        shown = admin.get(f"/api/v1/webhooks/{pk}/").json()
        assert shown == {
            "id": pk,
            "url": URL,
            "events": ["released"],
            "active": True,
            "created_at": "2026-04-14T08:00:00Z",
            "former_secret_until": None,
        }
        assert admin.get("/api/v1/webhooks/").json()["results"] == [shown]
        changed = admin.patch(
            f"/api/v1/webhooks/{pk}/", {"events": ["expired"]}, content_type="application/json"
        )
        assert changed.json()["events"] == ["expired"]
        assert self.post(admin, f"{pk}/rotate/").json()["secret"].startswith("whsec_")
        tried = self.post(admin, f"{pk}/test/")
        assert (tried.status_code, tried.json()["state"]) == (202, "waiting")
        early = self.post(admin, f"{pk}/resend/", {"delivery": tried.json()["id"]})
        assert (early.status_code, early.json()["code"]) == (409, "still_waiting")
        dispatch_webhooks(T0)
        again = self.post(admin, f"{pk}/resend/", {"delivery": tried.json()["id"]})
        assert again.status_code == 202
        (delivery,) = admin.get(f"/api/v1/webhooks/{pk}/deliveries/").json()["results"]
        assert (delivery["event"], delivery["answer"]) == ("test", "HTTP 204")
        assert delivery["payload"]["type"] == "test"
        assert delivery["next_attempt_at"] == "2026-04-14T08:00:00Z"

    def test_a_repeat_does_not_say_the_secret_again(self, admin: Client, outside: Outside) -> None:
        body, key = {"url": URL, "events": ["released"]}, {"Idempotency-Key": "k"}
        first = self.post(admin, "", body, **key).json()
        assert first["secret"] not in IdempotencyKey.objects.get().response
        second = self.post(admin, "", body, **key)
        assert second.json() == {**first, "secret": None}
        assert WebhookEndpoint.objects.count() == 1

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"url": "https://127.0.0.1/", "events": ["released"]}, "url"),
            ({"url": URL, "events": ["?"]}, "events"),
            ({"url": URL}, "events"),
            ({"url": URL, "events": ["released"], "secret": "mine"}, "secret"),
        ],
    )
    def test_refused(self, body: Any, field: str, admin: Client, outside: Outside) -> None:
        answer = self.post(admin, "", body).json()
        assert (answer["status"], list(answer["errors"])) == (400, [field])

    def test_others_see_none(self, cast: Cast, client: Client) -> None:
        endpoint = make_webhook()
        client.force_login(cast.pharmacist)
        assert client.get("/api/v1/webhooks/").json()["results"] == []
        assert client.get(f"/api/v1/webhooks/{endpoint.pk}/").status_code == 404
