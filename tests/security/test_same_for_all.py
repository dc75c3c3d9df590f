"""Attack 9: known and unknown people cost the same hashes, and are told the same."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each hash that is computed: what a sign-in spends its time on."""
    done: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        done.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return done


def by_page(name: str) -> Any:
    return Client().post("/accounts/login/", {"login": name, "password": "wrong wrong"})


def by_api(name: str) -> Any:
    body = {"username": name, "password": "wrong wrong"}
    return Client().post("/api/v1/auth/token/", body, content_type="application/json")


@pytest.mark.parametrize("send", [by_page, by_api])
def test_a09_an_unknown_name_takes_as_many_hashes_as_a_known_one(
    cast: Cast, hashes: list[str], send: Callable[[str], Any]
) -> None:
    names = {"known": cast.pm.username, "unknown": "nobody-of-that-name"}
    spent: dict[str, int] = {}
    for who, name in names.items():
        hashes.clear()
        answer = send(name)
        spent[who] = len(hashes)
        assert answer.status_code in {200, 401}
        if answer.status_code == 200:
            sentences = answer.context["form"].non_field_errors()
            assert [str(one) for one in sentences] == [
                "L’identifiant ou le mot de passe est incorrect."
            ]
    assert spent["known"] == spent["unknown"] > 0
