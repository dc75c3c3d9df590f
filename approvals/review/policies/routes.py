"""What a route must be, and who changes it: an administrator, with a reason (DOMAIN.md §6)."""

from collections import Counter

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.people.enums import Role
from approvals.people.models import SYSTEM_USERNAME, User
from approvals.people.policies import check_role
from approvals.review.enums import ROUTE_ROLES, Condition
from approvals.review.routing import Candidate, RouteData, TaskData, role_label
from content.assets.enums import Audience, Nature
from content.assets.models import AssetType
from content.catalogue.models import Jurisdiction

MOST_STAGES = 10
MOST_DAYS = 60
READERS = (Role.ADMINISTRATOR, Role.INSPECTOR)


def check_can_edit_routes(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system."""
    if by.username != SYSTEM_USERNAME:
        check_role(by, [Role.ADMINISTRATOR])


def can_edit_routes(by: User) -> bool:
    try:
        check_can_edit_routes(by)
    except PolicyDenied:
        return False
    return True


def can_read_routes(by: User) -> bool:
    """Whether a person looks at the routes: who changes them, and who inspects them."""
    return by.is_active and by.holds(*READERS)


def check_route(wanted: RouteData, others: list[Candidate]) -> None:
    """Refuse a route that could not be walked, or by which nothing could be released.

    ``others`` are the active routes as they would stand beside it.

    :raises InvalidInput: ``name_missing``, ``unknown_value``, ``type_is_no_component``,
        ``type_is_a_component``, ``route_without_stage``, ``too_many_stages``,
        ``stage_without_task``, ``role_twice``, ``unknown_role``, ``days_out_of_range``,
        ``regulatory_missing``, ``pharmacist_missing``, ``pharmacist_not_last``.
    :raises StateConflict: ``case_taken``.
    """
    _check_case(wanted)
    if not wanted.stages:
        raise InvalidInput.at(
            "stages", _("A route has at least one stage: add one."), "route_without_stage"
        )
    if len(wanted.stages) > MOST_STAGES:
        raise InvalidInput.at(
            "stages",
            _("A route has at most %(n)d stages.") % {"n": MOST_STAGES},
            "too_many_stages",
        )
    for position, stage in enumerate(wanted.stages, start=1):
        _check_stage(position, stage)
    _check_release_roles(wanted)
    if wanted.active:
        _check_case_is_free(wanted, others)


def _check_case(wanted: RouteData) -> None:
    if not wanted.name or len(wanted.name) > 100:
        raise InvalidInput.at("name", _("Give a name of at most 100 characters."), "name_missing")
    known = {
        "jurisdiction": Jurisdiction.objects.filter(code=wanted.jurisdiction).exists(),
        "nature": wanted.nature in {"", *Nature.values},
        "audience": wanted.audience in {"", *Audience.values},
    }
    for field, is_known in known.items():
        if not is_known:
            raise InvalidInput.at(field, _("Choose one of the values offered."), "unknown_value")
    if not wanted.asset_type:
        return
    chosen = AssetType.objects.filter(code=wanted.asset_type).first()
    if chosen is None:
        raise InvalidInput.at("asset_type", _("Choose one of the values offered."), "unknown_value")
    if chosen.is_component != wanted.for_components:
        raise InvalidInput.at(
            "asset_type",
            _("This type is a component: say that the route is for components.")
            if chosen.is_component
            else _("This type is not a component: say that the route is not for components."),
            "type_is_a_component" if chosen.is_component else "type_is_no_component",
        )


def _check_stage(position: int, stage: tuple[TaskData, ...]) -> None:
    if not stage:
        raise InvalidInput.at(
            "stages",
            _("Stage %(n)d asks nobody: give it a role, or take it out.") % {"n": position},
            "stage_without_task",
        )
    for task in stage:
        if task.role not in ROUTE_ROLES or task.condition not in Condition.values:
            raise InvalidInput.at(
                "stages",
                _("Stage %(n)d: choose one of the roles that sign, and when.") % {"n": position},
                "unknown_role",
            )
        if not 1 <= task.due_days <= MOST_DAYS:
            raise InvalidInput.at(
                "stages",
                _("Stage %(n)d: give between 1 and %(most)d working days.")
                % {"n": position, "most": MOST_DAYS},
                "days_out_of_range",
            )
    role, times = Counter(task.role for task in stage).most_common(1)[0]
    if times > 1:
        raise InvalidInput.at(
            "stages",
            _("Stage %(n)d asks “%(role)s” twice: once is enough.")
            % {"n": position, "role": role_label(role)},
            "role_twice",
        )


def _check_release_roles(wanted: RouteData) -> None:
    """Ask for the two whom a release and a minor modification rest on (invariant 2; ADR 0027)."""
    if not any(
        _always(task, Role.REGULATORY_REVIEWER) for stage in wanted.stages for task in stage
    ):
        raise InvalidInput.at(
            "stages",
            _(
                "Regulatory affairs always signs: they confirm the nature and whether a visa is"
                " needed."
            ),
            "regulatory_missing",
        )
    if wanted.for_components:
        return
    if not any(_always(task, Role.RESPONSIBLE_PHARMACIST) for task in wanted.stages[-1]):
        asked = Role.RESPONSIBLE_PHARMACIST in wanted.roles
        raise InvalidInput.at(
            "stages",
            _("The responsible pharmacist signs in the last stage, always.")
            if asked
            else _("Nothing is released without the responsible pharmacist: ask them last."),
            "pharmacist_not_last" if asked else "pharmacist_missing",
        )


def _always(task: TaskData, role: Role) -> bool:
    always = task.condition == Condition.ALWAYS and not task.may_be_not_applicable
    return task.role == role and always


def _check_case_is_free(wanted: RouteData, others: list[Candidate]) -> None:
    """:raises StateConflict: ``case_taken``."""
    for other in others:
        if _case(other.data) == _case(wanted):
            raise StateConflict(
                "case_taken",
                _("“%(name)s” is active for the same case: deactivate one of the two.")
                % {"name": other.data.name},
            )


def _case(data: RouteData) -> tuple[str, ...]:
    # With a type, whether it is for components follows from the type.
    last = data.asset_type or f"components:{data.for_components}"
    return (data.jurisdiction, data.nature, data.audience, last)
