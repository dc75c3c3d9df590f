"""What an administrator does about a person: unlock, reset, roles; each an event of the chain."""

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils.translation import gettext

from approvals.audit.models import AuditEvent
from approvals.people.actions import give_token
from approvals.people.enums import Role
from approvals.people.models import ApiToken, User
from content.outbox.models import Message
from tests.factories import T0
from tests.factories.factors import with_totp
from tests.factories.people import PASSWORD, Cast

pytestmark = pytest.mark.django_db
BEGIN = "a password to begin with"
PAGES = {
    "unlock": {},
    "password": {"reason": "Oubli.", "password": BEGIN},
    "factors": {"reason": "Perdu."},
    "deactivate": {"reason": "Départ."},
    "roles/give": {"role": "dpo"},
    "roles/take": {"role": "product_manager", "reason": "Départ."},
}


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def events(kind: str) -> list[str]:
    return [event.payload for event in AuditEvent.objects.filter(kind=kind).in_order()]


def lock(client: Client, name: str, settings: Any) -> None:
    for _attempt in range(settings.AXES_FAILURE_LIMIT + 2):
        client.post("/accounts/login/", {"login": name, "password": "not-the-password"})


@pytest.mark.parametrize("page", PAGES)
def test_only_an_administrator_and_never_for_oneself(cast: Cast, page: str) -> None:
    path = f"/admin/desk/people/{cast.pm.pk}/{page}/"
    for person in (cast.inspector, cast.pharmacist):
        assert browser(person).post(path, PAGES[page]).status_code == 403
    mine = f"/admin/desk/people/{cast.admin.pk}/{page}/"
    assert browser(cast.admin).get(mine).status_code == 403
    assert browser(cast.admin).get(path).status_code == 200


def test_b07_a_lockout_alerts_and_an_administrator_unlocks(cast: Cast, settings: Any) -> None:
    assert cast.admin.pk
    lock(Client(), cast.pm.username, settings)
    (locked,) = events("lock_out")
    assert f'"person":{cast.pm.pk}' in locked
    told = Message.objects.filter(topic="account_locked")
    assert {message.recipient.username for message in told} == {"admin", "pm"}
    path = f"/admin/desk/people/{cast.pm.pk}/unlock/"
    assert browser(cast.admin).post(path).status_code == 302
    assert len(events("unlock")) == 1
    answer = Client().post("/accounts/login/", {"login": "pm", "password": PASSWORD})
    assert answer.status_code == 302


def test_b06_a_reset_forces_a_change_and_ends_what_was_open(cast: Cast) -> None:
    session = browser(cast.pm)
    give_token(by=cast.pm, now=T0)
    path = f"/admin/desk/people/{cast.pm.pk}/password/"
    weak = browser(cast.admin).post(path, {"reason": "Oubli.", "password": "short"})
    assert (weak.status_code, list(weak.context["form"].errors)) == (400, ["password"])
    assert browser(cast.admin).post(path, PAGES["password"]).status_code == 302
    assert "login" in session.get("/profile/")["Location"]
    assert not ApiToken.objects.exists()
    fresh = Client()
    fresh.post("/accounts/login/", {"login": "pm", "password": BEGIN})
    assert fresh.get("/profile/")["Location"] == "/profile/password/"
    (event,) = events("reset_password")
    assert BEGIN not in event
    assert '"reason":"Oubli."' in event
    assert Message.objects.filter(topic="password_reset", recipient=cast.pm).exists()


def test_lost_factors_are_taken_away(cast: Cast) -> None:
    with_totp(cast.pm)
    path = f"/admin/desk/people/{cast.pm.pk}/factors/"
    assert browser(cast.admin).post(path, PAGES["factors"]).status_code == 302
    assert User.objects.get(username="pm").second_factor_since is None
    assert '"reason":"Perdu."' in events("reset_factors")[0]


def test_b10_roles_given_and_taken_are_in_the_chain(cast: Cast) -> None:
    client = browser(cast.admin)
    start = f"/admin/desk/people/{cast.pm.pk}/roles"
    assert client.post(f"{start}/give/", PAGES["roles/give"]).status_code == 302
    assert client.post(f"{start}/take/", PAGES["roles/take"]).status_code == 302
    assert User.objects.get(username="pm").role_names == {Role.DPO}
    assert '"granted":"dpo"' in events("grant_role")[-1]
    assert '"revoked":"product_manager"' in events("revoke_role")[-1]
    assert client.post(f"{start}/take/", {"role": "dpo"}).status_code == 400


class TestComingAndGoing:
    """b11: sign-ins, sign-outs and failures are events, and can be searched."""

    def test_b11_each_leaves_one_event(self, cast: Cast) -> None:
        client = Client()
        client.post("/accounts/login/", {"login": cast.pm.username, "password": "wrong wrong"})
        client.post("/accounts/login/", {"login": "pm", "password": PASSWORD})
        client.post("/accounts/logout/")
        assert [len(events(kind)) for kind in ("sign_in_failed", "sign_in", "sign_out")] == [1] * 3
        assert f'"person":{cast.pm.pk}' in events("sign_in_failed")[0]
        page = browser(cast.inspector).get("/admin/audit/auditevent/?kind=sign_in_failed")
        assert page.context["cl"].result_count == 1

    def test_b11_an_unknown_name_is_kept_without_the_name(self, cast: Cast) -> None:
        typed = "my-password-in-the-wrong-field"
        for _turn in range(2):
            Client().post("/accounts/login/", {"login": typed, "password": "x"})
        first, second = events("sign_in_failed")
        assert typed not in first
        for attempt in AccessAttempt.objects.all():
            assert typed not in attempt.username + attempt.post_data
        unknown = [event.split('"unknown":"')[1][:16] for event in (first, second)]
        assert unknown[0] == unknown[1]

    def test_b11_the_api_too(self, cast: Cast, client: Client) -> None:
        body = {"username": cast.rep.username, "password": PASSWORD}
        for given in (body | {"password": "wrong"}, body):
            answer = client.post("/api/v1/auth/token/", given, content_type="application/json")
        headers = {"Authorization": f"Token {answer.json()['token']}"}
        client.post("/api/v1/auth/logout/", headers=headers)
        assert '"way":"api"' in events("sign_in_failed")[0]
        assert '"way":"api"' in events("sign_in")[0]
        assert '"way":"api"' in events("sign_out")[0]


class TestJoiningAndLeaving:
    NEW = {
        "username": "nadia",
        "first_name": "Nadia",
        "last_name": "Benali",
        "email": "nadia@example.test",
        "language": "fr",
        "granted": ["medical_reviewer", "dpo"],
        "password": BEGIN,
    }

    def test_an_administrator_creates_a_person_with_roles(self, cast: Cast) -> None:
        answer = browser(cast.admin).post("/admin/desk/people/new/", self.NEW)
        person = User.objects.get(username="nadia")
        assert (answer.status_code, answer["Location"].endswith(f"/{person.pk}/change/")) == (
            302,
            True,
        )
        assert set(person.role_names) == {"medical_reviewer", "dpo"}
        assert person.must_change_password
        assert len(events("create_person")) == 1
        assert BEGIN not in "".join(AuditEvent.objects.values_list("payload", flat=True))

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"username": "pm"}, "username"),
            ({"username": "a b"}, "username"),
            ({"password": "123"}, "password"),
            ({"granted": []}, "granted"),
            ({"email": "x"}, "email"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, cast: Cast, change: dict[str, Any], field: str
    ) -> None:
        assert cast.pm
        answer = browser(cast.admin).post("/admin/desk/people/new/", {**self.NEW, **change})
        assert answer.status_code == 400
        assert f"id_{field}_error" in answer.content.decode()
        assert not User.objects.filter(username="nadia").exists()

    def test_nobody_else_creates_people(self, cast: Cast) -> None:
        for person in (cast.pm, cast.inspector, cast.pharmacist):
            answer = browser(person).post("/admin/desk/people/new/", self.NEW)
            assert answer.status_code == 403

    def test_who_left_comes_in_no_more_until_they_come_back(self, cast: Cast) -> None:
        session = browser(cast.pm)
        give_token(by=cast.pm, now=T0)
        at = f"/admin/desk/people/{cast.pm.pk}"
        admin = browser(cast.admin)
        assert admin.post(f"{at}/deactivate/", {"reason": ""}).status_code == 400
        assert admin.post(f"{at}/deactivate/", {"reason": "Départ."}).status_code == 302
        assert not ApiToken.objects.filter(user=cast.pm).exists()
        assert "login" in session.get("/profile/")["Location"]
        given = {"login": "pm", "password": PASSWORD}
        answer = Client().post("/accounts/login/", given)
        stranger = Client().post("/accounts/login/", {**given, "login": "nobody"})
        told = gettext("The username or the password is wrong.")
        assert (answer.status_code, told in answer.content.decode()) == (200, True)
        assert told in stranger.content.decode()
        token = {"username": "pm", "password": PASSWORD}
        assert Client().post("/api/v1/auth/token/", token).status_code == 401
        assert admin.post(f"{at}/deactivate/", {"reason": "x"}).status_code == 409
        assert admin.post(f"{at}/reactivate/", {"reason": "Retour."}).status_code == 302
        answer = Client().post("/accounts/login/", {"login": "pm", "password": PASSWORD})
        assert answer.status_code == 302
        assert (len(events("deactivate_person")), len(events("reactivate_person"))) == (1, 1)
