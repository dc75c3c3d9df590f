"""The tasks and rounds that figures count: two queries, whatever their number."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, FilteredRelation, Q, QuerySet

from approvals.people.models import User
from approvals.review.enums import CycleKind, CycleState, Outcome
from approvals.review.figures.asked import Asked, counts_everything
from approvals.review.models import ReviewCycle, ReviewTask
from content.assets.models import Asset, Version
from content.calendar import end_of_day, paris_day, start_of_day

# A round: reviewers were heard to its end, or it was lost to another change. Not one that the
# owner took back.
ROUNDS = (CycleState.PASSED, CycleState.CHANGES_REQUIRED, CycleState.VOIDED)


@dataclass(frozen=True)
class TaskRow:
    """A task in Paris days; ``ended_on``: decided, or its cycle closed without it."""

    stage: int
    role: str
    opened_on: date
    due_on: date
    decided_on: date | None
    ended_on: date | None


@dataclass(frozen=True)
class RoundRow:
    """A round that ended; ``corrections``: revisions that answered requested changes."""

    version: int
    code: str
    number: int
    title: str
    passed: bool
    closed_on: date
    asked_changes: bool
    corrections: int


def versions_of(by: User, asked: Asked) -> QuerySet[Version]:
    """Return the versions that a person counts and that fit what is asked."""
    versions = Version.objects.all() if counts_everything(by) else Version.objects.visible_to(by)
    named: dict[str, Any] = {}
    if asked.nature:
        named["nature"] = asked.nature
    if asked.asset_type:
        named["asset_type__code"] = asked.asset_type
    if asked.product:
        named["products__cis"] = asked.product
    if asked.team:
        assets = Asset.objects.filter(
            Q(team=asked.team) | Q(team__isnull=True, products__team_products__team=asked.team)
        )
        versions = versions.filter(asset__in=assets)
    return versions.filter(asset__in=Asset.objects.filter(**named)) if named else versions


def tasks_of(by: User, asked: Asked, since: date) -> list[TaskRow]:
    """Return the tasks that were open, or decided, between a day and the end of the period."""
    begin, end = start_of_day(since), end_of_day(asked.until)
    tasks = ReviewTask.objects.filter(
        cycle__kind=CycleKind.REVIEW, cycle__version__in=versions_of(by, asked), opened_at__lte=end
    ).annotate(
        held=FilteredRelation("verdicts", condition=Q(verdicts__voided_at__isnull=True)),
    )
    ended_since = Q(cycle__closed_at__isnull=True) | Q(cycle__closed_at__gte=begin)
    tasks = tasks.filter(
        Q(held__decided_at__gte=begin) | (Q(held__decided_at__isnull=True) & ended_since)
    )
    if asked.role:
        tasks = tasks.filter(role=asked.role)
    rows = tasks.order_by("pk").values_list(
        "stage", "role", "opened_at", "due_on", "held__decided_at", "cycle__closed_at"
    )
    return [
        TaskRow(stage, role, paris_day(opened), due_on, *_ended(decided, closed, asked.until))
        for stage, role, opened, due_on, decided, closed in rows.iterator(chunk_size=2000)
    ]


def _ended(decided: Any, closed: Any, until: date) -> tuple[date | None, date | None]:
    """Return (decided on, ended on) as they stood at the end of a day."""
    decided_on = paris_day(decided) if decided else None
    ended = decided or closed
    ended_on = paris_day(ended) if ended else None
    if ended_on is not None and ended_on > until:
        return None, None
    return decided_on, ended_on


def rounds_of(by: User, asked: Asked) -> list[RoundRow]:
    """Return every round, up to the end of the period, of the versions with one in the period."""
    begin, end = start_of_day(asked.since), end_of_day(asked.until)
    ended = ReviewCycle.objects.filter(kind=CycleKind.REVIEW, state__in=ROUNDS, closed_at__lte=end)
    inside = ended.filter(closed_at__gte=begin, version__in=versions_of(by, asked))
    held = Q(verdicts__voided_at__isnull=True)
    rows = (
        ended.filter(version__in=inside.values("version"))
        .annotate(
            corrections=Count("verdicts__changes__answered_in", filter=held, distinct=True),
            asking=Count(
                "verdicts",
                filter=held & Q(verdicts__outcome=Outcome.APPROVED_WITH_CHANGES),
                distinct=True,
            ),
        )
        .order_by("version", "number")
        .values_list(
            "version",
            "version__asset__code",
            "version__number",
            "version__asset__title",
            "state",
            "closed_at",
            "asking",
            "corrections",
        )
    )
    return [
        RoundRow(
            version,
            code,
            number,
            title,
            state == CycleState.PASSED,
            paris_day(closed),
            bool(asking),
            corrections,
        )
        for version, code, number, title, state, closed, asking, corrections in rows
    ]
