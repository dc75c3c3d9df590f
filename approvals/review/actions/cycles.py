"""How a cycle goes on: open it, open its stages, end them. Inner steps of the acts beside."""

from datetime import datetime
from typing import Any

from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review import notifications
from approvals.review.enums import OPEN_TASK, CycleKind, CycleState, Outcome
from approvals.review.models import (
    ChecklistItem,
    RequestedChange,
    ReviewCycle,
    ReviewTask,
    Route,
    RouteTask,
    VisaExemption,
)
from approvals.review.policies.carries import MINOR_ROLES
from approvals.review.policies.content import check_nothing_blocks
from approvals.review.routing import holds
from content.assets.models import Asset, Revision, Version
from content.calendar import add_working_days, paris_day


def open_cycle(
    version: Version, revision: Revision, route: Route, *, by: User, now: datetime
) -> ReviewCycle:
    """Open a cycle through a route as it is now, with the tasks of its first stage."""
    stages = stages_of(route, version.asset)
    return _open(
        version,
        revision,
        route,
        kind=CycleKind.REVIEW,
        stages=stages,
        required=[task["role"] for stage in stages for task in stage],
        by=by,
        now=now,
    )


def open_carry_cycle(
    version: Version, revision: Revision, predecessor: Version, *, by: User, now: datetime
) -> ReviewCycle:
    """Open the cycle of a minor modification: it holds only its two carries."""
    before: ReviewCycle = ReviewCycle.objects.filter(
        version=predecessor, state=CycleState.PASSED
    ).latest("number")
    days = {
        task.role: task.due_days for task in RouteTask.objects.filter(stage__route=before.route)
    }
    stage = [
        {"role": str(role), "due_days": days.get(role, 5), "may_be_not_applicable": False}
        for role in MINOR_ROLES
    ]
    return _open(
        version,
        revision,
        before.route,
        kind=CycleKind.CARRY,
        stages=[stage],
        required=before.required_roles,
        by=by,
        now=now,
    )


def _open(
    version: Version,
    revision: Revision,
    route: Route,
    *,
    kind: CycleKind,
    stages: list[list[dict[str, Any]]],
    required: list[str],
    by: User,
    now: datetime,
) -> ReviewCycle:
    last = ReviewCycle.objects.latest_of(version)
    cycle = ReviewCycle(
        version=version,
        number=last.number + 1 if last else 1,
        kind=kind,
        route=route,
        stages=stages,
        required_roles=required,
        revision=revision,
        reference=version.reference.value if version.reference else "",
        opened_by=by,
        opened_at=now,
    )
    cycle.save(force_insert=True)
    _open_stage(cycle, now)
    return cycle


def stages_of(route: Route, asset: Asset) -> list[list[dict[str, Any]]]:
    """Return a route's stages as they apply to an asset; an empty stage is left out."""
    stages = [
        [
            {
                "role": task.role,
                "due_days": task.due_days,
                "may_be_not_applicable": task.may_be_not_applicable,
            }
            for task in stage.tasks.order_by("pk")
            if holds(task.condition, asset)
        ]
        for stage in route.stages.order_by("position")
    ]
    return [stage for stage in stages if stage]


def _open_stage(cycle: ReviewCycle, now: datetime) -> None:
    """Open the tasks of the cycle's current stage, each due in its working days."""
    for asked in cycle.stages[cycle.stage - 1]:
        questions = [] if cycle.kind == CycleKind.CARRY else _questions(asked["role"])
        task = ReviewTask(
            cycle=cycle,
            stage=cycle.stage,
            role=asked["role"],
            due_on=add_working_days(paris_day(now), asked["due_days"]),
            opened_at=now,
            may_be_not_applicable=asked["may_be_not_applicable"],
            questions=questions,
        )
        task.save(force_insert=True)
        notifications.tell_task_to_do(task, now=now)


def _questions(role: str) -> list[dict[str, str]]:
    items = ChecklistItem.objects.filter(role=Role(role), active=True).order_by("position", "pk")
    return [{"key": item.key, "fr": item.label_fr, "en": item.label_en} for item in items]


def settle(cycle: ReviewCycle, *, by: User, now: datetime) -> None:
    """Let the cycle go on when all its reviewers were heard.

    One ``changes_required`` ends it; changes to evidence send the version to its owner; else the
    next stage opens, or after the last one the version is approved (DOMAIN.md §6).
    """
    if cycle.tasks.filter(state__in=OPEN_TASK).exists():
        return
    version = cycle.version
    verdicts = [task.verdict for task in cycle.tasks.order_by("pk")]
    if any(verdict.outcome == Outcome.CHANGES_REQUIRED for verdict in verdicts):
        cycle.refuse(at=now)
        cycle.save()
        lapse_exemption(version, now=now)
        _request_changes(cycle, now=now)
    elif RequestedChange.objects.standing().unconfirmed().filter(verdict__cycle=cycle).exists():
        cycle.await_changes()
        cycle.save()
        _request_changes(cycle, now=now)
    elif cycle.stage < len(cycle.stages):
        if cycle.state == CycleState.CONFIRMING:
            cycle.go_on()
        cycle.stage += 1
        cycle.save()
        _open_stage(cycle, now)
    else:
        # Whatever the last verdict was, “not applicable” too (DOMAIN.md §6).
        check_nothing_blocks(version)
        cycle.conclude(at=now)
        cycle.save()
        version.approve(at=now)
        version.save()
        notifications.tell_approved(version, now=now)


def _request_changes(cycle: ReviewCycle, *, now: datetime) -> None:
    cycle.version.request_changes(at=now)
    cycle.version.save()
    notifications.tell_changes_requested(cycle, now=now)


def close_tasks(cycle: ReviewCycle) -> None:
    """Close what nobody decided: its cycle is over."""
    for task in cycle.tasks.open().order_by("pk"):
        task.close()
        task.save()


def lapse_exemption(version: Version, *, now: datetime) -> None:
    """Let an exemption lapse with its verdict: the version needs its visa again.

    The caller saves the version.
    """
    for exemption in VisaExemption.objects.filter(version=version, lapsed_at__isnull=True):
        exemption.lapsed_at = now
        exemption.save()
        version.needs_visa = True
