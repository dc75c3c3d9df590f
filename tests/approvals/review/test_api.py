"""Review over the API: the whole route, its denials, its filters."""

import json
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.audit.models import AuditEvent
from approvals.review.actions import submit
from approvals.review.enums import MEANINGS, Outcome
from approvals.review.models import RequestedChange, ReviewCycle, ReviewTask
from approvals.signatures.models import Signature
from content.assets.enums import State
from content.assets.models import Version
from tests.factories import T0
from tests.factories.assets import make_pdf
from tests.factories.people import PASSWORD, Cast
from tests.factories.review import (
    approved,
    draft,
    everyone,
    first_stage,
    give,
    give_all,
    in_review,
    task_of,
    yes_to_all,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day() -> Any:
    with time_machine.travel(T0, tick=False):
        yield


class Api:
    """One person at the API."""

    def __init__(self, person: Any) -> None:
        self.client = Client()
        self.client.force_login(person)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}")

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}",
            json.dumps(body or {}),
            content_type="application/json",
            headers=headers,
        )


def signed(meaning: str, password: str = PASSWORD) -> dict[str, str]:
    return {"password": password, "meaning": meaning}


def approval(task: ReviewTask) -> dict[str, Any]:
    return {
        "verdict": "approved",
        "checklist": yes_to_all(task),
        "signature": signed(MEANINGS[task.role]),
    }


# Each walks a whole review, every step of it a signed act.
@pytest.mark.slow
class TestTheRoute:
    def test_from_submit_to_approved(self, cast: Cast) -> None:
        version = draft(cast)
        for person in (cast.medical, cast.regulatory, cast.compliance, cast.pharmacist):
            assert person
        answer = Api(cast.pm).post(f"versions/{version.pk}/submit/")
        assert (answer.status_code, answer.json()["state"]) == (200, "in_review")
        cycle = ReviewCycle.objects.get(version=version)
        for role, person in everyone(cast):
            task = task_of(cycle, role)
            mine = Api(person).get("tasks/?mine=true&open=true").json()["results"]
            assert [line["id"] for line in mine] == [task.pk]
            answer = Api(person).post(f"tasks/{task.pk}/decide/", approval(task))
            assert answer.status_code == 200, answer.json()
        assert Version.objects.get(pk=version.pk).state == State.APPROVED
        assert Signature.objects.count() == 4

    def test_a_task_has_the_shape_that_clients_rely_on(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        body = Api(cast.medical).get(f"tasks/{task.pk}/").json()
        assert {"id", "role", "version", "state", "due_on", "checklist"} <= set(body)
        assert (body["role"], body["state"], body["due_on"]) == (
            "medical_reviewer",
            "open",
            "2026-04-21",
        )
        assert body["version"] == task.cycle.version_id
        assert all(set(question) == {"key", "label"} for question in body["checklist"])
        assert body["why_not"] is None
        assert Api(cast.medical2).get(f"tasks/{task.pk}/").json()["why_not"] is None
        assert Api(cast.compliance).get(f"tasks/{task.pk}/").json()["why_not"]

    def test_recall_send_back_and_cancel(self, cast: Cast) -> None:
        cycle = in_review(cast)
        api = Api(cast.pm)
        path = f"versions/{cycle.version_id}"
        assert api.post(f"{path}/recall/", {"reason": "x"}).json()["state"] == "draft"
        again = submit(cycle.version_id, by=cast.pm, now=T0)
        give_all(again, everyone(cast))
        answer = Api(cast.regulatory).post(f"{path}/send-back/", {"reason": "x"})
        assert answer.json()["state"] == "changes_requested"
        code = cycle.version.asset.code
        assert api.post(f"assets/{code}/cancel/", {"reason": "x"}).json()["state"] == "cancelled"
        answer = api.post(f"assets/{code}/cancel/", {"reason": "x"})
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_open")

    def test_changes_answers_and_their_confirmation(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical, Outcome.APPROVED_WITH_CHANGES)
        give_all(cycle, first_stage(cast)[1:])
        change = RequestedChange.objects.get()
        owner = Api(cast.pm)
        answer = owner.client.post(
            f"/api/v1/versions/{cycle.version_id}/revisions/",
            {
                "files": [make_pdf("CORRIGE")],
                "prepared_on": "2026-04-14",
                "answers": json.dumps([{"change": change.pk, "evidence": "page 1"}]),
            },
        )
        assert answer.status_code == 201, answer.json()
        assert RequestedChange.objects.get().evidence == "page 1"
        assert owner.post(f"versions/{cycle.version_id}/submit/").json()["cycle"] == 1
        path = f"versions/{cycle.version_id}/carry/"
        body = {"reason": "Fait", "signature": signed("carry")}
        answer = Api(cast.medical).post(path, body)
        assert (answer.status_code, answer.json()["kind"]) == (200, "confirmation")
        assert ReviewTask.objects.filter(cycle=cycle, stage=2).exists()

    @pytest.mark.parametrize("answers", ["{", '[{"change": 1}]', '["x"]', "[1]", '{"change": "a"}'])
    def test_answers_that_are_none_are_refused(self, cast: Cast, answers: str) -> None:
        cycle = in_review(cast)
        answer = Api(cast.pm).client.post(
            f"/api/v1/versions/{cycle.version_id}/revisions/",
            {"files": [make_pdf()], "prepared_on": "2026-04-14", "answers": answers},
        )
        assert answer.status_code == 400
        assert "answers" in answer.json()["errors"]


class TestRefusals:
    def test_a_wrong_password_leaves_nothing_but_the_attempt(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        api = Api(cast.medical)
        events = AuditEvent.objects.count()
        body = {**approval(task), "signature": signed("medical_accuracy", "guess")}
        answer = api.post(f"tasks/{task.pk}/decide/", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_credentials")
        assert not Signature.objects.exists()
        assert ReviewTask.objects.get(pk=task.pk).state == "open"
        kinds = AuditEvent.objects.in_order().filter(seq__gt=events).values_list("kind", flat=True)
        assert "signature_refused" in kinds

    def test_another_meaning_is_malformed(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        body = {**approval(task), "signature": signed("regulatory_conformity")}
        answer = Api(cast.medical).post(f"tasks/{task.pk}/decide/", body)
        assert answer.status_code == 400
        assert not Signature.objects.exists()

    @pytest.mark.parametrize(
        ("change", "status", "field"),
        [
            ({"verdict": "perhaps"}, 400, "verdict"),
            ({"verdict": "changes_required"}, 400, "comment"),
            ({"verdict": "approved_with_changes"}, 400, "changes"),
            ({"checklist": {}}, 400, "checklist"),
            ({"state": "decided"}, 400, "state"),
        ],
    )
    def test_what_a_verdict_lacks_is_said_at_its_field(
        self, cast: Cast, change: dict[str, Any], status: int, field: str
    ) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        answer = Api(cast.medical).post(f"tasks/{task.pk}/decide/", {**approval(task), **change})
        assert answer.status_code == status, answer.json()
        assert field in answer.json()["errors"]
        assert not Signature.objects.exists()

    def test_the_owner_is_told_why_not(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        answer = Api(cast.pm).post(f"tasks/{task.pk}/decide/", approval(task))
        assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")

    def test_what_one_does_not_see_is_absent(self, cast: Cast) -> None:
        cycle = in_review(cast)
        task = task_of(cycle, "medical_reviewer")
        for person in (cast.pm2, cast.rep, cast.agency, cast.admin):
            api = Api(person)
            assert api.get(f"tasks/{task.pk}/").status_code == 404
            assert api.post(f"tasks/{task.pk}/decide/", approval(task)).status_code == 404
            assert api.post(f"tasks/{task.pk}/claim/").status_code == 404
            assert api.post(f"versions/{cycle.version_id}/submit/").status_code == 404
            assert api.get(f"versions/{cycle.version_id}/comments/").status_code == 404
            assert api.get("tasks/").json()["results"] == []

    def test_a_second_submit_conflicts(self, cast: Cast) -> None:
        cycle = in_review(cast)
        answer = Api(cast.pm).post(f"versions/{cycle.version_id}/submit/")
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")

    def test_a_submit_without_a_file_is_said_at_files(self, cast: Cast) -> None:
        answer = Api(cast.pm).post(f"versions/{draft(cast, files=[]).pk}/submit/")
        assert (answer.status_code, answer.json()["code"]) == (400, "no_files")
        assert "files" in answer.json()["errors"]

    @pytest.mark.parametrize("query", ["mine=yes", "open=1", "mien=true"])
    def test_unknown_filters_are_refused(self, cast: Cast, query: str) -> None:
        assert Api(cast.medical).get(f"tasks/?{query}").status_code == 400

    def test_anonymous_people_are_401(self, cast: Cast) -> None:
        assert Client().get("/api/v1/tasks/").status_code == 401


class TestWhoWorksOnIt:
    def test_claim_and_reassign(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        assert cast.medical2
        api = Api(cast.medical)
        assert api.post(f"tasks/{task.pk}/claim/").json()["assignee"] == "medical"
        answer = api.post(f"tasks/{task.pk}/reassign/", {"to": "medical2"})
        assert answer.json()["assignee"] == "medical2"
        answer = api.post(f"tasks/{task.pk}/decide/", approval(task))
        assert (answer.status_code, answer.json()["code"]) == (409, "claimed_by_another")
        answer = Api(cast.medical2).post(f"tasks/{task.pk}/reassign/", {"to": "nobody"})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["to"])

    def test_open_and_mine(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical)
        api = Api(cast.medical)
        assert len(api.get("tasks/").json()["results"]) == 3
        assert len(api.get("tasks/?open=true").json()["results"]) == 2
        assert len(api.get("tasks/?open=false").json()["results"]) == 1
        assert len(api.get("tasks/?mine=true").json()["results"]) == 1
        assert api.get("tasks/?mine=true&open=true").json()["results"] == []

    def test_the_list_asks_the_same_number_of_queries_for_more_rows(
        self, cast: Cast, django_assert_num_queries: Any
    ) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        api = Api(cast.medical)
        in_review(cast)
        with CaptureQueriesContext(
            connection,
        ) as few:
            api.get("tasks/")
        in_review(cast)
        in_review(cast)
        with CaptureQueriesContext(connection) as more:
            assert len(api.get("tasks/").json()["results"]) == 9
        assert len(more) == len(few)


def test_one_key_gives_one_signature(cast: Cast) -> None:
    task = task_of(in_review(cast), "medical_reviewer")
    api = Api(cast.medical)
    key = {"Idempotency-Key": "k1"}
    first = api.post(f"tasks/{task.pk}/decide/", approval(task), **key)
    again = api.post(f"tasks/{task.pk}/decide/", approval(task), **key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert Signature.objects.count() == 1


def test_comments(cast: Cast, now: datetime) -> None:
    cycle = in_review(cast)
    path = f"versions/{cycle.version_id}/comments/"
    anchor = {"page": 1, "x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2}
    medical, owner = Api(cast.medical), Api(cast.pm)
    body = {"body": "À sourcer", "severity": "blocking", "anchor": anchor}
    answer = medical.post(path, body)
    assert (answer.status_code, answer.json()["anchor"]) == (201, anchor)
    said = answer.json()["id"]
    outside = {**body, "anchor": {**anchor, "x": 0.9}}
    answer = medical.post(path, outside)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["anchor"])
    assert owner.post(f"comments/{said}/reply/", {"body": "Fait"}).status_code == 200
    assert medical.post(f"comments/{said}/resolve/").status_code == 403
    assert owner.post(f"comments/{said}/resolve/").json()["resolved_at"]
    assert medical.post(f"comments/{said}/verify/").json()["verified_at"]
    line = owner.get(path).json()["results"][0]
    assert [reply["body"] for reply in line["replies"]] == ["Fait"]
    assert Api(cast.pm2).post(f"comments/{said}/resolve/").status_code == 404


@pytest.mark.slow  # It walks a whole review.
def test_allowed_actions_are_true_to_what_would_be_accepted(cast: Cast) -> None:
    def offered(person: Any, version: Version) -> set[str]:
        body = Api(person).get(f"versions/{version.pk}/").json()
        return {"submit", "recall", "send-back", "cancel", "carry"} & set(body["allowed_actions"])

    version = draft(cast)
    assert offered(cast.pm, version) == {"submit", "cancel"}
    assert offered(cast.medical, version) == set()
    submit(version.pk, by=cast.pm, now=T0)
    assert offered(cast.pm, version) == {"recall", "cancel"}
    done = approved(cast)
    assert offered(cast.pm, done) == {"cancel"}
    assert offered(cast.regulatory, done) == {"send-back"}
