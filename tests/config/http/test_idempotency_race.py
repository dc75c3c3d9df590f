"""Two requests with the same key at the same moment: one effect, one answer (PostgreSQL)."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from approvals.people import actions, api
from approvals.people.actions import give_token
from approvals.people.enums import Role
from approvals.people.models import User
from tests.factories import T0
from tests.factories.people import make_person
from tests.races import Meeting, at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


class Writes:
    """Sends one write twice at once; counts how often its act was begun."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.together = Meeting()
        monkeypatch.setattr(api, "accept_accountability", self.slowly)

    def slowly(self, *, by: User, now: datetime) -> User:
        self.begun += 1
        self.together.wait()
        return actions.accept_accountability(by=by, now=now)

    def send_twice(self, headers: dict[str, str]) -> list[Any]:
        def send() -> Any:
            return Client().post("/api/v1/me/accountability/", headers=headers)

        return at_once(send, send)


def token_of_somebody() -> dict[str, str]:
    _token, text = give_token(by=make_person(Role.MSL, accepted=False), now=T0)
    return {"Authorization": f"Token {text}"}


def test_the_same_key_twice_at_once_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    writes = Writes(monkeypatch)
    answers = writes.send_twice(token_of_somebody() | {"Idempotency-Key": "once"})
    assert writes.begun == 1
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert [answer.get("Idempotent-Replay") for answer in answers].count("true") == 1


def test_without_a_key_both_are_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    writes = Writes(monkeypatch)
    writes.together.insist()
    writes.send_twice(token_of_somebody())
    assert writes.begun == 2
