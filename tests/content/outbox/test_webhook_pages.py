"""The administrator's pages of webhooks: the secret once, what was given up, sent again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from content.outbox.actions import dispatch_webhooks, try_webhook
from content.outbox.models import Message, WebhookEndpoint
from tests.factories import T0
from tests.factories.outbox import make_webhook
from tests.factories.people import Cast
from tests.hosts import HOST, URL, Outside, serving

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/webhooks/"


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Iterator[Outside]:
    settings.WEBHOOK_ALLOWED_HOSTS = [HOST]
    with serving(monkeypatch, tmp_path) as host:
        yield host


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.admin)
    return client


def html(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def given_up(cast: Cast, endpoint: WebhookEndpoint) -> Message:
    message = try_webhook(endpoint.pk, by=cast.admin, now=T0)
    message.attempts, message.answer = 8, "HTTP 500 <script>"
    message.state = "failed"
    message.save()
    return message


def test_nothing_is_registered_yet(admin: Client) -> None:
    assert "Aucun autre système" in html(admin.get(LIST))


def test_the_secret_is_shown_once(admin: Client, outside: Outside) -> None:
    made = admin.post(f"{LIST}new/", {"url": URL, "events": ["released", "expired"]})
    endpoint = WebhookEndpoint.objects.get()
    assert made.headers["Location"] == endpoint.get_absolute_url()
    assert endpoint.events == ["released", "expired"]
    shown = admin.get(made.headers["Location"])
    assert "whsec_" in html(shown)
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert "whsec_" not in html(admin.get(made.headers["Location"]))
    admin.post(f"{LIST}{endpoint.pk}/secret/")
    page = html(admin.get(endpoint.get_absolute_url()))
    assert "whsec_" in page
    assert "Ancien secret" in page


def test_a_wrong_address_is_said_at_the_field(admin: Client, outside: Outside) -> None:
    answer = admin.post(f"{LIST}new/", {"url": "https://127.0.0.1/", "events": ["released"]})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["url"]
    assert not WebhookEndpoint.objects.exists()


def test_change_try_deactivate_and_activate(admin: Client, outside: Outside) -> None:
    endpoint = make_webhook(url=URL)
    base = f"{LIST}{endpoint.pk}/"
    assert admin.post(f"{base}change/", {"url": URL, "events": ["frozen"]}).status_code == 302
    assert admin.post(f"{base}try/").status_code == 302
    assert dispatch_webhooks(Message.objects.get().not_before).done == 1
    page = html(admin.get(base))
    assert "HTTP 204" in page
    assert "essai" in page
    assert admin.post(f"{base}deactivate/").status_code == 302
    assert "désactivé" in html(admin.get(base))
    assert admin.post(f"{base}try/").status_code == 409
    assert admin.post(f"{base}activate/").status_code == 302
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.active, endpoint.events) == (True, ["frozen"])


def test_what_was_given_up_is_seen_and_sent_again(
    cast: Cast, admin: Client, outside: Outside
) -> None:
    endpoint = make_webhook(url=URL)
    message = given_up(cast, endpoint)
    assert "?state=failed" in html(admin.get(LIST))
    page = html(admin.get(f"{LIST}{endpoint.pk}/?state=failed"))
    assert "HTTP 500 &lt;script&gt;" in page
    again = f"{LIST}{endpoint.pk}/deliveries/{message.pk}/again/"
    assert again in page
    assert "essai" in html(admin.get(again))
    assert admin.post(again).status_code == 302
    assert dispatch_webhooks(Message.objects.get().not_before).done == 1
    assert "Aucun message" in html(admin.get(f"{LIST}{endpoint.pk}/?state=failed"))


def test_an_inspector_reads_and_does_nothing(cast: Cast, client: Client) -> None:
    endpoint = make_webhook(url=URL)
    message = given_up(cast, endpoint)
    client.force_login(cast.inspector)
    for page in (LIST, endpoint.get_absolute_url()):
        assert "again/" not in html(client.get(page))
    acts = ("change", "secret", "try", "deactivate", "activate", f"deliveries/{message.pk}/again")
    for act in acts:
        assert client.post(f"{LIST}{endpoint.pk}/{act}/").status_code == 403, act
    assert client.post(f"{LIST}new/").status_code == 403


@pytest.mark.parametrize("who", ["pharmacist", "pm", "rep", "agency"])
def test_others_do_not_get_there(who: str, cast: Cast, client: Client) -> None:
    endpoint = make_webhook()
    client.force_login(getattr(cast, who))
    for page in (LIST, f"{LIST}new/", endpoint.get_absolute_url()):
        assert client.get(page).status_code in {302, 403}, page


def test_another_webhooks_message_is_absent(cast: Cast, admin: Client) -> None:
    message, other = given_up(cast, make_webhook()), make_webhook()
    assert admin.get(f"{LIST}{other.pk}/deliveries/{message.pk}/again/").status_code == 404


def test_no_secret_is_in_the_record_of_the_admin(cast: Cast, admin: Client) -> None:
    endpoint = make_webhook()
    row = f"/admin/outbox/webhookendpoint/{endpoint.pk}/"
    history = endpoint.history.get()  # type: ignore[attr-defined]
    for page in ("change/", "history/", f"history/{history.history_id}/"):
        assert endpoint.secret not in html(admin.get(row + page)), page
