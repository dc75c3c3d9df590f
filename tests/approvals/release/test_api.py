"""The pharmacist's acts over the API and on their pages: the same rules as the actions."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.people.models import User
from approvals.release.models import ReleaseAct
from approvals.signatures.models import Signature
from content.assets.actions.facts import interrupt
from content.assets.enums import Cause, State
from content.assets.models import Version
from content.calendar import paris_day
from tests.factories import T0
from tests.factories.clearing import freeze_it, make_cleared, suspend_it
from tests.factories.people import PASSWORD, Cast
from tests.factories.releases import make_bare_asset, make_released
from tests.factories.releases import make_cleared as make_bare_cleared

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)


@pytest.fixture(autouse=True)
def _clock(cast: Cast) -> Any:
    assert cast.cardiology
    assert cast.respiratory
    with time_machine.travel(T0, tick=False):
        yield


@pytest.fixture
def pharmacist(cast: Cast, client: Client) -> Client:
    client.force_login(cast.pharmacist)
    return client


def post(client: Client, address: str, meaning: str, **body: Any) -> Any:
    headers = body.pop("headers", None)
    signature = {"password": body.pop("password", PASSWORD), "meaning": meaning}
    return client.post(
        f"/api/v1/{address}",
        {**body, "signature": signature},
        content_type="application/json",
        headers=headers,
    )


def state_of(version: Version) -> str:
    return str(Version.objects.get(pk=version.pk).state)


class TestApi:
    @pytest.mark.slow
    def test_release(self, cast: Cast, pharmacist: Client) -> None:
        version = make_cleared(cast)
        answer = post(pharmacist, f"versions/{version.pk}/release/", "release")
        assert answer.status_code == 200, answer.content
        body = answer.json()
        assert (body["version"], body["state"], body["kind"]) == (
            version.pk,
            "released",
            "release",
        )
        assert (body["valid_from"], body["expires_on"]) == ("2026-04-14", "2028-04-10")
        pharmacist.force_login(cast.rep)
        rows = pharmacist.get("/api/v1/positive-list/").json()["results"]
        assert [row["id"] for row in rows] == [version.pk]

    def test_suspend_resume_withdraw(self, cast: Cast, pharmacist: Client) -> None:
        version = make_released(cast.product)
        for verb, meaning, state in (
            ("suspend", "suspension", State.SUSPENDED),
            ("resume", "resumption", State.RELEASED),
            ("withdraw", "withdrawal", State.WITHDRAWN),
        ):
            address = f"versions/{version.pk}/{verb}/"
            answer = post(pharmacist, address, meaning, reason="parce que")
            assert answer.status_code == 200, answer.content
            assert answer.json()["state"] == state == state_of(version)

    def test_freeze_and_lift(self, cast: Cast, pharmacist: Client) -> None:
        version = make_released(cast.product)
        freeze = "products/60000001/freeze/"
        answer = post(pharmacist, freeze, "product_freeze", reason="PRAC")
        assert answer.status_code == 200, answer.content
        assert answer.json()["versions"] == [version.pk]
        assert state_of(version) == State.SUSPENDED
        again = post(pharmacist, freeze, "product_freeze", reason="PRAC")
        assert (again.status_code, again.json()["code"]) == (409, "already_frozen")
        lifted = post(pharmacist, "products/60000001/unfreeze/", "product_unfreeze", reason="levée")
        assert lifted.status_code == 200, lifted.content
        assert state_of(version) == State.SUSPENDED

    def test_b20_the_same_request_twice_gives_one_signature(
        self, cast: Cast, pharmacist: Client
    ) -> None:
        version = make_released(cast.product)
        before = Signature.objects.count()
        answers = [
            post(
                pharmacist,
                f"versions/{version.pk}/suspend/",
                "suspension",
                reason="doute",
                headers={"Idempotency-Key": "one"},
            )
            for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()
        assert Signature.objects.count() == before + 1
        assert ReleaseAct.objects.count() == 1

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"password": "wrong"}, 403, "wrong_credentials"),
            ({"meaning": "release"}, 400, "wrong_meaning"),
            ({"effective_on": "2026-04-13"}, 400, "invalid"),
            ({"effective_on": "yesterday"}, 400, None),
            ({"reason": ""}, 400, None),
            ({"state": "withdrawn"}, 400, None),
        ],
    )
    def test_refused_with_nothing_written(
        self, cast: Cast, pharmacist: Client, body: dict[str, str], status: int, code: str | None
    ) -> None:
        version = make_released(cast.product)
        given = {"meaning": "withdrawal", "reason": "erreur", **body}
        answer = post(pharmacist, f"versions/{version.pk}/withdraw/", **given)  # type: ignore[arg-type]
        assert answer.status_code == status, answer.content
        if code:
            assert answer.json()["code"] == code
        assert state_of(version) == State.RELEASED
        assert not ReleaseAct.objects.exists()

    def test_who_may_not(self, cast: Cast, client: Client) -> None:
        version = make_released(cast.product)
        for person, status in (
            (cast.pm, 403),
            (cast.regulatory, 403),
            (cast.inspector, 403),
            (cast.pm2, 404),
            (cast.rep, 404),
            (cast.admin, 404),
        ):
            client.force_login(person)
            answer = post(client, f"versions/{version.pk}/withdraw/", "withdrawal", reason="x")
            assert answer.status_code == status, person.username
        for person, status in ((cast.regulatory, 403), (cast.rep, 404)):
            client.force_login(person)
            answer = post(client, "products/60000001/freeze/", "product_freeze", reason="x")
            assert answer.status_code == status, person.username


class TestPages:
    def test_what_waits_is_stopped_or_lapses(self, cast: Cast, pharmacist: Client) -> None:
        stopped = make_released(cast.product, title="Suspendue")
        suspend_it(stopped, cast.pharmacist)
        make_released(cast.product, title="Bientôt finie", expires_on=TODAY + timedelta(days=30))
        freeze_it(cast.free_product, cast.pharmacist, reason="réévaluation")
        shown = pharmacist.get("/admin/release/").content.decode()
        for part in ("Suspendue", "Bientôt finie", "réévaluation", f"/{stopped.pk}/resume/"):
            assert part in shown

    @pytest.mark.slow
    def test_every_product_can_be_frozen_or_sooner_unless_it_is(
        self, cast: Cast, pharmacist: Client
    ) -> None:
        """A freeze bars deposits and releases: it needs no released version (§8)."""
        assert make_bare_cleared(make_bare_asset(cast.product))
        suspend_it(make_released(cast.free_product), cast.pharmacist)
        make_released(cast.other_product)
        links = {
            product: f"/admin/release/products/{product.cis}/freeze/"
            for product in (cast.product, cast.free_product, cast.other_product)
        }
        tomorrow = TODAY + timedelta(days=1)
        freeze_it(cast.free_product, cast.pharmacist, effective_on=tomorrow)
        freeze_it(cast.other_product, cast.pharmacist)
        shown = pharmacist.get("/admin/release/").content.decode()
        assert [link in shown for link in links.values()] == [True, True, False]

    def test_its_queries_do_not_grow_with_its_rows(self, cast: Cast, pharmacist: Client) -> None:
        counts = []
        for _ in range(2):
            for _ in range(3):
                make_bare_cleared(make_bare_asset(cast.product))
                suspend_it(make_released(cast.product), cast.pharmacist)
                make_released(cast.product, expires_on=TODAY + timedelta(days=30))
            pharmacist.get("/admin/release/")
            with CaptureQueriesContext(connection) as asked:
                pharmacist.get("/admin/release/")
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_the_withdrawal_says_what_it_will_cause_then_does_it(
        self, cast: Cast, pharmacist: Client
    ) -> None:
        fragment = make_released(cast.product, asset_type="email_fragment")
        template = make_released(
            cast.product, asset_type="email_template", requires=[fragment], title="Modèle touché"
        )
        address = f"/admin/release/versions/{fragment.pk}/withdraw/"
        page = pharmacist.get(address)
        assert "Modèle touché" in page.content.decode()
        assert str(template) in page.content.decode()
        sent = {"reason": "faux", "password": PASSWORD, "sending": page.context["sending"]}
        answer = pharmacist.post(address, sent)
        assert answer.status_code == 302, answer.content.decode()
        assert state_of(fragment) == State.WITHDRAWN

    @pytest.mark.slow
    def test_the_release_page_says_from_when_to_when(self, cast: Cast, pharmacist: Client) -> None:
        version = make_cleared(cast)
        address = f"/admin/release/versions/{version.pk}/release/"
        page = pharmacist.get(address)
        assert "9 avril 2028" in page.content.decode()
        sent = {"overlap_days": 0, "password": PASSWORD, "sending": page.context["sending"]}
        assert pharmacist.post(address, {**sent, "valid_from": "2026-04-01"}).status_code == 400
        assert state_of(version) == State.CLEARED
        sent["sending"] = pharmacist.get(address).context["sending"]
        assert pharmacist.post(address, sent).status_code == 302
        assert state_of(version) == State.RELEASED

    def test_a_resumption_after_the_authority_asks_for_its_letter(
        self, cast: Cast, pharmacist: Client, system: User
    ) -> None:
        version = make_released(cast.product)
        suspend_it(version, cast.pharmacist)
        address = f"/admin/release/versions/{version.pk}/resume/"
        assert "authority_proof" not in pharmacist.get(address).content.decode()
        interrupt(
            version,
            cause=Cause.AUTHORITY_SUSPENDED,
            reason="lettre",
            starts_on=TODAY,
            by=system,
            now=T0,
        )
        assert "authority_proof" in pharmacist.get(address).content.decode()

    def test_a_freeze_names_what_it_stops(self, cast: Cast, pharmacist: Client) -> None:
        version = make_released(cast.product, title="Brochure à arrêter")
        address = "/admin/release/products/60000001/freeze/"
        page = pharmacist.get(address)
        assert "Brochure à arrêter" in page.content.decode()
        sent = {"reason": "PRAC", "password": PASSWORD, "sending": page.context["sending"]}
        assert pharmacist.post(address, sent).status_code == 302
        assert state_of(version) == State.SUSPENDED
        lift = "/admin/release/products/60000001/unfreeze/"
        sent["sending"] = pharmacist.get(lift).context["sending"]
        assert pharmacist.post(lift, sent).status_code == 302

    def test_whoever_may_not_reads_why(self, cast: Cast, client: Client) -> None:
        version = make_released(cast.product)
        for verb in ("suspend", "withdraw", "resume", "release"):
            address = f"/admin/release/versions/{version.pk}/{verb}/"
            for person, status in (
                (cast.medical, 403),
                (cast.pm2, 404),
                (cast.rep, 403),
                (cast.admin, 404),
            ):
                client.force_login(person)
                assert client.get(address).status_code == status, (verb, person.username)
        for page in ("", "products/60000001/freeze/"):
            client.force_login(cast.medical)
            assert client.get(f"/admin/release/{page}").status_code == 403
