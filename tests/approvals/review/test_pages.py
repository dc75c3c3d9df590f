"""The pages of review: my tasks, the decision, a version's way to review and back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.review.enums import Outcome, TaskState
from approvals.review.models import Comment, RequestedChange, ReviewCycle, ReviewTask, Verdict
from approvals.review.views.tasks import grouped
from approvals.signatures.models import Signature
from content.assets.enums import State
from content.assets.models import Involvement, Version
from content.calendar import paris_day
from tests.factories import T0, keep
from tests.factories.people import PASSWORD, Cast, make_person
from tests.factories.review import (
    approved,
    correct,
    draft,
    everyone,
    first_stage,
    give,
    give_all,
    in_review,
    resubmitted,
    task_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day() -> Any:
    with time_machine.travel(T0, tick=False):
        yield


def at(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def approval(task: ReviewTask, **fields: Any) -> dict[str, Any]:
    """What the decision page's form sends."""
    given = {f"check_{question['key']}": "yes" for question in task.questions}
    return {**given, "verdict": "approved", "password": PASSWORD, **fields}


def page_of(task: ReviewTask) -> str:
    return reverse("review:task", args=[task.pk])


class TestMyTasks:
    def test_it_says_what_awaits_and_when_it_is_due(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        text = at(cast.medical).get(reverse("review:tasks")).content.decode()
        assert page_of(task) in text
        assert task.cycle.version.asset.code in text

    def test_an_empty_page_says_what_would_be_there(self, cast: Cast) -> None:
        answer = at(cast.medical).get(reverse("review:tasks"))
        assert answer.status_code == 200
        assert "im-empty" in answer.content.decode()

    def test_it_is_for_reviewers(self, cast: Cast) -> None:
        for person in (cast.inspector, cast.admin, cast.rep):
            assert at(person).get(reverse("review:tasks")).status_code == 403
        # A role may be lent to an owner.
        assert at(cast.pm).get(reverse("review:tasks")).status_code == 200
        assert Client().get(reverse("review:tasks")).status_code == 302

    def test_groups_by_due_day(self, cast: Cast, now: datetime) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        today = paris_day(now)
        for days, shape in ((-1, "▲"), (0, "●"), (2, "◔"), (9, "○")):
            task.due_on = today + timedelta(days=days)
            groups = grouped([task], today)
            assert [group["shape"] for group in groups] == [shape]

    def test_the_same_number_of_queries_for_more_rows(self, cast: Cast) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client = at(cast.medical)
        in_review(cast)
        client.get(reverse("review:tasks"))
        with CaptureQueriesContext(connection) as few:
            client.get(reverse("review:tasks"))
        in_review(cast)
        in_review(cast)
        with CaptureQueriesContext(connection) as more:
            client.get(reverse("review:tasks"))
        assert len(more) == len(few)


class TestTheDecision:
    def test_it_shows_the_document_its_data_and_the_checklist(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        text = at(cast.medical).get(page_of(task)).content.decode()
        assert task.cycle.version.asset.title in text
        assert task.cycle.revision.digest in text
        assert reverse("review:document", args=[task.pk, 1]) in text
        assert reverse("review:document_picture", args=[task.pk, 1, 1]) in text
        for question in task.questions:
            assert f"check_{question['key']}" in text
        assert 'name="password"' in text

    def test_it_signs_and_leads_to_the_next_task(self, cast: Cast) -> None:
        first = task_of(in_review(cast), "medical_reviewer")
        second = task_of(in_review(cast), "medical_reviewer")
        client = at(cast.medical)
        answer = client.post(page_of(first), approval(first))
        assert (answer.status_code, answer["Location"]) == (302, page_of(second))
        assert Signature.objects.get().meaning == "medical_accuracy"
        answer = client.post(page_of(second), approval(second))
        assert answer["Location"] == reverse("review:tasks")

    def test_a_wrong_password_keeps_what_was_typed(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        events = AuditEvent.objects.count()
        body = approval(task, password="guess", comment="Très bien sourcé")
        answer = at(cast.medical).post(page_of(task), body)
        assert answer.status_code == 403
        assert "Très bien sourcé" in answer.content.decode()
        assert not Signature.objects.exists()
        assert ReviewTask.objects.get(pk=task.pk).state == TaskState.OPEN
        kinds = AuditEvent.objects.filter(seq__gt=events).values_list("kind", flat=True)
        assert "signature_refused" in kinds

    def test_what_is_missing_is_said_at_its_field(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        key = task.questions[0]["key"]
        client = at(cast.medical)
        for change, field in (
            ({f"check_{key}": ""}, f"check_{key}"),
            ({f"check_{key}": "no"}, f"note_{key}"),
            ({"verdict": "changes_required"}, "comment"),
            ({"verdict": "approved_with_changes"}, "changes"),
            ({"verdict": ""}, "verdict"),
        ):
            answer = client.post(page_of(task), approval(task, **change))
            assert answer.status_code == 400
            assert f"id_{field}_error" in answer.content.decode()
        assert not Verdict.objects.exists()

    def test_changes_are_one_a_line(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        body = approval(task, verdict="approved_with_changes", changes="Titre\n\nPage 2\n")
        assert at(cast.medical).post(page_of(task), body).status_code == 302
        assert [change.text for change in RequestedChange.objects.all()] == ["Titre", "Page 2"]

    def test_a_conflict_is_said_instead_of_the_form(self, cast: Cast) -> None:
        cycle = in_review(cast)
        task = task_of(cycle, "medical_reviewer")
        involved = make_person(Role.MEDICAL_REVIEWER)
        keep(Involvement(version=cycle.version, user=involved, kind="uploaded"), by=cast.pm)
        for person in (cast.pm, cast.regulatory, involved):
            answer = at(person).get(page_of(task))
            text = answer.content.decode()
            assert answer.status_code == 200
            assert "im-refusal" in text
            assert 'name="password"' not in text
            assert task.cycle.version.asset.title in text
        # Who decides in another role is led to their own task.
        own = page_of(task_of(cycle, "regulatory_reviewer"))
        assert own in at(cast.regulatory).get(page_of(task)).content.decode()
        assert at(involved).post(page_of(task), approval(task)).status_code == 403
        give(task, cast.medical)
        assert "im-refusal" in at(cast.medical).get(page_of(task)).content.decode()
        assert at(cast.medical).post(page_of(task), approval(task)).status_code == 409

    def test_it_is_absent_for_those_who_do_not_see_the_version(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        document = reverse("review:document", args=[task.pk, 1])
        picture = reverse("review:document_picture", args=[task.pk, 1, 1])
        for address in (page_of(task), document, picture):
            assert at(cast.pm2).get(address).status_code == 404
            assert at(cast.admin).get(address).status_code == 404
            assert at(cast.rep).get(address).status_code == 403
            assert Client().get(address).status_code == 302

    def test_regulatory_sets_the_visa_aside(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "regulatory_reviewer")
        client = at(cast.regulatory)
        assert "visa_exemption" in client.get(page_of(task)).content.decode()
        client.post(page_of(task), approval(task, visa_exemption="Rappel d’information"))
        assert not Version.objects.get(pk=task.cycle.version_id).needs_visa

    def test_the_document_is_shown_as_it_was_uploaded(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        answer = at(cast.medical).get(reverse("review:document", args=[task.pk, 1]))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == "inline"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        absent = at(cast.medical).get(reverse("review:document", args=[task.pk, 2]))
        assert absent.status_code == 404

    def test_its_pages_are_shown_as_pictures(self, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        picture = reverse("review:document_picture", args=[task.pk, 1, 1])
        answer = at(cast.medical).get(picture)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        absent = reverse("review:document_picture", args=[task.pk, 1, 99])
        assert at(cast.medical).get(absent).status_code == 404


class TestTheWayToReviewAndBack:
    def post(self, person: Any, name: str, version: Version, **fields: Any) -> Any:
        return at(person).post(reverse(f"review:{name}", args=[version.pk]), fields)

    def test_submit_recall_and_cancel(self, cast: Cast) -> None:
        version = draft(cast)
        page = at(cast.pm).get(reverse("review:submit", args=[version.pk]))
        assert "im-consequences" in page.content.decode()
        answer = self.post(cast.pm, "submit", version)
        assert answer["Location"] == version.get_absolute_url()
        assert Version.objects.get(pk=version.pk).state == State.IN_REVIEW
        assert self.post(cast.pm, "recall", version, reason="").status_code == 400
        assert self.post(cast.pm, "recall", version, reason="x").status_code == 302
        assert self.post(cast.pm, "cancel", version, reason="x").status_code == 302
        assert Version.objects.get(pk=version.pk).state == State.CANCELLED

    def test_send_back(self, cast: Cast) -> None:
        version = approved(cast)
        assert self.post(cast.pm, "send_back", version, reason="x").status_code == 403
        assert self.post(cast.regulatory, "send_back", version, reason="x").status_code == 302
        assert Version.objects.get(pk=version.pk).state == State.CHANGES_REQUESTED

    def test_a_refusal_is_said_instead_of_the_form(self, cast: Cast) -> None:
        cycle = in_review(cast)
        answer = at(cast.pm).get(reverse("review:submit", args=[cycle.version_id]))
        assert answer.status_code == 409
        assert "im-refusal" in answer.content.decode()
        hidden = at(cast.pm2).get(reverse("review:submit", args=[cycle.version_id]))
        assert hidden.status_code == 404

    def test_a_version_without_a_file_says_so(self, cast: Cast) -> None:
        version = draft(cast, files=[])
        answer = at(cast.pm).get(reverse("review:submit", args=[version.pk]))
        assert answer.status_code == 400
        assert "im-refusal" in answer.content.decode()
        assert "aucun fichier" in answer.content.decode()
        assert self.post(cast.pm, "submit", version).status_code == 400
        assert Version.objects.get(pk=version.pk).state == State.DRAFT

    def test_comment(self, cast: Cast) -> None:
        cycle = in_review(cast)
        fields = {"severity": "blocking", "body": "À sourcer"}
        assert self.post(cast.medical, "comment", cycle.version, **fields).status_code == 302
        assert Comment.objects.get().body == "À sourcer"

    def test_answer_then_confirm(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical, Outcome.APPROVED_WITH_CHANGES)
        give_all(cycle, first_stage(cast)[1:])
        correct(cycle.version)
        change = RequestedChange.objects.get()
        answer = self.post(cast.pm, "answer", cycle.version, **{f"change_{change.pk}": "page 2"})
        assert answer.status_code == 302
        assert self.post(cast.pm, "submit", cycle.version).status_code == 302
        task = task_of(cycle, "medical_reviewer")
        text = at(cast.medical).get(page_of(task)).content.decode()
        assert reverse("review:carry", args=[cycle.version_id]) in text
        answer = self.post(cast.medical, "carry", cycle.version, reason="x", password=PASSWORD)
        assert answer.status_code == 302
        assert ReviewCycle.objects.get(pk=cycle.pk).stage == 2

    def test_who_asked_for_nothing_confirms_nothing(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical, Outcome.APPROVED_WITH_CHANGES)
        give_all(cycle, first_stage(cast)[1:])
        resubmitted(cycle.version)
        answer = self.post(cast.regulatory, "carry", cycle.version, reason="x", password=PASSWORD)
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "model",
    ["route", "routestage", "reviewcycle", "reviewtask", "verdict", "carry", "comment"],
)
def test_the_admin_shows_and_writes_nothing(cast: Cast, model: str) -> None:
    give_all(in_review(cast), everyone(cast))
    client = at(cast.inspector)
    assert client.get(reverse(f"admin:review_{model}_changelist")).status_code == 200
    assert client.get(f"/admin/review/{model}/add/").status_code == 403
