"""Second factors: registered, asked at sign-in, spent once, removed; on pages and over the API."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from approvals.audit.models import AuditEvent
from approvals.people import factors
from approvals.people.actions import (
    WrongCredentials,
    give_token,
    reset_factors,
    spend_factor,
)
from approvals.people.enums import Role
from approvals.people.models import ApiToken, User
from tests.factories import T0, keep
from tests.factories.factors import code_at, with_totp
from tests.factories.people import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(T0, tick=False) as traveller:
        yield traveller


@pytest.fixture
def secret(cast: Cast) -> str:
    return with_totp(cast.pm)


def sign_in(client: Client, code: str = "", name: str = "pm") -> Any:
    first = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert first.status_code == 302, first.content
    if not code:
        return first
    assert first["Location"] == "/accounts/second-factor/"
    return client.post("/accounts/second-factor/", {"code": code})


def last(kind: str) -> str:
    event = AuditEvent.objects.filter(kind=kind).in_order().last()
    assert event is not None, kind
    return event.payload


def token_for(client: Client, **given: Any) -> Any:
    body = {"username": "pm", "password": PASSWORD, **given}
    return client.post("/api/v1/auth/token/", body, content_type="application/json")


class TestKey:
    def test_an_answer_of_a_key_works_once(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch, rf: RequestFactory
    ) -> None:
        """As in two requests at once, each with its copy of the session's challenge."""
        key = Authenticator.objects.create(user=cast.pm, type="webauthn", data={})
        monkeypatch.setattr(factors.keys, "parse_authentication_response", lambda answer: None)
        monkeypatch.setattr(
            factors.keys,
            "complete_authentication",
            lambda user, answer: Authenticator.objects.get(pk=key.pk),
        )

        def spend(challenge: str) -> Any:
            monkeypatch.setattr(factors.keys, "get_state", lambda: {"challenge": challenge})
            return spend_factor(cast.pm, otp="", key={"id": "x"}, now=T0, request=rf.post("/"))

        assert spend("one") == key
        with pytest.raises(WrongCredentials) as refused:
            spend("one")
        assert refused.value.code == "used_second_factor"
        assert spend("two") == key


class TestRegister:
    def test_an_application_is_registered_on_the_page(self, cast: Cast, client: Client) -> None:
        assert sign_in(client, name=cast.pm.username)["Location"] == "/"
        give_token(by=cast.pm, now=T0)
        page = client.get("/profile/factors/application/")
        shown = page.context["secret"].replace(" ", "")
        assert "data:image/svg+xml" in page.content.decode()
        wrong = client.post(
            "/profile/factors/application/", {"code": "000000", "password": PASSWORD}
        )
        assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["code"])
        given = {"code": code_at(shown, T0), "password": PASSWORD}
        copied = Client()
        copied.cookies["sessionid"] = client.cookies["sessionid"].value
        assert copied.get("/api/v1/me/").status_code == 200
        done = client.post("/profile/factors/application/", given)
        assert copied.get("/api/v1/me/").status_code == 401, "a copied cookie is no way in"
        assert (done.status_code, done["Location"]) == (302, "/profile/factors/codes/")
        codes = client.get("/profile/factors/codes/")
        assert len(codes.context["codes"]) == 10
        assert "no-store" in codes["Cache-Control"]
        assert client.get("/profile/factors/codes/").status_code == 302, "shown once"
        assert not ApiToken.objects.exists(), "tokens of the password alone end"
        assert '"kind":"totp"' in last("register_factor")
        assert client.get("/profile/factors/").status_code == 200

    def test_the_secret_is_not_in_the_database_in_clear(self, cast: Cast, settings: Any) -> None:
        secret = with_totp(cast.pm)
        totp = Authenticator.objects.get(type="totp")
        assert secret not in str(totp.data)
        assert decrypt(totp.data["secret"]) == secret
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-key"
        assert decrypt(totp.data["secret"]) == secret
        for event in AuditEvent.objects.all():
            assert secret not in event.payload

    def test_a_session_opened_by_the_password_alone_ends(self, cast: Cast) -> None:
        elsewhere = Client()
        sign_in(elsewhere, name=cast.pm.username)
        assert elsewhere.get("/profile/").status_code == 200
        with_totp(cast.pm)
        api = elsewhere.get("/api/v1/me/")
        assert (api.status_code, api.json()["code"]) == (403, "second_factor_missing")
        assert "login" in elsewhere.get("/profile/")["Location"]
        assert elsewhere.get("/api/v1/me/").status_code == 401

    def test_a_session_opened_with_a_factor_that_was_reset_ends(
        self, secret: str, cast: Cast, clock: Any
    ) -> None:
        stolen, idle = Client(), Client()
        assert sign_in(stolen, code_at(secret, T0))["Location"] == "/"
        clock.shift(timedelta(seconds=30))
        assert sign_in(idle, code_at(secret, T0 + timedelta(seconds=30)))["Location"] == "/"
        reset_factors(cast.pm, by=cast.admin, now=T0, reason="Perdu.")
        api = stolen.get("/api/v1/me/")
        assert (api.status_code, api.json()["code"]) == (403, "second_factor_missing")
        assert "login" in stolen.get("/profile/")["Location"]
        clock.shift(timedelta(minutes=5))
        with_totp(User.objects.get(pk=cast.pm.pk), T0 + timedelta(minutes=5))
        assert "login" in idle.get("/profile/")["Location"], "another factor is not this one"

    def test_removing_asks_for_the_factor_again(
        self, secret: str, client: Client, clock: Any
    ) -> None:
        sign_in(client, code_at(secret, T0))
        totp = Authenticator.objects.get(type="totp")
        page = f"/profile/factors/{totp.pk}/remove/"
        for given, field in (
            ({"password": "wrong wrong", "otp": "1"}, "password"),
            ({"password": PASSWORD}, "otp"),
            ({"password": PASSWORD, "otp": code_at(secret, T0)}, "otp"),
        ):
            answer = client.post(page, given)
            assert (answer.status_code, list(answer.context["form"].errors)) == (403, [field])
        clock.shift(timedelta(seconds=30))
        given = {"password": PASSWORD, "otp": code_at(secret, T0 + timedelta(seconds=30))}
        assert client.post(page, given).status_code == 302
        assert not Authenticator.objects.exists(), "the recovery codes go with the last factor"
        assert User.objects.get(username="pm").second_factor_since is None
        assert '"kind":"totp"' in last("remove_factor")
        assert client.get("/profile/").status_code == 200, "who did it goes on"

    def test_nobody_removes_anothers(self, secret: str, cast: Cast, client: Client) -> None:
        sign_in(client, name=cast.rep.username)
        totp = Authenticator.objects.get(type="totp")
        assert client.get(f"/profile/factors/{totp.pk}/remove/").status_code == 404

    def test_new_recovery_codes_end_the_old_ones(self, secret: str, client: Client) -> None:
        person = User.objects.get(username="pm")
        old = factors.unused_recovery_codes(person)
        sign_in(client, code_at(secret, T0))
        given = {"password": PASSWORD, "otp": old[0]}
        answer = client.post("/profile/factors/codes/new/", given)
        assert answer["Location"] == "/profile/factors/codes/"
        new = factors.unused_recovery_codes(person)
        assert len(new) == 10
        assert not set(new) & set(old)
        assert last("renew_recovery_codes")


class TestSignIn:
    def test_the_password_alone_opens_nothing(self, secret: str, client: Client) -> None:
        sign_in(client)
        assert "login" in client.get("/profile/")["Location"]
        assert client.get("/api/v1/me/").status_code == 401

    def test_the_code_opens_and_is_kept(self, secret: str, client: Client) -> None:
        assert sign_in(client, code_at(secret, T0)).status_code == 302
        assert client.get("/profile/").status_code == 200
        assert '"factor":"totp","way":"page"' in last("sign_in")

    @pytest.mark.parametrize("late", [-30, 30])
    def test_a_code_of_another_half_minute_is_wrong(
        self, secret: str, client: Client, late: int
    ) -> None:
        answer = sign_in(client, code_at(secret, T0 + timedelta(seconds=late)))
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == ["code"]
        assert '"failure":"wrong_second_factor"' in last("sign_in_failed")

    def test_whoever_is_deactivated_between_the_steps_stays_out(
        self, secret: str, cast: Cast, client: Client
    ) -> None:
        sign_in(client)
        cast.pm.is_active = False
        keep(cast.pm, by=cast.admin)
        answer = client.post("/accounts/second-factor/", {"code": code_at(secret, T0)})
        assert answer.status_code == 200
        assert not AuditEvent.objects.filter(kind="sign_in").exists()

    def test_a_code_works_once(self, secret: str) -> None:
        assert sign_in(Client(), code_at(secret, T0)).status_code == 302
        again = sign_in(Client(), code_at(secret, T0))
        assert list(again.context["form"].errors) == ["code"]
        assert '"failure":"used_second_factor"' in last("sign_in_failed")

    def test_a_recovery_code_works_once(self, secret: str) -> None:
        code = factors.unused_recovery_codes(User.objects.get(username="pm"))[0]
        assert sign_in(Client(), code).status_code == 302
        assert sign_in(Client(), code).status_code == 200
        assert '"failure":"wrong_second_factor"' in last("sign_in_failed")

    def test_b07_wrong_codes_lock_out(self, secret: str, client: Client, settings: Any) -> None:
        sign_in(client)
        for _attempt in range(settings.AXES_FAILURE_LIMIT):
            client.post("/accounts/second-factor/", {"code": "000000"})
        right = client.post("/accounts/second-factor/", {"code": code_at(secret, T0)})
        assert right.status_code == 429
        assert "login" in client.get("/profile/")["Location"]
        assert token_for(client, otp=code_at(secret, T0)).status_code == 429

    def test_the_api_asks_for_the_code(self, secret: str, client: Client) -> None:
        for otp, code in (
            ("", "second_factor_missing"),
            ("000000", "wrong_second_factor"),
        ):
            answer = token_for(client, otp=otp)
            assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert not ApiToken.objects.exists()
        given = token_for(client, otp=code_at(secret, T0))
        assert given.status_code == 200
        headers = {"Authorization": f"Token {given.json()['token']}"}
        assert client.get("/api/v1/me/", headers=headers).status_code == 200
        again = token_for(client, otp=code_at(secret, T0))
        assert (again.status_code, again.json()["code"]) == (401, "used_second_factor")


class TestRoles:
    """b09: a role can ask for a second factor."""

    @pytest.fixture(autouse=True)
    def _owed(self, settings: Any) -> None:
        settings.SECOND_FACTOR_ROLES = [Role.PRODUCT_MANAGER.value]

    @pytest.mark.parametrize("path", ["/", "/admin/", "/profile/", "/admin/desk/assets/"])
    def test_b09_the_role_is_led_to_register(self, cast: Cast, client: Client, path: str) -> None:
        client.force_login(cast.pm, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/profile/factors/")
        assert client.get("/profile/factors/application/").status_code == 200

    def test_b09_neither_token_nor_session_goes_round_it(self, cast: Cast, client: Client) -> None:
        answer = token_for(client, username=cast.pm.username)
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_owed")
        _token, key = give_token(by=cast.pm, now=T0)
        answer = client.get("/api/v1/me/", headers={"Authorization": f"Token {key}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_owed")
        client.force_login(cast.pm, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get("/api/v1/me/")
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_owed")

    def test_b09_an_unknown_role_stops_the_start(self, settings: Any) -> None:
        settings.SECOND_FACTOR_ROLES = ["boss"]
        with pytest.raises(ImproperlyConfigured, match="SECOND_FACTOR_ROLES holds boss"):
            apps.get_app_config("people").ready()

    def test_b09_other_roles_go_on(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.rep, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/profile/").status_code == 200
