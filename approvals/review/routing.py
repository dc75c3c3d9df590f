"""A route as data, and which route a case takes: the same rule for what is kept and for a draft."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from approvals.people.enums import Role
from approvals.review.enums import Condition
from approvals.review.models import Route
from content.assets.models import Asset

EVENT_PROGRAMME = "event_programme"


class Case(NamedTuple):
    """What a route is chosen by: codes; ``asset_type`` is a code, too."""

    jurisdiction: str
    nature: str
    audience: str
    asset_type: str
    is_component: bool


def case_of(asset: Asset) -> Case:
    """Return what an asset's route is chosen by."""
    kind = asset.asset_type
    return Case(asset.jurisdiction.code, asset.nature, asset.audience, kind.code, kind.is_component)


def holds(condition: str, asset: Asset) -> bool:
    """Whether a condition under which a route asks for a task holds for an asset."""
    return {
        Condition.ALWAYS: True,
        Condition.PERSONAL_DATA: asset.collects_personal_data,
        Condition.THIRD_PARTY: bool(asset.third_party),
        Condition.EVENT_PROGRAMME: asset.asset_type.code == EVENT_PROGRAMME,
    }[Condition(condition)]


@dataclass(frozen=True)
class TaskData:
    """That a stage asks a role to sign within a number of working days."""

    role: str
    due_days: int
    condition: str = Condition.ALWAYS
    may_be_not_applicable: bool = False

    @property
    def role_words(self) -> str:
        return role_label(self.role)

    @property
    def condition_words(self) -> str:
        return str(Condition(self.condition).label)


@dataclass(frozen=True)
class RouteData:
    """A route as somebody wants it; an empty nature, audience or type fits all."""

    name: str
    jurisdiction: str
    stages: tuple[tuple[TaskData, ...], ...]
    nature: str = ""
    audience: str = ""
    asset_type: str = ""
    for_components: bool = False
    active: bool = True

    @classmethod
    def given(cls, values: Mapping[str, Any]) -> "RouteData":
        """Make a route of plain values, as a page or the API gives them."""
        stages = tuple(
            tuple(TaskData(**{**task, "role": str(task["role"])}) for task in stage)
            for stage in values["stages"]
        )
        return cls(**{**values, "name": str(values["name"]).strip(), "stages": stages})

    @classmethod
    def of(cls, route: Route) -> "RouteData":
        """Return a route as it is kept."""
        return cls(
            name=route.name,
            jurisdiction=route.jurisdiction.code,
            nature=route.nature,
            audience=route.audience,
            asset_type=route.asset_type.code if route.asset_type else "",
            for_components=route.for_components,
            active=route.active,
            stages=tuple(
                tuple(
                    TaskData(task.role, task.due_days, task.condition, task.may_be_not_applicable)
                    for task in sorted(stage.tasks.all(), key=lambda task: task.pk)
                )
                for stage in sorted(route.stages.all(), key=lambda stage: stage.position)
            ),
        )

    def fits(self, case: Case) -> bool:
        return (
            self.active
            and self.jurisdiction == case.jurisdiction
            and self.for_components == case.is_component
            and self.asset_type in {"", case.asset_type}
            and self.nature in {"", case.nature}
            and self.audience in {"", case.audience}
        )

    def asked_of(self, asset: Asset) -> list[list[TaskData]]:
        """Return the stages as they apply to an asset; an empty stage is left out."""
        stages = [[task for task in stage if holds(task.condition, asset)] for stage in self.stages]
        return [stage for stage in stages if stage]

    @property
    def specificity(self) -> tuple[bool, bool, bool]:
        """What makes it win: a type before an audience before a nature, as in ``fitting``."""
        return bool(self.asset_type), bool(self.audience), bool(self.nature)

    @property
    def roles(self) -> set[str]:
        return {task.role for stage in self.stages for task in stage}


class Candidate(NamedTuple):
    """A route that might be chosen: its id (0 for one not kept yet) and its data."""

    pk: int
    data: RouteData


def candidates() -> list[Candidate]:
    """Return every active route with its data, in a constant number of queries."""
    routes = Route.objects.filter(active=True).with_stages()
    return [Candidate(route.pk, RouteData.of(route)) for route in routes.order_by("pk")]


def fitting(case: Case, among: Iterable[Candidate]) -> list[Candidate]:
    """Return the routes that fit a case, the most specific first (DOMAIN.md §6)."""
    fit = [candidate for candidate in among if candidate.data.fits(case)]
    # One not kept yet would be the newest.
    return sorted(fit, key=lambda one: (one.data.specificity, one.pk or float("inf")), reverse=True)


def replacing(kept: Iterable[Candidate], wanted: RouteData, route: Route | None) -> list[Candidate]:
    """Return the routes as they would be with a route as it is wanted."""
    pk = route.pk if route else 0
    others = [candidate for candidate in kept if candidate.pk != pk]
    return [*others, Candidate(pk, wanted)]


def role_label(role: str) -> str:
    return str(Role(role).label) if role in Role.values else role
