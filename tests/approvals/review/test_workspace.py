"""The workspace: the document and what is beside it, and the discussion about it."""

import json
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.review.actions import comment
from approvals.review.enums import Outcome
from approvals.review.models import Comment, ReviewTask
from content.catalogue.actions import add_source_document
from tests.factories import T0
from tests.factories.assets import PREPARED_ON, make_html, make_pdf
from tests.factories.people import Cast
from tests.factories.review import (
    draft,
    first_stage,
    give,
    give_all,
    in_review,
    resubmitted,
    task_of,
)

pytestmark = pytest.mark.django_db
BOX = {"file": 1, "page": 1, "x": 0.1, "y": 0.1, "width": 0.5, "height": 0.2}


@pytest.fixture(autouse=True)
def _the_day() -> Any:
    with time_machine.travel(T0, tick=False):
        yield


@pytest.fixture
def task(cast: Cast) -> ReviewTask:
    return task_of(in_review(cast), "medical_reviewer")


def at(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: Any, task: ReviewTask, **asked: Any) -> str:
    answer = at(person).get(reverse("review:task", args=[task.pk]), asked)
    return str(answer.content.decode())


def write(person: Any, task: ReviewTask, **fields: Any) -> Any:
    given = {"body": "À sourcer.", "severity": "blocking", "anchor": json.dumps(BOX), **fields}
    return at(person).post(reverse("review:new_comment", args=[task.pk]), given)


class TestTheDiscussion:
    def test_a_drawn_rectangle_becomes_a_comment(self, cast: Cast, task: ReviewTask) -> None:
        answer = write(cast.medical, task)
        assert (answer.status_code, answer["Location"]) == (302, task.get_absolute_url())
        kept = Comment.objects.get()
        assert {"file": kept.file, **(kept.anchor or {})} == BOX
        assert kept.revision == task.cycle.revision
        text = page(cast.medical, task)
        assert f'id="comment-{kept.pk}"' in text
        assert 'data-box="0.100000,0.100000,0.500000,0.200000"' in text

    def test_what_is_wrong_is_said_and_nothing_is_kept(self, cast: Cast, task: ReviewTask) -> None:
        outside = {**BOX, "page": 7}
        for fields in ({"anchor": json.dumps(outside)}, {"body": ""}, {"revision": "9"}):
            answer = write(cast.medical, task, **fields)
            assert answer.status_code == 400
            assert "im-errors" in answer.content.decode()
        assert not Comment.objects.exists()
        assert write(cast.inspector, task).status_code == 403
        assert write(cast.pm2, task).status_code == 404

    def test_the_thread_to_its_end(self, cast: Cast, task: ReviewTask) -> None:
        kept = comment(
            task.cycle.version_id, body="?", severity="question", by=cast.medical, now=T0
        )

        def post(person: Any, what: str, **fields: Any) -> int:
            path = reverse(f"review:{what}", args=[task.pk, kept.pk])
            return int(at(person).post(path, fields).status_code)

        assert reverse("review:resolve_comment", args=[task.pk, kept.pk]) in page(cast.pm, task)
        assert post(cast.pm, "reply", body="Source ajoutée.") == 302
        assert post(cast.pm, "reply", body=" ") == 400
        assert "Source ajoutée." in page(cast.medical, task)
        assert post(cast.medical, "resolve_comment") == 403
        assert post(cast.medical, "verify_comment") == 409
        assert post(cast.pm, "resolve_comment") == 302
        assert post(cast.regulatory, "verify_comment") == 403
        assert post(cast.medical, "verify_comment") == 302
        assert post(cast.pm2, "reply", body="x") == 404
        kept = Comment.objects.get()
        assert (kept.resolved_by, kept.verified_by) == (cast.pm, cast.medical)

    def test_a_comment_of_another_version_is_not_found_here(
        self, cast: Cast, task: ReviewTask
    ) -> None:
        other = draft(cast)
        foreign = comment(other.pk, body="x", severity="question", by=cast.medical, now=T0)
        path = reverse("review:reply", args=[task.pk, foreign.pk])
        assert at(cast.medical).post(path, {"body": "x"}).status_code == 404

    def test_comments_are_carried_forward_to_the_next_revision(self, cast: Cast) -> None:
        cycle = in_review(cast)
        first = task_of(cycle, "medical_reviewer")
        write(cast.medical, first, severity="suggestion")
        give(first, cast.medical, Outcome.APPROVED_WITH_CHANGES)
        give_all(cycle, first_stage(cast)[1:])
        resubmitted(cycle.version)
        text = page(cast.medical, task_of(cycle, "medical_reviewer"))
        assert 'data-carried="yes"' in text
        assert "reporté de la révision 1" in text

    def test_the_same_number_of_queries_for_more_comments(
        self, cast: Cast, task: ReviewTask
    ) -> None:
        page(cast.medical, task)
        write(cast.medical, task)
        with CaptureQueriesContext(connection) as few:
            page(cast.medical, task)
        for _ in range(3):
            write(cast.medical, task)
        with CaptureQueriesContext(connection) as more:
            page(cast.medical, task)
        assert len(more) == len(few)


class TestWhatIsShown:
    def test_the_difference_with_the_revision_before(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical, Outcome.APPROVED_WITH_CHANGES)
        give_all(cycle, first_stage(cast)[1:])
        before = cycle.revision
        resubmitted(cycle.version)
        now = task_of(cycle, "medical_reviewer")
        text = page(cast.medical, now, show="compare")
        picture = reverse("review:earlier_picture", args=[now.pk, before.pk, 1, 1])
        assert picture in text
        assert "data-regions=" in text
        assert "<ins>" in text
        assert page(cast.medical, now, show="compare", **{"with": str(before.pk)}) is not None
        assert at(cast.medical).get(picture)["Content-Type"] == "image/png"
        assert at(cast.pm2).get(picture).status_code == 404
        foreign = in_review(cast).revision
        path = reverse("review:earlier_picture", args=[now.pk, foreign.pk, 1, 1])
        assert at(cast.medical).get(path).status_code == 404

    def test_a_first_revision_says_that_nothing_came_before(
        self, cast: Cast, task: ReviewTask
    ) -> None:
        assert "première révision" in page(cast.medical, task, show="compare")

    def test_the_smpc_of_the_product_beside(self, cast: Cast, task: ReviewTask) -> None:
        assert "Aucun RCP" in page(cast.medical, task, show="smpc")
        kept = add_source_document(
            cast.product.pk,
            kind="smpc",
            dated=PREPARED_ON,
            title="RCP du 1er avril",
            file=make_pdf("RCP"),
            by=cast.regulatory,
            now=T0,
        )
        picture = reverse("review:beside_picture", args=[task.pk, kept.pk, 1])
        text = page(cast.medical, task, show="smpc")
        assert picture in text
        assert "RCP du 1er avril" in text
        assert at(cast.medical).get(picture)["Content-Type"] == "image/png"
        whole = at(cast.medical).get(reverse("review:beside", args=[task.pk, kept.pk]))
        assert whole["Content-Disposition"].startswith("attachment")
        assert at(cast.pm2).get(picture).status_code == 404

    def test_an_email_is_framed_without_any_origin(self, cast: Cast) -> None:
        version = draft(cast, asset_type="email_template", files=[make_html("<p>Bonjour</p>")])
        from approvals.review.actions import submit

        cycle = submit(version.pk, by=cast.pm, now=T0)
        text = page(cast.medical, task_of(cycle, "medical_reviewer"))
        assert '<iframe src="/sealed/' in text
        assert 'sandbox=""' in text

    def test_an_unknown_way_shows_the_document(self, cast: Cast, task: ReviewTask) -> None:
        assert "data-sheets" in page(cast.medical, task, show="x", **{"with": "x"})


class TestTakingAVerdictBack:
    def test_who_asked_for_nothing_may_look_again(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical, Outcome.APPROVED_WITH_CHANGES)
        give_all(cycle, first_stage(cast)[1:])
        theirs = task_of(cycle, "regulatory_reviewer")
        path = reverse("review:reopen", args=[theirs.pk])
        assert path not in page(cast.regulatory, theirs)
        assert at(cast.regulatory).post(path, {"reason": "x"}).status_code == 409
        resubmitted(cycle.version)
        theirs = task_of(cycle, "regulatory_reviewer")
        assert path in page(cast.regulatory, theirs)
        assert path not in page(cast.compliance, theirs)
        assert at(cast.compliance).post(path, {"reason": "x"}).status_code == 403
        assert at(cast.regulatory).post(path, {"reason": ""}).status_code == 400
        answer = at(cast.regulatory).post(path, {"reason": "La page 2 a changé."})
        assert (answer.status_code, answer["Location"]) == (302, theirs.get_absolute_url())
        assert 'name="password"' in page(cast.regulatory, theirs)
