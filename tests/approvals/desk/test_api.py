"""A version as a whole, its history and signatures, and the trail, over the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from approvals.people.actions import system_actor
from content.assets.actions.facts import interrupt
from content.assets.enums import Cause, Nature
from content.calendar import paris_day
from content.catalogue.actions import lock_list_head
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.releases import make_bare_asset, make_cleared, make_released

pytestmark = pytest.mark.django_db

FIELDS = {
    *("id", "asset", "number", "revision", "state", "digest", "files", "reference", "visa"),
    *("valid_from", "expires_on", "usable_from", "last_usable_day", "limited_by"),
    *("usable_today", "why_not", "allowed_actions"),
}


def signed_in(client: Client, person: Any) -> Client:
    client.force_login(person)
    return client


class TestVersion:
    def test_a_released_version_says_until_when(self, cast: Cast, client: Client) -> None:
        assert cast.cardiology
        version = make_released(cast.product)
        body = signed_in(client, cast.pm).get(f"/api/v1/versions/{version.pk}/").json()
        assert set(body) >= FIELDS
        assert body["asset"] == version.asset.code
        assert (body["state"], body["usable_today"], body["why_not"]) == ("released", True, [])
        assert body["expires_on"] == "2028-04-14"
        assert body["last_usable_day"] == "2028-04-13"
        assert body["usable_from"] == "2026-04-14"
        assert body["limited_by"] == "expired"

    def test_one_that_is_not_released_says_why(self, cast: Cast, client: Client) -> None:
        version = make_cleared(make_bare_asset(cast.product))
        body = signed_in(client, cast.medical).get(f"/api/v1/versions/{version.pk}/").json()
        assert body["usable_today"] is False
        assert [reason["code"] for reason in body["why_not"]] == ["not_released"]
        assert body["last_usable_day"] is None
        assert len(body["digest"]) == 64

    def test_a03_another_team_gets_404(self, cast: Cast, client: Client) -> None:
        assert cast.cardiology
        version = make_released(cast.product)
        signed_in(client, cast.pm2)
        for part in ("", "history/", "signatures/"):
            assert client.get(f"/api/v1/versions/{version.pk}/{part}").status_code == 404
        signed_in(client, cast.rep)
        assert client.get(f"/api/v1/versions/{version.pk}/").status_code == 404

    def test_marketing_does_not_see_medical_assets(self, cast: Cast, client: Client) -> None:
        assert cast.cardiology
        version = make_released(cast.product, nature=Nature.MEDICAL)
        path = f"/api/v1/versions/{version.pk}/"
        assert signed_in(client, cast.pm).get(path).status_code == 404
        assert signed_in(client, cast.mpm).get(path).status_code == 200

    def test_its_history_names_who(self, cast: Cast, client: Client) -> None:
        version = make_released(cast.product)
        path = f"/api/v1/versions/{version.pk}/history/"
        rows = signed_in(client, cast.inspector).get(path).json()["results"]
        assert [row["state"] for row in rows] == ["cleared", "released"]
        assert {row["by"] for row in rows} == {"system"}
        assert rows[0]["at"] == "2026-04-14T08:00:00Z"

    def test_signatures_are_none_before_any(self, cast: Cast, client: Client) -> None:
        version = make_released(cast.product)
        path = f"/api/v1/versions/{version.pk}/signatures/"
        body = signed_in(client, cast.inspector).get(path).json()
        assert body == {"next": None, "results": []}


class TestTrail:
    def test_events_of_an_asset(self, cast: Cast, client: Client) -> None:
        version = make_released(cast.product)
        other = make_released(cast.product)
        asked = {"object": version.asset.code}
        rows = signed_in(client, cast.inspector).get("/api/v1/audit/", asked).json()["results"]
        assert rows
        assert rows == sorted(rows, key=lambda row: -row["seq"])
        named = str([row["changes"] for row in rows])
        assert version.asset.code in named
        assert other.asset.code not in named

    def test_filters_narrow(self, cast: Cast, client: Client) -> None:
        version = make_released(cast.product)
        lift = T0 + timedelta(days=3)
        by = system_actor()
        lock_list_head_and_suspend(version, by=by, now=lift)
        signed_in(client, cast.pharmacist)
        page = client.get("/api/v1/audit/", {"since": "2026-04-16", "until": "2026-04-17"}).json()
        assert [row["kind"] for row in page["results"]] == ["suspend_in_a_test"]
        page = client.get("/api/v1/audit/", {"kind": "release", "actor": "system"}).json()
        assert [row["kind"] for row in page["results"]] == ["release"]
        actor = {"actor": cast.rep.username}
        assert client.get("/api/v1/audit/", actor).json()["results"] == []
        assert client.get("/api/v1/audit/", {"kind": "withdraw"}).json()["results"] == []

    @pytest.mark.parametrize(
        "asked",
        [
            *({"since": "yesterday"}, {"until": "2026-13-40"}, {"until": "20260424"}),
            {"until": "9999-12-31T23:59:59-14:00"},
            *(
                {"object": "thing"},
                {"object": "x/" + "9" * 4400},
                {"actor": "nobody"},
                {"kind": "dance"},
                {"who": "x"},
            ),
        ],
    )
    def test_a_filter_that_means_nothing_is_400(
        self, cast: Cast, client: Client, asked: dict[str, str]
    ) -> None:
        response = signed_in(client, cast.admin).get("/api/v1/audit/", asked)
        assert response.status_code == 400
        assert list(response.json()["errors"]) == list(asked)

    def test_others_may_not_look(self, cast: Cast, client: Client) -> None:
        for name in ("pm", "medical", "regulatory", "rep", "agency"):
            assert signed_in(client, getattr(cast, name)).get("/api/v1/audit/").status_code == 403


def lock_list_head_and_suspend(version: Any, *, by: Any, now: Any) -> None:
    from approvals.audit import act

    @act("suspend_in_a_test")
    def suspend(*, by: Any, now: Any) -> None:
        lock_list_head()
        day = paris_day(timezone.now())
        interrupt(version, cause=Cause.SUSPENDED, reason="x", starts_on=day, by=by, now=now)

    suspend(by=by, now=now)
