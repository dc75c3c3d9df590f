"""``/metrics``: for those who watch the house, and nobody else."""

import ipaddress
from typing import Any

import pytest
from django.test import Client

from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def test_a_stranger_is_refused(client: Client) -> None:
    assert client.get("/metrics").status_code == 403


@pytest.mark.parametrize("who", ["pm", "pharmacist", "inspector", "rep"])
def test_so_is_everybody_else_of_the_house(client: Client, cast: Cast, who: str) -> None:
    client.force_login(getattr(cast, who))
    assert client.get("/metrics").status_code == 403


def test_an_administrator_reads_what_was_counted(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    client.get("/healthz")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert b"django_http_responses_total_by_status_total" in answer.content


class TestByAddress:
    @pytest.fixture(autouse=True)
    def _watchers(self, settings: Any) -> None:
        settings.METRICS_ALLOWED_ADDRESSES = [ipaddress.ip_network("10.0.0.0/8")]

    def test_a_watcher_needs_no_sign_in(self, client: Client) -> None:
        assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200

    def test_an_address_beside_is_refused(self, client: Client) -> None:
        assert client.get("/metrics", REMOTE_ADDR="11.1.2.3").status_code == 403

    def test_nobody_forwards_themselves_in(self, client: Client) -> None:
        answer = client.get("/metrics", REMOTE_ADDR="11.1.2.3", HTTP_X_FORWARDED_FOR="10.1.2.3")
        assert answer.status_code == 403

    def test_nothing_is_written_to_it(self, client: Client) -> None:
        assert client.post("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 405
