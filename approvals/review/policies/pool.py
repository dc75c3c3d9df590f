"""Who takes a task from the pool, gives it back, shares it out; who cannot be chosen, and why."""

import copy
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, PolicyDenied, Refusal, StateConflict
from approvals.people.enums import Role
from approvals.people.models import SYSTEM_USERNAME, User
from approvals.people.policies import check_role
from approvals.review.enums import ROUTE_ROLES
from approvals.review.models import ReviewTask, RoleLead, Verdict
from approvals.review.models.leads import ABLE_TO_LEAD
from approvals.review.policies.decisions import check_can_decide, check_task_is_open
from content.access.models import Delegation
from content.assets.models import Involvement
from content.calendar import paris_day


class Candidate(NamedTuple):
    """Somebody of a role, and the sentence why they cannot be chosen ("" where they can)."""

    person: User
    why_not: str


def leads(role: str, by: User) -> bool:
    """Whether a person leads a role now."""
    return by.is_active and role in RoleLead.objects.roles_of(by)


def check_can_name_leads(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system."""
    if by.username != SYSTEM_USERNAME:
        check_role(by, [Role.ADMINISTRATOR])


def check_can_lead(person: User, role: str) -> None:
    """Refuse to make a lead of somebody who sees nothing of what is in preparation.

    :raises InvalidInput: fields ``role`` (``unknown_role``), ``person`` (``cannot_lead``).
    :raises StateConflict: ``already_lead``.
    """
    if role not in ROUTE_ROLES:
        raise InvalidInput.at("role", _("Choose one of the roles that sign."), "unknown_role")
    if not person.is_active or not person.holds(*ABLE_TO_LEAD):
        raise InvalidInput.at(
            "person",
            _("%(person)s reviews nothing: choose a reviewer or a pharmacist.")
            % {"person": person},
            "cannot_lead",
        )
    if RoleLead.objects.filter(role=role, user=person).exists():
        raise StateConflict(
            "already_lead", _("%(person)s leads this role already.") % {"person": person}
        )


def check_can_unclaim(task: ReviewTask, by: User, now: datetime) -> None:
    """Let who took a task, or the lead of its role, give it back to the pool.

    :raises StateConflict: ``not_claimed``, ``task_decided``, ``task_closed``, ``wrong_state``.
    :raises PolicyDenied: ``not_your_task``.
    """
    if task.assignee_id is None:
        raise StateConflict("not_claimed", _("Nobody took this task: it is for the whole role."))
    if task.assignee_id != by.pk and not leads(task.role, by):
        raise PolicyDenied(
            "not_your_task",
            _("%(person)s took this task: they, or the lead of the role, give it back.")
            % {"person": task.assignee},
        )
    check_task_is_open(task)


def can_unclaim(task: ReviewTask, by: User, now: datetime) -> bool:
    try:
        check_can_unclaim(task, by, now)
    except Refusal:
        return False
    return True


def why_cannot_choose(task: ReviewTask, person: User, now: datetime) -> str:
    """Return the sentence why a task cannot be given to a person, "" where it can."""
    given = copy.copy(task)
    given.assignee = person
    try:
        check_can_decide(given, person, now)
    except Refusal as refusal:
        return _of_somebody_else(refusal)
    return ""


def _of_somebody_else(refusal: Refusal) -> str:
    """Return a refusal's sentence as it is told of another person, not to them."""
    if refusal.code == "four_eyes":
        return _("They, or whom they stand in for, prepared this version.")
    if refusal.code == "already_decided":
        return _("They already decided another task of this review.")
    if refusal.code == "no_delegation":
        return _("No delegation to them is in force for this.")
    return str(refusal)


def candidates_for(task: ReviewTask, now: datetime) -> list[Candidate]:
    """Return everybody who holds a task's role, or stands in for somebody who does.

    Who can be chosen comes first; the others come with the sentence that the act would answer.
    """
    roles = [task.role]
    if task.role == Role.RESPONSIBLE_PHARMACIST:
        roles.append(Role.DEPUTY_PHARMACIST)
    lent = Delegation.objects.in_force(paris_day(now)).select_related("delegate")
    # ``roles`` is a list in JSON, which the two databases search differently.
    delegates = {row.delegate.pk: row.delegate for row in lent if task.role in row.roles}
    people = {person.pk: person for person in User.objects.holding(*roles)} | delegates
    found = [
        Candidate(person, why_cannot_choose(task, person, now))
        for person in sorted(people.values(), key=lambda person: (str(person), person.pk))
        if person.is_active
    ]
    return sorted(found, key=lambda one: bool(one.why_not))


def conflicts_among(tasks: Iterable[ReviewTask], by: User) -> dict[int, str]:
    """Return, by task, why a person may not decide it: four eyes, or one task a person.

    Two queries for all of them, for lists; ``why_cannot_decide`` tells all of one task.
    """
    listed = list(tasks)
    prepared = set(
        Involvement.objects.filter(
            user=by, version__in=[task.cycle.version_id for task in listed]
        ).values_list("version_id", flat=True)
    )
    given = Verdict.objects.filter(decided_by=by, cycle__in=[task.cycle_id for task in listed])
    decided = dict(given.values_list("cycle_id", "task__role"))
    said = {}
    for task in listed:
        if task.cycle.version_id in prepared:
            said[task.pk] = _("You prepared this version: the approval is for somebody else.")
        elif task.cycle_id in decided:
            said[task.pk] = _(
                "You already decided as “%(role)s” in this review: this task is for somebody else."
            ) % {"role": Role(decided[task.cycle_id]).label}
    return said
