"""What a person keeps of the lists, and what a phone keeps of theirs."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from approvals.audit import PolicyDenied
from approvals.audit.models import AuditEvent
from content.assets.enums import Nature
from content.calendar import add_months, paris_day, start_of_day
from content.positive_list.actions import add_favourite, note_visit, remove_favourite
from content.positive_list.models import Favourite, FieldVisit
from tests.factories import T0, keep
from tests.factories.people import Cast
from tests.factories.releases import make_bare_asset, make_cleared, make_released

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)
LAST = add_months(TODAY, 24) - timedelta(days=1)


@pytest.fixture(autouse=True)
def _members(cast: Cast) -> Any:
    assert cast.cardiology
    assert cast.respiratory
    with time_machine.travel(T0 + timedelta(hours=5), tick=False):
        yield


@pytest.fixture
def rep(cast: Cast, client: Client) -> Client:
    client.force_login(cast.rep)
    client.cookies["django_language"] = "en"
    return client


def titles(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return [row.title for row in answer.context["rows"]]


def counts(client: Client) -> dict[str, int]:
    found = client.get("/field/").context["choices"]
    return {choice.value: count for choice, count in found}


class TestFavourites:
    def test_kept_and_taken_out(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product, title="Fiche de posologie")
        make_released(cast.product, title="Brochure de lancement")
        answer = rep.post("/field/favourites/", {"add": version.asset.code, "next": "/field/?q=f"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/field/?q=f")
        rep.post("/field/favourites/", {"add": version.asset.code})
        assert Favourite.objects.kept_by(cast.rep).count() == 1
        assert AuditEvent.objects.filter(kind="add_favourite").count() == 1
        assert titles(rep, "/field/?show=favourites") == ["Fiche de posologie"]
        assert counts(rep)["favourites"] == 1
        rep.post("/field/favourites/", {"remove": version.asset.code})
        assert titles(rep, "/field/?show=favourites") == []
        assert counts(rep)["favourites"] == 0

    def test_they_are_ones_own(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product, title="Fiche de posologie")
        add_favourite(version.asset_id, by=cast.pm, now=T0)
        assert titles(rep, "/field/?show=favourites") == []
        remove_favourite(version.asset_id, by=cast.rep, now=T0)
        assert Favourite.objects.kept_by(cast.pm).count() == 1

    def test_what_left_their_teams_is_not_shown(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.other_product, title="Chose d'une autre équipe")
        add_favourite(version.asset_id, by=cast.rep, now=T0)
        assert titles(rep, "/field/?show=favourites") == []
        assert counts(rep)["favourites"] == 0

    def test_what_they_may_not_see_is_not_there(self, cast: Cast, rep: Client) -> None:
        foreign = make_released(cast.other_product).asset.code
        prepared = make_cleared(make_bare_asset(cast.product)).asset.code
        for code in (foreign, prepared, "FR-2026-999999", ""):
            assert rep.post("/field/favourites/", {"add": code}).status_code == 404
        assert not Favourite.objects.exists()

    def test_back_leads_nowhere_else(self, cast: Cast, rep: Client) -> None:
        code = make_released(cast.product).asset.code
        for elsewhere in (
            "https://example.org/",
            "//example.org/",
            "javascript:1",
            "/\\example.org",
        ):
            answer = rep.post("/field/favourites/", {"add": code, "next": elsewhere})
            assert answer.headers["Location"] == "/field/"

    def test_agencies_have_none(self, cast: Cast, client: Client) -> None:
        version = make_released(cast.product)
        with pytest.raises(PolicyDenied) as denied:
            add_favourite(version.asset_id, by=cast.agency, now=T0)
        assert denied.value.code == "role_missing"
        client.force_login(cast.agency)
        assert client.post("/field/favourites/", {"add": version.asset.code}).status_code == 403

    def test_once_in_the_database(self, cast: Cast) -> None:
        asset = make_released(cast.product).asset
        add_favourite(asset.pk, by=cast.rep, now=T0)
        with pytest.raises(IntegrityError), transaction.atomic():
            keep(Favourite(person=cast.rep, asset=asset, added_at=T0), by=cast.rep)


class TestVisits:
    def test_new_is_since_the_day_of_the_last_one(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product, title="Déjà là")
        assert titles(rep, "/field/?show=new") == []
        assert counts(rep)["new"] == 0
        later = T0 + timedelta(days=3, hours=5)
        with time_machine.travel(later, tick=False):
            make_released(cast.product, title="Nouvelle", now=later)
            rep.force_login(cast.rep)
            # Released after that visit, on the same day: it would otherwise never be new.
            assert titles(rep, "/field/?show=new") == ["Déjà là", "Nouvelle"]
        last = later + timedelta(days=1)
        with time_machine.travel(last, tick=False):
            rep.force_login(cast.rep)
            assert titles(rep, "/field/?show=new") == ["Nouvelle"]
            assert counts(rep)["new"] == 1
            assert "17 April 2026" in rep.get("/field/?show=new").content.decode()

    def test_noted_once_a_day(self, cast: Cast, rep: Client) -> None:
        for _ in range(3):
            rep.get("/field/")
        assert AuditEvent.objects.filter(kind="note_visit").count() == 1
        visit = FieldVisit.objects.get(person=cast.rep)
        assert (visit.day, visit.before) == (TODAY, None)

    def test_an_earlier_day_changes_nothing(self, cast: Cast) -> None:
        note_visit(by=cast.rep, now=T0)
        visit = note_visit(by=cast.rep, now=T0 - timedelta(days=1))
        assert (visit.day, visit.before) == (TODAY, None)


class TestLeaving:
    def test_within_thirty_days_of_paris(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product, title="Fiche de posologie")
        first = start_of_day(LAST - timedelta(days=30))
        for instant, found in (
            (first - timedelta(seconds=1), []),
            (first, ["Fiche de posologie"]),
            (start_of_day(LAST + timedelta(days=1)) - timedelta(seconds=1), ["Fiche de posologie"]),
            (start_of_day(LAST + timedelta(days=1)), []),
        ):
            with time_machine.travel(instant, tick=False):
                rep.force_login(cast.rep)
                assert titles(rep, "/field/?show=leaving") == found
                assert counts(rep)["leaving"] == len(found)

    def test_another_teams_is_not_counted(self, cast: Cast, rep: Client) -> None:
        make_released(cast.other_product)
        with time_machine.travel(start_of_day(LAST), tick=False):
            rep.force_login(cast.rep)
            assert counts(rep) == {"favourites": 0, "new": 0, "leaving": 0}


class TestOffline:
    def test_the_list_of_the_day_is_one_persons(self, cast: Cast, rep: Client) -> None:
        version = make_released(cast.product, title="Fiche de posologie")
        make_released(cast.product, title="Vivre avec", nature=Nature.ENVIRONMENT)
        make_released(cast.product, title="Réponse médicale", nature=Nature.MEDICAL)
        make_released(cast.other_product, title="Chose d'une autre équipe")
        answer = rep.get("/field/today/")
        kept = json.loads(answer.content)
        assert answer["Cache-Control"] == "private, no-store"
        assert (kept["person"], kept["day"]) == (str(cast.rep.pk), TODAY.isoformat())
        assert [row["title"] for row in kept["rows"]] == ["Fiche de posologie", "Vivre avec"]
        assert kept["missing"] is False
        row = kept["rows"][0]
        assert (row["code"], row["number"]) == (version.asset.code, 1)
        assert (row["last"], row["last_words"]) == (LAST.isoformat(), "13 April 2028")
        assert "usable" not in answer.content.decode()

    def test_a_list_too_long_says_so(
        self, cast: Cast, rep: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("content.positive_list.offline.KEPT_ROWS", 1)
        for _ in range(2):
            make_released(cast.product)
        kept = json.loads(rep.get("/field/today/").content)
        assert kept["missing"] is True
        assert len(kept["rows"]) == 1

    def test_the_shell_names_nobody(self, cast: Cast, rep: Client) -> None:
        make_released(cast.product, title="Fiche de posologie")
        shell = rep.get("/field/offline/").content.decode()
        for words in (str(cast.rep), cast.rep.username, "Fiche", "fv--yes", "<script>"):
            assert words not in shell

    def test_who_reads_nothing_keeps_nothing(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.agency)
        for page in ("today/", "offline/", ""):
            assert client.get(f"/field/{page}").status_code == 403

    def test_the_program_and_what_is_installed(self, client: Client) -> None:
        program = client.get("/field/sw.js")
        assert program["Content-Type"].startswith("text/javascript")
        assert program["Service-Worker-Allowed"] == "/"
        assert "/field/offline/" in program.content.decode()
        assert client.post("/field/sw.js").status_code == 405
        manifest = client.get("/field/manifest.webmanifest")
        assert manifest["Content-Type"] == "application/manifest+json"
        described = json.loads(manifest.content)
        assert described["start_url"] == "/field/"
        assert {icon["sizes"] for icon in described["icons"]} == {"192x192", "512x512"}

    def test_no_browser_keeps_a_page(self, cast: Cast, rep: Client) -> None:
        code = make_released(cast.product).asset.code
        for address in ("/field/", f"/a/{code}/", f"/a/{code}/1/"):
            assert rep.get(address)["Cache-Control"] == "private, no-store"
