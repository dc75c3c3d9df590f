"""Attacks that must fail, by their numbers in SECURITY.md, beside what each app proves itself."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from knox.settings import knox_settings

from approvals.audit.models import AuditEvent
from approvals.people.actions import give_token, revoke_token
from approvals.people.models import ApiToken, User
from content.assets.models import Asset, Version
from tests.factories import T0
from tests.factories.assets import make_asset, make_html, make_version
from tests.factories.people import PASSWORD, Cast
from tests.security.conftest import Things, client_of
from tests.test_matrix import TABLE
from tests.test_matrix import address as api_address
from tests.test_routes import ALL, API

pytestmark = pytest.mark.django_db
JSON = "application/json"
# What nobody ever says: the house sets it itself.
PROTECTED = {
    "id": 1,
    "state": "released",
    "owner": "pm2",
    "digest": "0" * 64,
    "released_at": "2020-01-01T00:00:00Z",
    "decided_by": 1,
    "decided_at": "2020-01-01T00:00:00Z",
    "signed_at": "2020-01-01T00:00:00Z",
    "now": "2020-01-01T00:00:00Z",
    "by": 1,
    "needs_visa": False,
    "is_superuser": True,
}


class Places(dict[str, str]):
    """What is not named is looked for under a number that nothing has."""

    def __missing__(self, place: str) -> str:
        return "999999"


@pytest.fixture
def places(things: Things) -> dict[str, str]:
    version = str(things.version.pk)
    named = {
        "cis": "60000001",
        "version": version,
        "version_id": version,
        "task": things.keys["review"],
        "comment": str(things.version.comments.get().pk),
    }
    return Places(things.keys | named)


@pytest.mark.slow  # every write of the API
@pytest.mark.long
def test_a04_no_write_of_the_api_takes_what_the_house_sets(
    places: dict[str, str], cast: Cast
) -> None:
    before = AuditEvent.objects.count()
    named = 0
    for username in ("pm", "regulatory", "pharmacist"):
        client = client_of(User.objects.get(username=username))
        signature = {"password": PASSWORD, "meaning": "release"}
        for route, rule in TABLE.items():
            if route == "auth/logout/":
                continue
            for method in rule.writes:
                for more in ({}, {"signature": signature}):
                    response = getattr(client, method)(
                        api_address(route, places), {**PROTECTED, **more}, content_type=JSON
                    )
                    where = (username, method, route, response.content)
                    assert response.status_code in {400, 403, 404, 409}, where
                    named += set(PROTECTED) <= set(response.json().get("errors", ()))
    assert named > 100
    assert AuditEvent.objects.count() == before


def test_a04_a_signature_says_nothing_but_itself(things: Things, cast: Cast) -> None:
    signature = {"password": PASSWORD, "meaning": "release", "signer": 1, "signed_at": "2020-01-01"}
    response = client_of(cast.pharmacist).post(
        f"/api/v1/versions/{things.version.pk}/release/",
        {"signature": signature},
        content_type=JSON,
    )
    assert response.status_code == 400
    assert {"signature.signer", "signature.signed_at"} <= set(response.json()["errors"])


def test_a04_a_page_takes_its_own_fields_only(things: Things, cast: Cast) -> None:
    asset = things.version.asset
    form = {"team": "", "department": "Marketing", **PROTECTED, "code": "FR-2020-000001"}
    client_of(cast.pm).post(f"/admin/assets/of/{asset.code}/edit/", form)
    kept = Asset.objects.get(pk=asset.pk)
    assert (kept.owner, kept.code) == (cast.pm, asset.code)
    version = Version.objects.get(pk=things.version.pk)
    assert (version.state, version.needs_visa) == (things.version.state, things.version.needs_visa)


@pytest.fixture
def unguarded(cast: Cast) -> Client:
    """A session of somebody who holds many rights, whose forms carry no token."""
    return client_of(cast.regulatory, enforce_csrf_checks=True)


@pytest.mark.slow  # every address
@pytest.mark.long
def test_a05_no_session_write_is_taken_from_elsewhere(unguarded: Client, things: Things) -> None:
    before = AuditEvent.objects.count()
    for path in ALL:
        if path == f"{API}auth/token/":
            continue  # it reads no session, and is refused without the password
        for method in ("post",) if not path.startswith(API) else ("post", "patch", "delete"):
            options = {"data": {}, "content_type": JSON} if path.startswith(API) else {}
            response = getattr(unguarded, method)(path, **options)
            assert response.status_code in {403, 404, 405}, (method, path, response.status_code)
    assert unguarded.get("/profile/").status_code == 200, "still signed in"
    assert AuditEvent.objects.count() == before


def test_a05_the_forgery_of_a_real_write_is_refused(unguarded: Client, things: Things) -> None:
    path = f"{API}versions/{things.version.pk}/comments/"
    body = {"body": "Forged", "severity": "question"}
    assert unguarded.post(path, body, content_type=JSON).status_code == 403
    assert unguarded.post("/accounts/logout/").status_code == 403
    assert things.version.comments.count() == 1


def directives(response: Any) -> dict[str, str]:
    policy = response["Content-Security-Policy"]
    parts = [part.strip().partition(" ") for part in policy.split(";") if part.strip()]
    return {name: value for name, _space, value in parts}


PAGES_WITHOUT_PARAMETERS = [
    path for path in ALL if "999999" not in path and not path.startswith(("/static/", "/api/"))
]


@pytest.mark.slow  # every page
@pytest.mark.long
def test_a08_every_page_says_what_may_run(cast: Cast) -> None:
    seen = 0
    for person in (cast.regulatory, cast.admin, cast.rep):
        client = client_of(person)
        for path in (*PAGES_WITHOUT_PARAMETERS, "/nothing-here/", "/api/v1/me/", "/api/v1/no/"):
            response = client.get(path)
            rules = directives(response)
            scripts = "'self' 'unsafe-eval'" if path.startswith("/admin/") else "'self'"
            assert rules["default-src"] == "'self'", path
            assert rules["script-src"] == scripts, path
            assert rules["object-src"] == "'none'", path
            assert rules["frame-ancestors"] == rules["form-action"] == "'self'", path
            assert response["X-Content-Type-Options"] == "nosniff", path
            assert "unsafe-inline" not in scripts
            seen += response.status_code == 200
    assert seen > 30


HOSTILE = "<script>fetch('/api/v1/me/')</script><p>Bonjour</p>"


@pytest.fixture
def hostile(cast: Cast) -> Version:
    asset = make_asset(by=cast.pm, products=[cast.product], asset_type="email_template")
    return make_version(asset, files=[make_html(HOSTILE)], subject="Objet")


def test_a08_uploaded_html_is_saved_never_run_in_the_office(hostile: Version, cast: Cast) -> None:
    client = client_of(cast.pm)
    for path in (
        f"/admin/desk/assets/{hostile.asset.code}/1/files/1/1/",
        f"/api/v1/versions/{hostile.pk}/files/1/",
    ):
        response = client.get(path)
        assert response.status_code == 200
        assert response["Content-Disposition"].startswith("attachment"), path
        assert response["X-Content-Type-Options"] == "nosniff", path
        assert b"Bonjour" in b"".join(response.streaming_content)


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the password hashes computed: what an answer's time is made of."""
    counted = [0]
    real = MD5PasswordHasher.encode

    def encode(self: Any, *args: Any, **kwargs: Any) -> str:
        counted[0] += 1
        return str(real(self, *args, **kwargs))

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    return counted


def cost_of(counted: list[int], client: Client, path: str, body: dict[str, str]) -> tuple[int, Any]:
    counted[0] = 0
    options = {"content_type": JSON} if path.startswith("/api/") else {}
    response = client.post(path, body, **options)
    return counted[0], response


@pytest.mark.parametrize(
    ("path", "name"), [("/accounts/login/", "login"), (f"{API}auth/token/", "username")]
)
def test_a09_an_unknown_person_costs_as_much_as_a_known_one(
    path: str, name: str, cast: Cast, hashes: list[int], client: Client
) -> None:
    assert cast.pm.username == "pm"
    answers = [
        cost_of(hashes, client, path, {name: who, "password": "not-the-password"})
        for who in ("pm", "nobody-of-that-name", "system")
    ]
    known = answers[0][0]
    assert known > 0
    assert [cost for cost, _answer in answers] == [known] * 3
    assert len({answer.status_code for _cost, answer in answers}) == 1


class TestTokens:
    """a10: hashed at rest (people/test_api.py), expiring, revocable, in no log and no address."""

    def me(self, client: Client, key: str) -> int:
        headers = {"Authorization": f"Token {key}"}
        return int(client.get(f"{API}me/", headers=headers).status_code)

    def test_a10_it_ends_by_itself(self, cast: Cast, client: Client) -> None:
        with time_machine.travel(T0, tick=False) as clock:
            _token, key = give_token(by=cast.pm, now=T0)
            assert self.me(client, key) == 200
            clock.shift(knox_settings.TOKEN_TTL - timedelta(seconds=1))
            assert self.me(client, key) == 200
            clock.shift(timedelta(seconds=2))
            assert self.me(client, key) == 401

    def test_a10_it_ends_when_it_is_revoked(self, cast: Cast, client: Client) -> None:
        token, key = give_token(by=cast.pm, now=T0)
        other, other_key = give_token(by=cast.pm, now=T0)
        revoke_token(token, by=cast.pm, now=T0)
        assert (self.me(client, key), self.me(client, other_key)) == (401, 200)
        assert list(ApiToken.objects.all()) == [other]

    def test_a10_an_address_carries_none(self, cast: Cast, client: Client) -> None:
        _token, key = give_token(by=cast.pm, now=T0)
        for name in ("token", "access_token", "key", "Authorization"):
            assert client.get(f"{API}me/", {name: f"Token {key}"}).status_code == 401

    def test_a10_no_log_holds_a_token_or_a_password(
        self, cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        assert cast.pm.username == "pm"
        secret = "a-secret-nobody-knows"
        for password in (PASSWORD, secret):
            body = {"username": "pm", "password": password}
            answer = client.post(f"{API}auth/token/", body, content_type=JSON)
            key = answer.json().get("token", "no-token-given")
            self.me(client, key)
            client.post("/accounts/login/", {"login": "pm", "password": password})
            assert key not in caplog.text
        assert PASSWORD not in caplog.text
        assert secret not in caplog.text
        payloads = " ".join(AuditEvent.objects.values_list("payload", flat=True))
        assert secret not in payloads


ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "/\\elsewhere.example/",
    "https:///elsewhere.example",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a11_nobody_is_led_elsewhere(target: str, cast: Cast, client: Client) -> None:
    assert cast.pm.username == "pm"
    credentials = {"login": "pm", "password": PASSWORD}
    for response in (
        client.post("/accounts/login/", {**credentials, "next": target}),
        client.post(f"/i18n/setlang/?next={target}", {"language": "en", "next": target}),
        client.post("/accounts/logout/", {"next": target}),
    ):
        assert response.status_code == 302
        assert response["Location"].startswith("/")
        assert "elsewhere" not in response["Location"]
        assert "alert" not in response["Location"]


@pytest.mark.parametrize("host", ["elsewhere.example", "testserver@elsewhere.example", "a b"])
def test_a11_another_host_is_refused(host: str, client: Client) -> None:
    for path in ("/accounts/login/", f"{API}me/"):
        response = client.get(path, headers={"host": host, "X-Forwarded-Host": host})
        assert response.status_code == 400
        assert host not in response.content.decode()


def test_a11_a_forwarded_host_leads_nowhere(cast: Cast) -> None:
    client = client_of(cast.inspector)
    response = client.get(f"{API}audit/?limit=1", headers={"X-Forwarded-Host": "elsewhere.example"})
    assert "elsewhere" not in response.content.decode()


def test_a11_the_list_of_assets_is_no_formula(cast: Cast) -> None:
    make_asset(by=cast.pm, products=[cast.product], title='=HYPERLINK("http://x","y")')
    text = client_of(cast.pm).get("/admin/desk/assets/?format=csv").content.decode()
    assert "'=HYPERLINK" in text
    assert ";=HYPERLINK" not in text
    assert ';"=HYPERLINK' not in text


def test_a11_a_file_name_breaks_no_header(cast: Cast) -> None:
    response = client_of(cast.pm).get("/nothing/%0d%0aSet-Cookie:%20a=b")
    assert response.status_code == 404
    assert "a" not in response.cookies


@pytest.mark.parametrize("size", [3_000_000, 260_000_000])
def test_a12_a_body_too_large_is_refused_unread(size: int, cast: Cast) -> None:
    client = client_of(cast.pm)
    headers = {"Content-Length": str(size)}
    response = client.post(f"{API}assets/", b"{}", content_type=JSON, headers=headers)
    assert response.status_code == 413
    form = "application/x-www-form-urlencoded"
    page = client.post("/profile/password/", b"a=b", content_type=form, headers=headers)
    assert page.status_code in {400, 413}


def test_a12_too_many_fields_are_refused(cast: Cast) -> None:
    form = {f"f{number}": "x" for number in range(1200)}
    assert client_of(cast.pm).post("/admin/assets/new/", form).status_code == 400


def test_b08_idle_people_are_signed_out_whatever_they_ticked(
    cast: Cast, client: Client, now: datetime, settings: Any
) -> None:
    assert cast.pm.username == "pm"
    with time_machine.travel(now, tick=False) as clock:
        credentials = {"login": "pm", "password": PASSWORD, "remember": "on"}
        assert client.post("/accounts/login/", credentials).status_code == 302
        clock.shift(timedelta(seconds=settings.SESSION_COOKIE_AGE - 5))
        assert client.get("/profile/").status_code == 200
        clock.shift(timedelta(seconds=settings.SESSION_COOKIE_AGE - 5))
        assert client.get("/profile/").status_code == 200
        clock.shift(timedelta(seconds=settings.SESSION_COOKIE_AGE + 1))
        assert "login" in client.get("/profile/").headers["Location"]
