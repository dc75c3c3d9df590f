"""``/healthz`` and ``/readyz``."""

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.test import Client
from django.utils import timezone

from approvals.audit import triggers
from approvals.audit.models import AuditHead
from config.http import health


def test_alive_asks_nothing_of_the_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
class TestReady:
    def test_says_what_answers(self, client: Client) -> None:
        response = client.get("/readyz")
        assert response.status_code == 200
        assert response.json() == dict.fromkeys(
            ["database", "clock", "audittrail", "triggers", "files", "broker"], "ok"
        )
        assert "no-store" in response["Cache-Control"]

    def test_a_head_that_is_not_the_last_event(self, client: Client) -> None:
        AuditHead.objects.filter(pk=1).update(hash="f" * 64)
        assert failing(client) == {
            "audittrail": "Unavailable: the head row is not the last event: run verify_audit"
        }

    def test_b31_a_clock_that_drifts_is_said(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ahead = timezone.now() + timedelta(seconds=60)
        monkeypatch.setattr(health, "database_clock", lambda: ahead)
        assert list(failing(client)) == ["clock"]
        assert "check NTP" in failing(client)["clock"]

    def test_no_head(self, client: Client) -> None:
        AuditHead.objects.all().delete()
        assert "audittrail" in failing(client)

    def test_a_table_that_is_not_guarded(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(triggers, "append_only_tables", {"django_session"})
        assert failing(client) == {
            "triggers": "Unavailable: an append-only table is not guarded: run migrate"
        }

    def test_a_database_that_fails_is_said_without_its_words(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*args: Any) -> Any:
            raise OSError("secret-host refused")

        monkeypatch.setattr(connection, "cursor", refuse)
        failed = failing(client)
        assert {"database", "audittrail", "triggers"} <= failed.keys()
        assert "secret-host" not in str(failed)

    def test_files_that_cannot_be_written(
        self, client: Client, settings: Any, tmp_path: Any
    ) -> None:
        (tmp_path / "derived").write_text("a file where the folder should be")
        place = {"location": str(tmp_path / "derived")}
        settings.STORAGES = settings.STORAGES | {
            "derived": settings.STORAGES["derived"] | {"OPTIONS": place}
        }
        assert failing(client).keys() == {"files"}

    def test_a_broker_that_does_not_answer(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
        assert failing(client).keys() == {"broker"}


def failing(client: Client) -> dict[str, str]:
    """Return what does not answer."""
    response = client.get("/readyz")
    assert response.status_code == 503
    return {name: said for name, said in response.json().items() if said != "ok"}
