"""Which verdicts stand on which digest (invariant 2), and what differs between two revisions."""

from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import StateConflict
from approvals.people.enums import Role
from approvals.review.enums import CycleState
from approvals.review.models import ReviewCycle, Verdict
from content.assets.comparison import fields_that_differ
from content.assets.models import Asset, Revision, Version


def wrong_state(version: Version, needed: Any) -> StateConflict:
    """Return the conflict that says where a version stands and what the act needs."""
    return StateConflict(
        "wrong_state",
        _("%(version)s is “%(state)s”: %(needed)s")
        % {
            "version": version,
            "state": version.get_state_display(),  # type: ignore[attr-defined]
            "needed": needed,
        },
    )


def roles_holding(cycle: ReviewCycle, digest: str) -> set[str]:
    """Return the roles whose positive verdict, given or carried in a cycle, is on a digest."""
    verdicts = Verdict.objects.holding_on(digest, cycle=cycle)
    return set(verdicts.values_list("task__role", flat=True))


def missing_roles(version: Version) -> list[str]:
    """Return the required roles without a positive verdict on the current revision's digest.

    Only the version's last cycle counts, and only once it passed; without any, ``["*"]``.
    """
    cycle = ReviewCycle.objects.latest_of(version)
    revision = version.current_revision
    if cycle is None or revision is None or not revision.digest:
        return ["*"]
    if cycle.state != CycleState.PASSED:
        return list(cycle.required_roles)
    holding = roles_holding(cycle, revision.digest)
    return [role for role in cycle.required_roles if role not in holding]


def check_verdicts_hold(version: Version) -> None:
    """Refuse a version that lacks a required verdict on its very digest (invariant 2).

    :raises StateConflict: ``verdict_missing``.
    """
    missing = missing_roles(version)
    if not missing:
        return
    names = ", ".join(str(Role(role).label) for role in missing if role != "*")
    raise StateConflict(
        "verdict_missing",
        _("%(version)s lacks a verdict on its current files: %(roles)s.")
        % {"version": version, "roles": names or _("it was never reviewed")},
    )


def verdicts_hold(version: Version) -> bool:
    return not missing_roles(version)


def field_label(name: str) -> str:
    """Return what people call a field of the regulated data."""
    if name == "dependencies":
        return str(_("dependencies"))
    for model in (Asset, Version):
        if name in {field.name for field in model._meta.get_fields()}:
            return str(getattr(model._meta.get_field(name), "verbose_name", name))
    return name


def difference(before: Revision, after: Revision) -> dict[str, Any]:
    """Return what differs between two frozen revisions: fields and files, by name."""
    return {
        "fields": fields_that_differ(before, after),
        "files": [
            [[file.name, file.sha256] for file in revision.files.all()]
            for revision in (before, after)
        ],
    }
