"""Submit and resubmit, recall, send back, cancel (DOMAIN.md §3)."""

from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.enums import OWNERS, Role
from approvals.people.models import User
from approvals.review import notifications
from approvals.review.actions.cycles import (
    close_tasks,
    lapse_exemption,
    open_carry_cycle,
    open_cycle,
)
from approvals.review.actions.prechecks import judge_before_submission, renew_prechecks
from approvals.review.enums import TaskState
from approvals.review.models import ReviewCycle
from approvals.review.policies.lifecycle import (
    check_can_cancel,
    check_can_recall,
    check_can_send_back,
    check_can_submit,
    continues,
    predecessor_with_visa,
    route_of,
)
from approvals.review.policies.prechecks import check_prechecks_are_judged
from approvals.review.policies.standing import difference
from content.assets.actions import freeze_revision
from content.assets.actions.facts import burn_reference
from content.assets.enums import COMPONENT_KINDS, ChangeKind, ReferenceStatus, State
from content.assets.models import Revision, Version
from content.catalogue.actions import lock_list_head


def owed_reason(reason: str) -> str:
    """Return a reason without its blanks.

    :raises InvalidInput: field ``reason`` if it is empty.
    """
    reason = reason.strip()
    if not reason:
        raise InvalidInput.at("reason", _("Give the reason."), "reason_missing")
    return reason


def submit(version_id: int, *, by: User, now: datetime) -> ReviewCycle:
    """Send a version's current revision to review, or back to it after changes.

    After changes to evidence the cycle goes on: who asked confirms. After a refusal, a recall or
    a return by regulatory, and when something else was changed too, a new one opens.

    :raises PolicyDenied: ``not_owner`` unless ``by`` owns the asset or stands in for its owner.
    :raises InvalidInput: field ``files``, code ``no_files``.
    :raises StateConflict: ``wrong_state``, ``window_not_planned``, ``component_not_approved``,
        ``no_new_revision``, ``changes_unanswered``, ``no_visa_to_carry``, ``no_route``,
        ``precheck_failed``, ``prechecks_pending``.
    """
    judge_before_submission(version_id, by=by, now=now)
    return _submit(version_id, by=by, now=now)


@act("submit", roles=OWNERS)
def _submit(version_id: int, *, by: User, now: datetime) -> ReviewCycle:
    version = _locked_with_components(version_id)
    check_can_submit(version, by, now)
    check_prechecks_are_judged(version)
    revision = freeze_revision(version, now=now)
    renew_prechecks(version, by=by, now=now)
    if version.state == State.DRAFT:
        version.submit(at=now)
    else:
        version.resubmit(at=now)
    cycle = ReviewCycle.objects.open().filter(version=version).first()
    if cycle is not None and continues(cycle) and _only_evidence_changed(cycle, revision):
        version.save()
        return _ask_confirmations(cycle, revision, now=now)
    if cycle is not None:
        _void(cycle, version, now=now)
    version.save()
    if version.change_kind == ChangeKind.MINOR_MODIFICATION:
        predecessor = predecessor_with_visa(version, now)
        return open_carry_cycle(version, revision, predecessor, by=by, now=now)
    return open_cycle(version, revision, route_of(version), by=by, now=now)


def _locked_with_components(version_id: int) -> Version:
    """Lock a version and what it pins, so that no component goes back meanwhile."""
    lock_list_head()
    pinned = Version.objects.filter(
        dependents__dependent=version_id, dependents__kind__in=COMPONENT_KINDS
    )
    ids = {version_id, *pinned.values_list("pk", flat=True)}
    locked = {version.pk: version for version in Version.objects.locked().filter(pk__in=ids)}
    version = locked.get(version_id)
    if version is None:
        raise Version.DoesNotExist
    if set(pinned.values_list("pk", flat=True)) - set(locked):
        raise StateConflict(
            "changed_meanwhile", _("The components changed while you submitted: try again.")
        )
    return version


def _only_evidence_changed(cycle: ReviewCycle, revision: Revision) -> bool:
    return not difference(cycle.revision, revision)["fields"]


def _ask_confirmations(cycle: ReviewCycle, revision: Revision, *, now: datetime) -> ReviewCycle:
    """Ask each who asked for a change to confirm it on the new revision."""
    cycle.confirm(revision=revision)
    cycle.save()
    for task in cycle.tasks.filter(state=TaskState.DECIDED).order_by("pk"):
        if task.verdict.changes.unconfirmed().exists():
            task.ask_confirmation()
            task.save()
            notifications.tell_changes_to_confirm(task, now=now)
        else:
            notifications.tell_may_reopen(task, now=now)
    return cycle


def _void(cycle: ReviewCycle, version: Version, *, now: datetime) -> None:
    """Something else than the requested changes was changed: the verdicts count no more."""
    cycle.void(at=now)
    cycle.save()
    close_tasks(cycle)
    lapse_exemption(version, now=now)


@act("recall", roles=OWNERS)
def recall(version_id: int, *, reason: str, by: User, now: datetime) -> Version:
    """Take a version back from review: it is a draft again.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``wrong_state``.
    :raises InvalidInput: field ``reason``.
    """
    version: Version = Version.objects.locked().get(pk=version_id)
    check_can_recall(version, by, now)
    owed_reason(reason)
    cycle = ReviewCycle.objects.open().get(version=version)
    cycle.recall(at=now)
    cycle.save()
    close_tasks(cycle)
    lapse_exemption(version, now=now)
    version.recall(at=now)
    version.save()
    return version


@act("send_back", roles=[Role.REGULATORY_REVIEWER])
def send_back(version_id: int, *, reason: str, by: User, now: datetime) -> Version:
    """Send an approved version back to its owner to be changed.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``wrong_state``, ``later_version_open``, ``component_pinned``.
    :raises InvalidInput: field ``reason``.
    """
    version: Version = Version.objects.locked().get(pk=version_id)
    check_can_send_back(version, by, now)
    reason = owed_reason(reason)
    lapse_exemption(version, now=now)
    version.send_back(at=now)
    version.save()
    notifications.tell_sent_back(version, reason, now=now)
    return version


@act("cancel", roles=OWNERS)
def cancel(version_id: int, *, reason: str, by: User, now: datetime) -> Version:
    """Give a version up: its review ends, and its reserved reference is burnt.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``in_batch``, ``wrong_state``, ``component_pinned``.
    :raises InvalidInput: field ``reason``.
    """
    version: Version = Version.objects.locked().get(pk=version_id)
    check_can_cancel(version, by, now)
    reason = owed_reason(reason)
    cycle = ReviewCycle.objects.open().filter(version=version).first()
    if cycle is not None:
        cycle.cancel(at=now)
        cycle.save()
        close_tasks(cycle)
    version.cancel(at=now)
    if version.reference and version.reference.status == ReferenceStatus.RESERVED:
        burn_reference(version, reason=reason, by=by, now=now)
    else:
        version.save()
    return version
