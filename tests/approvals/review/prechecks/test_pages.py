"""What people see of the pre-checks, and how they ask for them again: page and API."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from approvals.people.models import User
from approvals.review.models import PrecheckKind, PrecheckRun
from approvals.review.queries import prechecks_of
from approvals.review.tasks import run_prechecks
from content.assets.models import Version
from tests.factories.assets import make_pdf
from tests.factories.people import Cast
from tests.factories.review import draft, in_review

pytestmark = pytest.mark.django_db


def at(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def check(version: Version) -> None:
    run_prechecks(PrecheckRun.objects.of(version.current_revision).waiting().get().pk)


def page_of(client: Client, version: Version) -> str:
    return client.get(version.get_absolute_url()).content.decode()


class TestTheVersionPage:
    def test_it_says_that_they_are_in_progress_then_what_was_found(self, cast: Cast) -> None:
        version = draft(cast, files=[make_pdf("CARDIOMED\nmars 2026")])
        owner = at(cast.pm)
        waiting = page_of(owner, version)
        assert "Contrôles automatiques" in waiting
        assert "En cours" in waiting
        again = reverse("review:prechecks", args=[version.pk])
        assert again not in waiting
        check(version)
        shown = page_of(owner, version)
        assert again in shown
        assert "Non trouvé" in shown
        assert "page 1 — mars 2026" in " ".join(shown.split())
        # What failed comes first.
        assert shown.index("Non conforme") < shown.index("Conforme")

    def test_run_again_asks_for_another_run(self, cast: Cast) -> None:
        version = draft(cast)
        check(version)
        owner, again = at(cast.pm), reverse("review:prechecks", args=[version.pk])
        form = owner.get(again).content.decode()
        sending = re.search(r'name="sending" value="([^"]+)"', form)
        assert sending is not None
        answer = owner.post(again, {"sending": sending[1]})
        assert answer.status_code == 302
        assert PrecheckRun.objects.of(version.current_revision).waiting().exists()
        assert "passage précédent" in page_of(owner, version)
        assert owner.get(again).status_code == 409

    def test_an_inspector_reads_and_does_not_run(self, cast: Cast) -> None:
        version = draft(cast)
        check(version)
        inspector = at(cast.inspector)
        again = reverse("review:prechecks", args=[version.pk])
        assert again not in page_of(inspector, version)
        assert inspector.get(again).status_code == 403
        assert at(cast.pm2).get(again).status_code == 404

    def test_what_changed_since_is_said(self, cast: Cast) -> None:
        version = draft(cast, planned=False)
        check(version)
        from tests.factories.review import reserve

        reserve(version)
        assert "ont changé depuis" in page_of(at(cast.pm), version)


def test_the_workspace_jumps_to_each_place(cast: Cast) -> None:
    version = draft(cast, files=[make_pdf("CARDIOMED\nmars 2026")])
    check(version)
    found = prechecks_of(version.current_revision)
    part = render_to_string(
        "review/part_prechecks.html", {"prechecks": found, "version": version, "jumps": True}
    )
    jumps = re.findall(r'<button type="button" class="im-jump"([^>]+)>', part)
    assert jumps
    for jump in jumps:
        told = dict(re.findall(r'data-(\w+)="([^"]+)"', jump))
        assert set(told) == {"file", "page", "x", "y", "width", "height"}
        assert all(0 <= float(told[side]) <= 1 for side in ("x", "y", "width", "height"))
    assert (found.passed > 0, found.failed > 0) == (True, True)


def test_the_questions_are_as_many_whatever_was_found(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    version = draft(cast)
    check(version)
    few = Version.objects.with_asset().get(pk=version.pk).current_revision
    with django_assert_num_queries(3):
        prechecks_of(few)


class TestTheApi:
    def test_the_results_of_the_latest_run(self, cast: Cast) -> None:
        version = draft(cast)
        address = f"/api/v1/versions/{version.pk}/prechecks/"
        client = at(cast.medical)
        told = client.get(address).json()
        assert (told["state"], told["run"], told["results"]) == ("waiting", None, [])
        check(version)
        told = client.get(address).json()
        assert (told["state"], told["up_to_date"], told["revision"]) == ("finished", True, 1)
        assert told["run"]["tool"] == "imprimatur-prechecks"
        by_check = {result["check"]: result for result in told["results"]}
        assert by_check["opens"] == {
            "check": "opens",
            "label": "Le fichier s’ouvre",
            "severity": "blocking",
            "outcome": "pass",
            "detail": "Tous les fichiers s’ouvrent.",
            "places": [],
        }
        (place,) = by_check["product_named"]["places"][:1]
        assert (place["file"], place["page"]) == (1, 1)

    def test_asking_again_is_one_act_under_the_same_rules(self, cast: Cast) -> None:
        version = draft(cast)
        check(version)
        address = f"/api/v1/versions/{version.pk}/prechecks/"
        assert at(cast.inspector).post(address).json()["code"] == "role_missing"
        answer = at(cast.regulatory).post(address)
        assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
        assert len(answer.json()["results"]) > 5
        refused = at(cast.regulatory).post(address)
        assert (refused.status_code, refused.json()["code"]) == (409, "prechecks_waiting")
        check(version)
        assert len(at(cast.pm).get(address).json()["earlier"]) == 1

    def test_submitting_runs_what_blocks_before_its_transaction(
        self, cast: Cast, now: datetime
    ) -> None:
        from tests.approvals.review.prechecks.test_runs import make_blocking

        version = draft(cast)
        make_blocking(cast, "reference")
        answer = at(cast.pm).post(
            f"/api/v1/versions/{version.pk}/submit/", headers={"Idempotency-Key": "k"}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "precheck_failed")
        # Refused, and yet the run is kept: the owner reads what failed.
        assert PrecheckRun.objects.of(version.current_revision).completed().exists()
        page = at(cast.pm).get(reverse("review:submit", args=[version.pk]))
        assert page.status_code == 409
        assert "bloque la soumission" in page.content.decode()


class TestTheSeverityPage:
    def test_an_administrator_changes_it(self, cast: Cast) -> None:
        cast.everybody()
        kind = PrecheckKind.objects.get(code="text")
        admin, address = at(cast.admin), reverse("review:severity", args=[kind.pk])
        listed = admin.get(reverse("admin:review_precheckkind_changelist"))
        assert listed.status_code == 200
        sending = re.search(r'name="sending" value="([^"]+)"', admin.get(address).content.decode())
        assert sending is not None
        given = {"severity": "blocking", "reason": "Procédure 12", "sending": sending[1]}
        assert admin.post(address, given).status_code == 302
        assert PrecheckKind.objects.get(pk=kind.pk).severity == "blocking"
        assert admin.post(address, {"severity": "blocking"}).status_code == 400

    def test_nobody_else_does(self, cast: Cast) -> None:
        kind = PrecheckKind.objects.get(code="text")
        address = reverse("review:severity", args=[kind.pk])
        assert at(cast.regulatory).get(address).status_code == 403


def test_the_runs_are_in_the_admin(cast: Cast) -> None:
    cycle = in_review(cast)
    check(cycle.version)
    run = PrecheckRun.objects.get()
    page = at(cast.inspector).get(reverse("admin:review_precheckrun_change", args=[run.pk]))
    assert page.status_code == 200
    assert "Le fichier s’ouvre" in page.content.decode()
    other = at(cast.pm2).get(reverse("admin:review_precheckrun_change", args=[run.pk]))
    assert other.status_code in {302, 403, 404}
