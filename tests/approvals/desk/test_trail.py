"""The evidence searched, read and handed over; the trail beside the record (SECURITY.md 28, 29)."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.audit import act
from approvals.audit.models import AuditEvent
from approvals.desk.actions import look_at_trail
from approvals.desk.looks import looks_at
from approvals.desk.story import story_of
from approvals.review.actions import cancel, comment
from content.assets.models import Version
from tests.approvals.desk.conftest import SignIn
from tests.factories import T0
from tests.factories.assets import make_asset, make_pdf, make_version
from tests.factories.people import Cast
from tests.factories.submissions import make_draft

pytestmark = pytest.mark.django_db
PAGE, EXPORT = reverse("desk:trail"), reverse("desk:trail_export")


@pytest.fixture
def version(cast: Cast) -> Version:
    asset = make_asset(by=cast.pm, products=[cast.product], title="Brochure cœur")
    return make_version(asset, files=[make_pdf()])


@pytest.fixture
def other(cast: Cast) -> Version:
    return make_version(make_asset(by=cast.pm, products=[cast.product]), files=[make_pdf()])


def shown(answer: Any) -> list[int]:
    return [told.event.seq for told in answer.context["events"]]


class TestPage:
    @pytest.mark.parametrize("name", Cast.EVERYBODY)
    def test_only_those_who_look_at_evidence(
        self, cast: Cast, signed_in: SignIn, name: str
    ) -> None:
        reads = name in {"pharmacist", "pharmacist2", "inspector", "admin"}
        client = signed_in(getattr(cast, name))
        assert client.get(PAGE).status_code == (200 if reads else 403)
        assert client.post(EXPORT).status_code == (200 if reads else 403)

    def test_an_event_in_words(self, cast: Cast, version: Version, signed_in: SignIn) -> None:
        answer = signed_in(cast.inspector).get(PAGE, {"object": version.asset.code})
        text = answer.content.decode()
        assert "matériel créé" in text
        # Names are looked up beside the payload, which holds ids.
        created = next(t for t in answer.context["events"] if t.event.kind == "create_asset")
        owner = [f for change in created.changes for f in change.fields if str(cast.pm) in f]
        assert owner
        assert str(cast.pm) not in created.event.payload
        assert "Brochure cœur" in text

    def test_filters_stand_in_the_address(
        self, cast: Cast, version: Version, other: Version, signed_in: SignIn
    ) -> None:
        remark = comment(version.pk, body="Vu", severity="question", by=cast.medical, now=T0)
        client = signed_in(cast.inspector)
        said = AuditEvent.objects.get(kind="comment").seq
        code = version.asset.code
        assert shown(client.get(PAGE, {"object": f"{code}/1", "kind": "comment"})) == [said]
        assert shown(client.get(PAGE, {"object": code, "actor": "medical"})) == [said]
        row = {"object": f"review.comment:{remark.pk}"}
        assert shown(client.get(PAGE, row)) == [said]
        assert said not in shown(client.get(PAGE, {"object": other.asset.code}))
        assert shown(client.get(PAGE, {"q": "vu", "kind": "comment"})) == [said]
        later = str((T0 + timedelta(days=1)).date())
        assert said not in shown(client.get(PAGE, {"since": later}))
        oldest = shown(client.get(PAGE, {"sort": "old"}))
        assert oldest == sorted(oldest)

    @pytest.mark.parametrize(
        "asked", [{"object": "x/y"}, {"object": "x/" + "9" * 9}, {"actor": "x"}, {"since": "x"}]
    )
    def test_a_wrong_filter_is_a_sentence(
        self, cast: Cast, signed_in: SignIn, asked: dict[str, str]
    ) -> None:
        answer = signed_in(cast.inspector).get(PAGE, asked)
        assert answer.status_code == 400
        assert answer.context["errors"]

    def test_no_row_adds_a_query(self, cast: Cast, version: Version, signed_in: SignIn) -> None:
        client = signed_in(cast.inspector)
        few = {"kind": "create_asset"}
        client.get(PAGE, few)
        with CaptureQueriesContext(connection) as first:
            client.get(PAGE, few)
        with CaptureQueriesContext(connection) as all_of_them:
            assert len(shown(client.get(PAGE))) > 1
        assert len(all_of_them) <= len(first) + 1


class TestExport:
    def asked(self, client: Any, **asked: str) -> str:
        answer = client.post(EXPORT, asked)
        assert answer.status_code == 200
        return b"".join(answer.streaming_content).decode("utf-8-sig")

    def test_b29_searched_sorted_and_exported(
        self, cast: Cast, version: Version, other: Version, signed_in: SignIn
    ) -> None:
        client = signed_in(cast.inspector)
        code = version.asset.code
        found = shown(client.get(PAGE, {"object": code, "sort": "old"}))
        text = self.asked(client, object=code, format="json")
        rows = json.loads(text)
        assert [row["seq"] for row in rows] == found
        stored = AuditEvent.objects.get(seq=found[0])
        assert (rows[0]["payload"], rows[0]["hash"]) == (stored.payload, stored.hash)
        lines = list(csv.DictReader(io.StringIO(self.asked(client, object=code)), delimiter=";"))
        assert [int(line["seq"]) for line in lines] == found
        # Each export is an event, which says what was asked for.
        last = json.loads(AuditEvent.objects.in_order().last().payload)  # type: ignore[union-attr]
        assert (last["act"], last["actor"]) == ("export_trail", cast.inspector.pk)
        assert last["details"]["filters"] == {"object": code}
        assert last["details"]["count"] == len(found)

    def test_nothing_found_is_still_a_list(self, cast: Cast, signed_in: SignIn) -> None:
        assert json.loads(self.asked(signed_in(cast.admin), kind="withdraw", format="json")) == []

    def test_a_wrong_filter_exports_nothing(self, cast: Cast, signed_in: SignIn) -> None:
        answer = signed_in(cast.admin).post(EXPORT, {"actor": "nobody"})
        assert answer.status_code == 400
        assert not AuditEvent.objects.filter(kind="export_trail").exists()

    def test_a_formula_is_made_harmless(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        cancel(version.pk, reason='=HYPERLINK("x")', by=cast.pm, now=T0)
        text = self.asked(signed_in(cast.admin), kind="cancel")
        (line,) = csv.DictReader(io.StringIO(text), delimiter=";")
        assert line["reason"] == '\'=HYPERLINK("x")'

    def test_no_export_without_its_token(self, cast: Cast) -> None:
        from django.test import Client

        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.admin, "django.contrib.auth.backends.ModelBackend")
        assert client.post(EXPORT).status_code == 403


class TestBesideTheRecord:
    def page(self, version: Version) -> str:
        return reverse("desk:version_trail", args=[version.pk])

    def test_b28_the_trail_is_seen_and_that_is_recorded(
        self, cast: Cast, version: Version, other: Version, signed_in: SignIn
    ) -> None:
        client = signed_in(cast.medical)
        answer = client.get(self.page(version))
        assert answer.status_code == 200
        kinds = {told.event.kind for told in answer.context["events"]}
        assert {"create_version", "upload_revision", "look_at_trail"} & kinds >= {"create_version"}
        # Once a person and day, however often it is opened.
        client.get(self.page(version))
        look = looks_at(version).get()
        told = json.loads(look.payload)
        assert told["actor"] == cast.medical.pk
        assert told["details"]["version"] == version.pk
        assert not looks_at(other).exists()
        signed_in(cast.inspector).get(self.page(version))
        assert looks_at(version).count() == 2
        said = [m.what for m in story_of(version.asset, [version]) if m.who == cast.medical]
        assert len(said) == 1

    def test_an_act_over_many_shows_a_team_its_own_only(
        self, cast: Cast, signed_in: SignIn
    ) -> None:
        @act("factory")
        def two_at_once(*, by: Any, now: datetime) -> list[Version]:
            return [make_draft(cast), make_draft(cast, product=cast.other_product, owner=cast.pm2)]

        mine, theirs = two_at_once(by=cast.pm, now=T0)

        def changed(person: Any) -> str:
            told = signed_in(person).get(self.page(mine)).context["events"]
            return " ".join(change.what for event in told for change in event.changes)

        version = str(Version._meta.verbose_name)
        assert f"{version} {mine.pk}" in changed(cast.pm)
        assert f"{version} {theirs.pk}" not in changed(cast.pm)
        assert f"{version} {theirs.pk}" in changed(cast.inspector)

    def test_another_day_is_another_look(self, cast: Cast, version: Version, now: datetime) -> None:
        assert look_at_trail(version, by=cast.medical, now=now) is None
        again = look_at_trail(version, by=cast.medical, now=now + timedelta(hours=1))
        assert again == looks_at(version).get()
        look_at_trail(version, by=cast.medical, now=now + timedelta(days=1))
        assert looks_at(version).count() == 2

    @pytest.mark.parametrize(("name", "status"), [("pm2", 404), ("rep", 403), ("admin", 403)])
    def test_others_do_not_see_it(
        self, cast: Cast, version: Version, signed_in: SignIn, name: str, status: int
    ) -> None:
        assert signed_in(getattr(cast, name)).get(self.page(version)).status_code == status
        assert not looks_at(version).exists()

    def test_the_versions_page_leads_there(
        self, cast: Cast, version: Version, signed_in: SignIn
    ) -> None:
        answer = signed_in(cast.medical).get(version.get_absolute_url())
        assert self.page(version) in answer.content.decode()
