"""Two requests with the same key at the same moment: one effect, one answer (PostgreSQL)."""

import contextlib
import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from approvals.people import actions, api
from approvals.people.actions import give_token
from approvals.people.enums import Role
from approvals.people.models import User
from tests.factories import T0
from tests.factories.people import make_person

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


class Meeting:
    """Sends one write twice at once; counts how often its act was begun."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.barrier = threading.Barrier(2, timeout=1.0)
        monkeypatch.setattr(api, "accept_accountability", self.slowly)

    def slowly(self, *, by: User, now: datetime) -> User:
        self.begun += 1
        with contextlib.suppress(threading.BrokenBarrierError):
            self.barrier.wait()
        return actions.accept_accountability(by=by, now=now)

    def send_twice(self, headers: dict[str, str]) -> list[Any]:
        answers: list[Any] = []

        def send() -> None:
            try:
                answers.append(Client().post("/api/v1/me/accountability/", headers=headers))
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers


def token_of_somebody() -> dict[str, str]:
    _token, text = give_token(by=make_person(Role.MSL, accepted=False), now=T0)
    return {"Authorization": f"Token {text}"}


def test_the_same_key_twice_at_once_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Meeting(monkeypatch)
    answers = meeting.send_twice(token_of_somebody() | {"Idempotency-Key": "once"})
    assert meeting.begun == 1
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert [answer.get("Idempotent-Replay") for answer in answers].count("true") == 1


def test_without_a_key_both_are_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Meeting(monkeypatch)
    meeting.send_twice(token_of_somebody())
    assert meeting.begun == 2
