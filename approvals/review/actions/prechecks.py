"""Ask for the pre-checks, run them, keep what they found (DOMAIN.md §6, ADR 0025).

Asking is part of the act that makes it necessary. Files are read before the act that keeps the
results, in children: what crashes or never ends gives a failed check, and no lock waits for it.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act, is_under_way
from approvals.people.actions import system_actor
from approvals.people.enums import OWNERS, PHARMACISTS, REVIEWERS, Role
from approvals.people.models import User
from approvals.people.policies import check_system
from approvals.review.enums import PrecheckSeverity
from approvals.review.models import PrecheckKind, PrecheckResult, PrecheckRun
from approvals.review.policies.lifecycle import check_can_submit
from approvals.review.policies.prechecks import (
    blocking_unjudged,
    check_can_run_prechecks,
    check_can_set_severity,
    is_up_to_date,
)
from approvals.review.prechecks.reading import TOOL, tool_version
from approvals.review.prechecks.rules import Examined, examine
from content.assets.enums import IN_PREPARATION
from content.assets.models import Revision, Version
from content.outbox.actions import queue_job
from content.outbox.enums import DispatchState
from content.outbox.models import Message

TASK = "approvals.review.tasks.run_prechecks"


def _key(run: PrecheckRun) -> str:
    return f"review.prechecks:{run.pk}"


def ask_for_prechecks(revision: Revision, *, by: User, now: datetime) -> PrecheckRun:
    """Ask for a run over a revision, inside the act under way; one that waits is enough.

    :raises WriteOutsideAct: outside an act.
    """
    waiting: PrecheckRun | None = PrecheckRun.objects.of(revision).waiting().first()
    if waiting is not None:
        return waiting
    run = PrecheckRun(revision=revision, requested_by=by, requested_at=now)
    run.save(force_insert=True)
    queue_job(TASK, {"run": run.pk}, key=_key(run), now=now)
    return run


def renew_prechecks(version: Version, *, by: User, now: datetime) -> None:
    """Ask for another run where the last one judged against what is no longer so.

    Inside the act that changed it: a reference given, a version submitted.
    """
    revision = version.current_revision
    if revision is None:
        return
    latest = PrecheckRun.objects.of(revision).finished().first()
    if latest is None or latest.fault or not is_up_to_date(latest, revision):
        ask_for_prechecks(revision, by=by, now=now)


@act("run_prechecks", roles=(*OWNERS, *REVIEWERS, *PHARMACISTS))
def run_prechecks_again(version_id: int, *, by: User, now: datetime) -> PrecheckRun:
    """Ask for the pre-checks of a version's current revision once more.

    :raises PolicyDenied: ``role_missing`` unless ``by`` owns the asset or reviews.
    :raises StateConflict: ``wrong_state``, ``no_files``, ``prechecks_waiting``.
    """
    version: Version = Version.objects.locked().get(pk=version_id)
    revision = check_can_run_prechecks(version, by, now)
    return ask_for_prechecks(revision, by=by, now=now)


def examine_run(run_id: int) -> Examined | None:
    """Read and check the files of a run that waits, or return None where it has ended.

    Takes seconds: never inside an act.
    """
    runs = PrecheckRun.objects.waiting().select_related("revision__version__asset__asset_type")
    run = runs.select_related("revision__version__reference").filter(pk=run_id).first()
    return None if run is None else examine(run.revision)


@act("record_prechecks")
def record_prechecks(
    run_id: int, examined: Examined, *, started_at: datetime, by: User, now: datetime
) -> PrecheckRun:
    """Keep what a run found; a run that has ended stays as it is.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    run: PrecheckRun = PrecheckRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.finished_at is not None:
        return run
    run.tool, run.tool_version = TOOL, tool_version()
    run.basis, run.files = examined.basis, examined.files
    run.started_at, run.finished_at = started_at, now
    run.save()
    for kind in PrecheckKind.objects.filter(code__in=examined.findings).order_by("position"):
        finding = examined.findings[kind.code]
        PrecheckResult(
            run=run,
            kind=kind,
            severity=kind.severity,
            outcome=finding.outcome,
            finding=finding.code,
            values=finding.values,
            places=examined.places(finding),
        ).save(force_insert=True)
    return run


@act("end_prechecks")
def end_run(run_id: int, *, fault: str, by: User, now: datetime) -> bool:
    """End a run that never came back with results; return whether it had not ended before.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    run: PrecheckRun = PrecheckRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.finished_at is not None:
        return False
    run.tool, run.tool_version = TOOL, tool_version()
    run.finished_at, run.fault = now, fault[:2000] or _("The pre-checks did not end.")
    run.save()
    return True


def judge_before_submission(version_id: int, *, by: User, now: datetime) -> None:
    """Run the checks at once where one that stops a submission has no answer yet.

    A dead worker thus delays results, never a submission. Before the act, and before whatever
    opens a transaction round it.

    :raises PolicyDenied, StateConflict, InvalidInput: what ``submit`` would refuse without them.
    """
    version: Version = Version.objects.with_asset().get(pk=version_id)
    if is_under_way() or not blocking_unjudged(version):
        return
    check_can_submit(version, by, now)
    run = _ask(version.pk, by=by, now=now)
    found = examine_run(run.pk)
    if found is not None:
        record_prechecks(run.pk, found, started_at=now, by=system_actor(), now=now)


@act("run_prechecks", roles=OWNERS)
def _ask(version_id: int, *, by: User, now: datetime) -> PrecheckRun:
    version: Version = Version.objects.locked().get(pk=version_id)
    return ask_for_prechecks(version.current_revision, by=by, now=now)


def reconcile_prechecks(*, by: User, now: datetime) -> int:
    """Ask for the runs that never happened, end those whose job failed; return how many.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    return _end_failed(by, now) + sum(_renew(pk, by=by, now=now) for pk in _unchecked_versions())


def _end_failed(by: User, now: datetime) -> int:
    ended = 0
    for run in PrecheckRun.objects.waiting().order_by("pk"):
        message = Message.objects.filter(key=_key(run)).first()
        if message is not None and message.state == DispatchState.FAILED:
            ended += end_run(run.pk, fault=message.last_error, by=by, now=now)
    return ended


def _unchecked_versions() -> list[int]:
    """Return the versions in preparation whose current files have no run on what they are now."""
    found = []
    prepared = Version.objects.filter(state__in=IN_PREPARATION, revisions__isnull=False)
    for version in prepared.with_asset().distinct().order_by("pk"):
        revision = version.current_revision
        latest = PrecheckRun.objects.of(revision).first()
        # One that waits, or ended without results, is for the worker or for a person.
        ended = latest is not None and latest.finished_at is not None and not latest.fault
        if latest is None or (ended and not is_up_to_date(latest, revision)):
            found.append(version.pk)
    return found


@act("renew_prechecks")
def _renew(version_id: int, *, by: User, now: datetime) -> int:
    version: Version = Version.objects.locked().get(pk=version_id)
    if version.state not in IN_PREPARATION:
        return 0
    asked = ask_for_prechecks(version.current_revision, by=by, now=now)
    return int(asked.requested_at == now)


@act("set_precheck_severity", roles=[Role.ADMINISTRATOR])
def set_precheck_severity(
    kind_id: int, *, severity: str, reason: str, by: User, now: datetime
) -> PrecheckKind:
    """Say what the failure of a check does from now on.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: field ``severity`` or ``reason``.
    """
    check_can_set_severity(by)
    if severity not in PrecheckSeverity.values:
        raise InvalidInput.at("severity", _("Choose one of the severities of the list."))
    if not reason.strip():
        raise InvalidInput.at("reason", _("Give the reason."), "reason_missing")
    kind: PrecheckKind = PrecheckKind.objects.select_for_update().get(pk=kind_id)
    kind.severity = severity
    kind.save()
    return kind
