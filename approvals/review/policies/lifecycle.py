"""Submit, resubmit, recall, send back, cancel: who, and in which state (DOMAIN.md §3)."""

from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, Refusal, StateConflict
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.review.enums import CycleState
from approvals.review.models import RequestedChange, ReviewCycle, Route
from approvals.review.policies.prechecks import check_no_precheck_blocks
from approvals.review.policies.standing import wrong_state
from content.assets.enums import (
    CANCELLABLE,
    COMPONENT_KINDS,
    EDITABLE,
    FINAL,
    IN_PREPARATION,
    PINNABLE,
    ChangeKind,
    State,
)
from content.assets.models import Version
from content.assets.policies import check_owner
from content.calendar import paris_day


def check_can_submit(version: Version, by: User, now: datetime) -> None:
    """Let the owner, or who stands in for them, send a version to review, or back to it.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``wrong_state``, ``window_not_planned``, ``component_not_approved``,
        ``no_new_revision``, ``changes_unanswered``, ``no_visa_to_carry``, ``no_route``,
        ``precheck_failed``.
    :raises InvalidInput: field ``files``, code ``no_files``.
    """
    check_owner(version, by, now)
    if version.state not in EDITABLE:
        raise wrong_state(version, _("only a draft, or one to be changed, is submitted."))
    revision = version.current_revision
    if revision is None or not revision.files.exists():
        raise InvalidInput.at(
            "files",
            _("%(version)s has no file: upload one before you submit it.") % {"version": version},
            "no_files",
        )
    if version.state == State.CHANGES_REQUESTED:
        check_changes_are_answered(version)
    if version.change_kind == ChangeKind.MINOR_MODIFICATION:
        predecessor_with_visa(version, now)
    elif version.needs_visa and version.reference_id is None:
        raise StateConflict(
            "window_not_planned",
            _("%(version)s needs a visa: plan its deposit window before you submit it.")
            % {"version": version},
        )
    check_components(version)
    route_of(version)
    check_no_precheck_blocks(version)


def route_of(version: Version) -> Route:
    """Return the most specific route that fits a version's asset.

    :raises StateConflict: ``no_route``.
    """
    route = Route.objects.fitting(version.asset).first()
    if route is None:
        raise StateConflict(
            "no_route",
            _("No review route fits %(version)s: ask an administrator to add one.")
            % {"version": version},
        )
    return route


def check_changes_are_answered(version: Version) -> None:
    """Ask for a new revision, and an answer to each change asked for.

    :raises StateConflict: ``no_new_revision``, ``changes_unanswered``.
    """
    cycle = ReviewCycle.objects.latest_of(version)
    if cycle is None:
        return
    if version.current_revision.pk == cycle.revision_id:
        raise StateConflict(
            "no_new_revision",
            _("Upload a corrected revision of %(version)s before you submit it again.")
            % {"version": version},
        )
    unanswered = RequestedChange.objects.standing().unconfirmed()
    if unanswered.filter(verdict__cycle=cycle, answered_at__isnull=True).exists():
        raise StateConflict(
            "changes_unanswered",
            _("A change asked of %(version)s has no answer: say where each one was made.")
            % {"version": version},
        )


def check_components(version: Version) -> None:
    """Ask that every pinned component is approved or released.

    :raises StateConflict: ``component_not_approved``.
    """
    pinned = version.dependencies.filter(kind__in=COMPONENT_KINDS)
    late = pinned.exclude(target__state__in=PINNABLE).select_related("target__asset").first()
    if late is not None:
        raise StateConflict(
            "component_not_approved",
            _("The component %(component)s is “%(state)s”: it must be approved or released first.")
            % {"component": late.target, "state": late.target.get_state_display()},
        )


def predecessor_with_visa(version: Version, now: datetime) -> Version:
    """Return the version whose visa a minor modification keeps.

    A visa of another category, or whose reference names another lead product, covers nothing.

    :raises StateConflict: ``no_visa_to_carry``.
    """
    lead = version.asset.lead_product
    standing = Version.objects.filter(
        asset=version.asset_id,
        number__lt=version.number,
        visa__category=version.visa_category,
        visa__reference__cis=lead.cis if lead else "",
        visa__ends_on__gt=paris_day(now),
        state__in=(State.CLEARED, State.RELEASED, State.SUSPENDED),
    )
    predecessor = standing.select_related("visa", "reference").order_by("-number").first()
    if predecessor is None:
        raise StateConflict(
            "no_visa_to_carry",
            _(
                "No earlier version of %(code)s has a visa in force of its category and lead"
                " product: a minor modification has nothing to keep. Choose another kind of change."
            )
            % {"code": version.asset.code},
        )
    return predecessor


def check_can_recall(version: Version, by: User, now: datetime) -> None:
    """:raises PolicyDenied: ``not_owner``; :raises StateConflict: ``wrong_state``."""
    check_owner(version, by, now)
    if version.state != State.IN_REVIEW:
        raise wrong_state(version, _("only what is in review is recalled."))


def check_can_cancel(version: Version, by: User, now: datetime) -> None:
    """Let the owner give a version up, not while it is in a batch.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``in_batch``, ``wrong_state``, ``component_pinned``.
    """
    check_owner(version, by, now)
    if version.state == State.IN_BATCH:
        raise StateConflict(
            "in_batch",
            _("%(version)s is in a batch: ask regulatory affairs to take it out first.")
            % {"version": version},
        )
    if version.state not in CANCELLABLE:
        raise wrong_state(version, _("only what is in preparation is cancelled."))
    if version.state == State.APPROVED:
        _check_not_pinned(version)


def check_can_send_back(version: Version, by: User, now: datetime) -> None:
    """Let regulatory send an approved version back to its owner, unless something pins it.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``wrong_state``, ``later_version_open``, ``component_pinned``.
    """
    check_role(by, [Role.REGULATORY_REVIEWER])
    if version.state != State.APPROVED:
        raise wrong_state(version, _("only what is approved is sent back."))
    _check_none_in_preparation(version)
    _check_not_pinned(version)


def _check_not_pinned(version: Version) -> None:
    """Keep a component that something submitted pins (DOMAIN.md §3).

    :raises StateConflict: ``component_pinned``.
    """
    submitted = version.dependents.filter(kind__in=COMPONENT_KINDS).exclude(
        dependent__state__in=(*EDITABLE, *FINAL)
    )
    pinning = submitted.select_related("dependent__asset").first()
    if pinning is not None:
        raise StateConflict(
            "component_pinned",
            _("%(dependent)s was submitted with %(version)s, which stays as it is.")
            % {"dependent": pinning.dependent, "version": version},
        )


def _check_none_in_preparation(version: Version) -> None:
    """One version of an asset is in preparation at a time; a batch may have let another begin.

    :raises StateConflict: ``later_version_open``.
    """
    others = Version.objects.filter(asset=version.asset_id, state__in=IN_PREPARATION)
    other = others.exclude(pk=version.pk).first()
    if other is not None:
        raise StateConflict(
            "later_version_open",
            _("%(other)s is being prepared: its owner cancels it before %(version)s goes back.")
            % {"other": other, "version": version},
        )


def check_can_answer(version: Version, by: User, now: datetime) -> ReviewCycle:
    """Let the owner say where each change was made, on a new revision; return the cycle.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``wrong_state``, ``no_new_revision``.
    """
    check_owner(version, by, now)
    cycle = ReviewCycle.objects.latest_of(version)
    if version.state != State.CHANGES_REQUESTED or cycle is None:
        raise wrong_state(version, _("changes are answered once they were asked for."))
    if version.current_revision.pk == cycle.revision_id:
        raise StateConflict(
            "no_new_revision",
            _("Upload a corrected revision of %(version)s before you answer the changes.")
            % {"version": version},
        )
    return cycle


def changes_to_answer(version: Version) -> list[RequestedChange]:
    """Return the changes asked for in the version's last cycle that are not confirmed."""
    cycle = ReviewCycle.objects.latest_of(version)
    standing = RequestedChange.objects.standing().unconfirmed().filter(verdict__cycle=cycle)
    return list(standing.select_related("verdict__task").order_by("verdict", "position"))


def can_answer(version: Version, by: User, now: datetime) -> bool:
    """Whether a person may now say where changes were made, and some have no answer."""
    try:
        check_can_answer(version, by, now)
    except Refusal:
        return False
    return any(change.answered_at is None for change in changes_to_answer(version))


def continues(cycle: ReviewCycle | None) -> bool:
    """Whether a resubmission goes on with a cycle: only changes to evidence were asked for."""
    return cycle is not None and cycle.state == CycleState.AWAITING_CHANGES


def can_submit(version: Version, by: User, now: datetime) -> bool:
    try:
        check_can_submit(version, by, now)
    except Refusal:
        return False
    return True


def can_recall(version: Version, by: User, now: datetime) -> bool:
    try:
        check_can_recall(version, by, now)
    except Refusal:
        return False
    return True


def can_cancel(version: Version, by: User, now: datetime) -> bool:
    try:
        check_can_cancel(version, by, now)
    except Refusal:
        return False
    return True


def can_send_back(version: Version, by: User, now: datetime) -> bool:
    try:
        check_can_send_back(version, by, now)
    except Refusal:
        return False
    return True
