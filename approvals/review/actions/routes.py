"""Make, change and switch off routes; a running cycle keeps the stages it opened with."""

from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.actions.lifecycle import owed_reason
from approvals.review.models import Route, RouteStage, RouteTask
from approvals.review.policies.routes import check_can_edit_routes, check_route
from approvals.review.routing import RouteData, TaskData, candidates
from content.assets.models import AssetType
from content.catalogue.models import Jurisdiction


@act("save_route", roles=[Role.ADMINISTRATOR])
def save_route(
    wanted: RouteData, *, route_id: int | None = None, reason: str, by: User, now: datetime
) -> Route:
    """Make a route, or change one into what is wanted.

    Cycles copied their stages when they opened: none that runs is touched.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    :raises InvalidInput: field ``reason``; see ``check_route``.
    :raises StateConflict: ``case_taken``.
    """
    check_can_edit_routes(by)
    owed_reason(reason)
    # All of them: two changes at once must not both take the same case.
    kept = {route.pk: route for route in Route.objects.locked()}
    if route_id is not None and route_id not in kept:
        raise InvalidInput.at("route", _("This route does not exist."), "unknown_route")
    check_route(wanted, [one for one in candidates() if one.pk != route_id])
    route = Route() if route_id is None else kept[route_id]
    route.name = wanted.name
    route.jurisdiction = Jurisdiction.objects.get(code=wanted.jurisdiction)
    route.nature, route.audience = wanted.nature, wanted.audience
    types = AssetType.objects.filter(code=wanted.asset_type)
    route.asset_type = types.first() if wanted.asset_type else None
    route.for_components, route.active = wanted.for_components, wanted.active
    route.save()
    _save_stages(route, wanted)
    return route


def _save_stages(route: Route, wanted: RouteData) -> None:
    """Write what differs; a stage or task that is not wanted any more goes, its history stays."""
    stages = {stage.position: stage for stage in route.stages.order_by("position")}
    for position, tasks in enumerate(wanted.stages, start=1):
        stage = stages.pop(position, None)
        if stage is None:
            stage = RouteStage(route=route, position=position)
            stage.save()
        _save_tasks(stage, tasks)
    for stage in stages.values():
        _save_tasks(stage, ())
        stage.delete()


def _save_tasks(stage: RouteStage, wanted: tuple[TaskData, ...]) -> None:
    kept = {task.role: task for task in stage.tasks.order_by("pk")}
    for asked in wanted:
        task = kept.pop(asked.role, None) or RouteTask(stage=stage, role=asked.role)
        data = (asked.due_days, asked.condition, asked.may_be_not_applicable)
        if task.pk and data == (task.due_days, task.condition, task.may_be_not_applicable):
            continue
        task.due_days, task.condition, task.may_be_not_applicable = data
        task.save()
    for task in kept.values():
        task.delete()
