"""Name the leads of roles; give a task back to the pool."""

from datetime import datetime

from approvals.audit import act
from approvals.people.enums import PHARMACISTS, REVIEWERS, Role
from approvals.people.models import User
from approvals.review.actions.decisions import locked_task
from approvals.review.actions.lifecycle import owed_reason
from approvals.review.models import ReviewTask, RoleLead
from approvals.review.policies.pool import check_can_lead, check_can_name_leads, check_can_unclaim


@act("name_lead", roles=[Role.ADMINISTRATOR])
def name_lead(person: User, role: str, *, reason: str, by: User, now: datetime) -> RoleLead:
    """Make a person a lead of a role; a role may have several.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    :raises InvalidInput: fields ``role``, ``person`` or ``reason``.
    :raises StateConflict: ``already_lead``.
    """
    check_can_name_leads(by)
    check_can_lead(person, role)
    owed_reason(reason)
    lead = RoleLead(role=role, user=person, named_at=now)
    lead.save()
    return lead


@act("end_lead", roles=[Role.ADMINISTRATOR])
def end_lead(lead_id: int, *, reason: str, by: User, now: datetime) -> None:
    """Say that a person leads a role no more; the history of it stays.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    :raises InvalidInput: field ``reason``.
    """
    check_can_name_leads(by)
    owed_reason(reason)
    lead: RoleLead = RoleLead.objects.get(pk=lead_id)
    lead.delete()


@act("unclaim", roles=(*REVIEWERS, *PHARMACISTS))
def unclaim(task_id: int, *, by: User, now: datetime) -> ReviewTask:
    """Give a task that was taken back to its whole role.

    :raises StateConflict: ``not_claimed``, ``task_decided``, ``task_closed``, ``wrong_state``.
    :raises PolicyDenied: ``not_your_task``.
    """
    task = locked_task(task_id)
    check_can_unclaim(task, by, now)
    task.assignee = None
    task.assigned_at = None
    task.save()
    return task
