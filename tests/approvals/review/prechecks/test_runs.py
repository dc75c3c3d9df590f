"""Asked for with the upload, run in a job, kept once, done again; what stops a submission."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict, act
from approvals.audit.models import AuditEvent
from approvals.desk.sweep import sweep
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.review import policies, tasks
from approvals.review.actions import (
    reconcile_prechecks,
    run_prechecks_again,
    set_precheck_severity,
    submit,
)
from approvals.review.actions.prechecks import TASK, end_run, examine_run, record_prechecks
from approvals.review.models import PrecheckKind, PrecheckResult, PrecheckRun
from approvals.review.prechecks import reading
from approvals.review.prechecks.rules import CHECKS
from approvals.review.setup import prechecks as setup
from approvals.review.tasks import run_prechecks
from approvals.submissions.actions import plan
from content.assets import document_text
from content.assets.actions import edit_asset
from content.assets.models import Version
from content.outbox.actions import dispatch
from content.outbox.enums import DispatchState
from content.outbox.models import Message
from tests.factories import T0
from tests.factories.assets import drive, make_asset, make_html, make_image, make_pdf, make_version
from tests.factories.people import Cast
from tests.factories.review import draft, reserve
from tests.factories.submissions import pm_window

pytestmark = pytest.mark.django_db


def waiting_run(version: Version) -> PrecheckRun:
    run: PrecheckRun = PrecheckRun.objects.of(version.current_revision).waiting().get()
    return run


def checked(version: Version) -> PrecheckRun:
    """Run the job that the upload queued; return the run as it is then."""
    run = waiting_run(version)
    run_prechecks(run.pk)
    return PrecheckRun.objects.get(pk=run.pk)  # type: ignore[no-any-return]


def outcomes(run: PrecheckRun) -> dict[str, str]:
    return dict(run.results.values_list("kind__code", "outcome"))


def make_blocking(cast: Cast, code: str, severity: str = "blocking") -> PrecheckKind:
    kind = PrecheckKind.objects.get(code=code)
    cast.everybody()
    return set_precheck_severity(kind.pk, severity=severity, reason="Règle", by=cast.admin, now=T0)


@act("factory")
def lose(run: PrecheckRun, *, by: User, now: datetime) -> None:
    """As with what was uploaded before there were pre-checks."""
    run.delete()


@pytest.fixture
def no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every child crashes, or never ends: it answers nothing."""
    monkeypatch.setattr(document_text, "answer_of", lambda *args, **more: None)
    monkeypatch.setattr(reading, "probe", lambda file: "too_complex")


class TestTheRun:
    def test_the_upload_asks_for_it_in_its_own_act(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        events = AuditEvent.objects.count()
        version = make_version(asset)
        assert AuditEvent.objects.count() == events + 1
        run = waiting_run(version)
        assert (run.requested_by, run.requested_at) == (cast.pm, T0)
        message = Message.objects.get(topic=TASK)
        assert message.arguments == {"run": run.pk}
        assert run.history.count() == 1

    def test_the_job_keeps_each_result_with_the_tool(self, cast: Cast) -> None:
        version = make_version(
            make_asset(by=cast.pm, products=[cast.product]), files=[make_pdf("CARDIOMED 03/2026")]
        )
        events = AuditEvent.objects.count()
        assert dispatch(T0 + timedelta(minutes=1)).failed == 0
        run = PrecheckRun.objects.of(version.current_revision).finished().get()
        assert AuditEvent.objects.count() == events + 1
        assert (run.tool, run.tool_version.split()[0]) == ("imprimatur-prechecks", "1")
        assert run.files == [{"file": 1, "name": "brochure.pdf", "pages": 1, "read": True}]
        found = outcomes(run)
        assert set(found) < set(CHECKS)
        assert (found["opens"], found["text"], found["dated"]) == ("pass", "pass", "pass")
        (place,) = run.results.get(kind__code="dated").places
        assert (place["file"], place["page"], place["text"]) == (1, 1, "03/2026")
        assert 0 < place["x"] < 1
        assert 0 < place["y"] < 0.2
        assert place["width"] > 0 < place["height"]
        for row in run.results.all():
            assert row.history.count() == 1

    def test_a_redelivered_job_changes_nothing(self, cast: Cast) -> None:
        run = checked(draft(cast))
        events, rows = AuditEvent.objects.count(), PrecheckResult.objects.count()
        found = examine_run(run.pk)
        assert found is None
        run_prechecks(run.pk)
        assert (AuditEvent.objects.count(), PrecheckResult.objects.count()) == (events, rows)

    def test_two_workers_at_once_keep_one_set_of_results(self, cast: Cast) -> None:
        run = waiting_run(draft(cast))
        found = examine_run(run.pk)
        assert found is not None
        for _worker in range(2):
            record_prechecks(run.pk, found, started_at=T0, by=system_actor(), now=T0)
        assert run.results.count() == len(found.findings)

    def test_a_failing_save_leaves_nothing(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch, footprint: Callable[..., Any]
    ) -> None:
        version = draft(cast)
        before = footprint(version, PrecheckRun, PrecheckResult)

        def fail(self: PrecheckResult, *args: Any, **kwargs: Any) -> None:
            raise RuntimeError("the disk is full")

        monkeypatch.setattr(PrecheckResult, "save", fail)
        with pytest.raises(RuntimeError):
            run_prechecks(waiting_run(version).pk)
        assert footprint(version, PrecheckRun, PrecheckResult) == before
        assert waiting_run(version).finished_at is None

    @pytest.mark.usefixtures("no_children")
    def test_a_file_that_crashes_its_reader_fails_the_check_and_the_worker_lives(
        self, cast: Cast
    ) -> None:
        version = draft(cast)
        assert dispatch(T0 + timedelta(minutes=1)).retried == 0
        run = PrecheckRun.objects.of(version.current_revision).finished().get()
        opens = run.results.select_related("kind").get(kind__code="opens")
        assert (opens.outcome, opens.severity) == ("fail", "blocking")
        assert "brochure.pdf" in opens.detail
        assert outcomes(run)["text"] == "fail"
        assert outcomes(run)["reference"] == "warn"

    def test_images_cannot_be_read(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product], asset_type="banner")
        run = checked(make_version(asset, files=[make_image()]))
        found = outcomes(run)
        assert (found["opens"], found["text"], found["dated"]) == ("pass", "warn", "warn")
        assert "no_script" not in found

    def test_a_page_is_read_as_people_see_it(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product], asset_type="head_office_email")
        body = "<style>.mars2026{}</style><p>CARDIO<b>MED</b></p><p>12 mars&nbsp;2026</p>"
        run = checked(make_version(asset, files=[make_html(body)], subject="Bonjour"))
        result = run.results.get(kind__code="dated")
        assert (result.outcome, result.places[0]["page"]) == ("fail", None)
        assert result.values["found"] == ["12 mars 2026"]

    def test_only_the_system_keeps_results(self, cast: Cast) -> None:
        run = waiting_run(draft(cast))
        found = examine_run(run.pk)
        assert found is not None
        with pytest.raises(PolicyDenied):
            record_prechecks(run.pk, found, started_at=T0, by=cast.pm, now=T0)
        with pytest.raises(PolicyDenied):
            end_run(run.pk, fault="x", by=cast.pm, now=T0)


class TestAgain:
    @pytest.mark.parametrize("who", ["pm", "medical", "pharmacist"])
    def test_the_owner_and_the_reviewers_ask_once_more(
        self, cast: Cast, now: datetime, who: str
    ) -> None:
        version = draft(cast)
        first = checked(version)
        second = run_prechecks_again(version.pk, by=getattr(cast, who), now=now)
        assert second.requested_by == getattr(cast, who)
        assert Message.objects.filter(topic=TASK, arguments={"run": second.pk}).exists()
        assert checked(version).pk == second.pk != first.pk
        assert first.results.exists()

    @pytest.mark.parametrize("who", ["pm2", "admin", "inspector", "rep"])
    def test_nobody_else(self, cast: Cast, now: datetime, who: str) -> None:
        version = draft(cast)
        checked(version)
        with pytest.raises(PolicyDenied) as refusal:
            run_prechecks_again(version.pk, by=getattr(cast, who), now=now)
        assert refusal.value.code == "role_missing"

    def test_not_while_one_waits(self, cast: Cast, now: datetime) -> None:
        version = draft(cast)
        assert not policies.can_run_prechecks(version, cast.pm, now)
        with pytest.raises(StateConflict) as refusal:
            run_prechecks_again(version.pk, by=cast.pm, now=now)
        assert refusal.value.code == "prechecks_waiting"

    def test_not_without_a_file_nor_once_finished(self, cast: Cast, now: datetime) -> None:
        empty = draft(cast, files=[])
        with pytest.raises(StateConflict) as refusal:
            run_prechecks_again(empty.pk, by=cast.pm, now=now)
        assert refusal.value.code == "no_files"
        over = drive(make_version(make_asset(by=cast.pm, products=[cast.product])), "cancelled")  # type: ignore[arg-type]
        with pytest.raises(StateConflict) as refusal:
            run_prechecks_again(over.pk, by=cast.pm, now=now)
        assert refusal.value.code == "wrong_state"


class TestSeverity:
    def test_an_administrator_changes_it_with_a_reason(self, cast: Cast) -> None:
        kind = make_blocking(cast, "dated")
        assert kind.severity == "blocking"
        row = kind.history.order_by("history_id").last()
        assert (row.history_user_id, row.history_change_reason) == (cast.admin.pk, "Règle")
        setup.install()
        assert PrecheckKind.objects.get(pk=kind.pk).severity == "blocking"

    def test_nobody_else_nor_without_a_reason(self, cast: Cast, now: datetime) -> None:
        kind = PrecheckKind.objects.get(code="dated")
        asked: dict[str, Any] = {"severity": "blocking", "reason": "x", "now": now}
        with pytest.raises(PolicyDenied):
            set_precheck_severity(kind.pk, **asked, by=cast.regulatory)
        with pytest.raises(InvalidInput):
            set_precheck_severity(kind.pk, **asked | {"reason": " "}, by=cast.admin)
        with pytest.raises(InvalidInput):
            set_precheck_severity(kind.pk, **asked | {"severity": "fatal"}, by=cast.admin)


class TestSubmission:
    def test_warnings_stop_nothing_and_no_worker_is_needed(self, cast: Cast, now: datetime) -> None:
        version = draft(cast)
        assert submit(version.pk, by=cast.pm, now=now).is_open
        assert PrecheckRun.objects.finished().count() == 0
        assert checked(version).results.filter(outcome="fail").exists()

    @pytest.mark.usefixtures("no_children")
    def test_a_failed_blocking_check_stops_it_and_says_which(
        self, cast: Cast, now: datetime
    ) -> None:
        version = draft(cast)
        checked(version)
        with pytest.raises(StateConflict) as refusal:
            submit(version.pk, by=cast.pm, now=now)
        assert refusal.value.code == "precheck_failed"
        assert "brochure.pdf" in str(refusal.value.message)
        assert not policies.can_submit(version, cast.pm, now)
        make_blocking(cast, "opens", "warning")
        assert submit(version.pk, by=cast.pm, now=now).is_open

    def test_a_check_made_blocking_is_run_at_once_where_it_has_no_answer(
        self, cast: Cast, now: datetime
    ) -> None:
        version = draft(cast)
        make_blocking(cast, "reference")
        # The worker is dead: the run of the upload waits. Submitting does it, and refuses.
        with pytest.raises(StateConflict) as refusal:
            submit(version.pk, by=cast.pm, now=now)
        assert refusal.value.code == "precheck_failed"
        run = PrecheckRun.objects.get()
        assert outcomes(run)["reference"] == "fail"
        run_prechecks(run.pk)
        assert PrecheckRun.objects.count() == 1

    def test_what_changed_since_is_judged_as_it_is_now(self, cast: Cast, now: datetime) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product])
        version = make_version(asset, files=[make_pdf("26/04/PM")])
        make_blocking(cast, "reference")
        assert outcomes(checked(version))["reference"] == "warn"
        reserve(version)
        version = Version.objects.get(pk=version.pk)
        with pytest.raises(StateConflict) as refusal:
            submit(version.pk, by=cast.pm, now=now)
        assert refusal.value.code == "precheck_failed"
        assert [outcomes(run)["reference"] for run in PrecheckRun.objects.order_by("pk")] == [
            "warn",
            "fail",
        ]

    def test_a_submission_on_an_old_basis_asks_for_another_run(
        self, cast: Cast, now: datetime
    ) -> None:
        version = draft(cast, nature="environment")
        checked(version)
        edit_asset(version.asset_id, changes={"nature": "institutional"}, by=cast.pm, now=now)
        submit(version.pk, by=cast.pm, now=now)
        assert waiting_run(version)

    def test_planning_asks_for_another_run_on_the_new_reference(
        self, cast: Cast, now: datetime
    ) -> None:
        version = draft(cast, planned=False)
        checked(version)
        window = pm_window()
        plan(version.pk, window=window.pk, by=cast.pm, now=now)
        run = checked(version)
        assert outcomes(run)["reference"] == "fail"
        assert run.requested_by == cast.pm

    def test_so_does_the_sweep_when_the_data_were_edited(self, cast: Cast, now: datetime) -> None:
        version = draft(cast, nature="environment")
        checked(version)
        assert reconcile_prechecks(by=system_actor(), now=now) == 0
        edit_asset(version.asset_id, changes={"nature": "institutional"}, by=cast.pm, now=now)
        assert reconcile_prechecks(by=system_actor(), now=now) == 1
        assert waiting_run(version)


class TestTheSweep:
    def test_a_run_that_never_happened_is_asked_for_once(self, cast: Cast, now: datetime) -> None:
        version = draft(cast)
        lose(waiting_run(version), by=system_actor(), now=now)
        assert reconcile_prechecks(by=system_actor(), now=now) == 1
        assert waiting_run(version)
        assert reconcile_prechecks(by=system_actor(), now=now) == 0

    def test_a_job_that_was_given_up_ends_its_run_with_the_reason(
        self, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(run: int) -> None:
            raise MemoryError("no memory left")

        monkeypatch.setattr(tasks, "examine_run", fail)
        version = draft(cast)
        for minute in (1, 5, 15):
            dispatch(now + timedelta(minutes=minute))
        assert Message.objects.get(topic=TASK).state == DispatchState.FAILED
        at = now + timedelta(hours=1)
        assert [done.count for done in sweep(at) if done.count] != []
        run = PrecheckRun.objects.get()
        assert "no memory left" in run.fault
        assert run.finished_at == at
        # It does not come back by itself for ever; a person asks again.
        sweep(at + timedelta(hours=1))
        assert PrecheckRun.objects.count() == 1
        assert policies.can_run_prechecks(version, cast.pm, at)

    def test_only_the_system_sweeps(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(PolicyDenied):
            reconcile_prechecks(by=cast.admin, now=now)
