"""Who runs the pre-checks again, who sets their severity, and when one stops a submission."""

from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied, Refusal, StateConflict
from approvals.people.enums import PHARMACISTS, REVIEWERS, Role
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.review.enums import PrecheckOutcome, PrecheckSeverity
from approvals.review.models import PrecheckKind, PrecheckResult, PrecheckRun
from approvals.review.policies.standing import wrong_state
from approvals.review.prechecks.rules import ASKED_AT_UPLOAD
from approvals.review.prechecks.subject import subject_of
from content.assets.enums import FINAL
from content.assets.models import Revision, Version
from content.assets.policies import check_owner


def check_can_run_prechecks(version: Version, by: User, now: datetime) -> Revision:
    """Let the owner and those who review run the checks again; return the revision.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``wrong_state``, ``no_files``, ``prechecks_waiting``.
    """
    try:
        check_owner(version, by, now)
    except PolicyDenied:
        check_role(by, (*REVIEWERS, *PHARMACISTS))
    if version.state in FINAL:
        raise wrong_state(version, _("what is finished is not checked again."))
    revision: Revision | None = version.current_revision
    if revision is None:
        raise StateConflict("no_files", _("No file was uploaded yet: there is nothing to check."))
    if PrecheckRun.objects.of(revision).waiting().exists():
        raise StateConflict(
            "prechecks_waiting",
            _("The pre-checks are under way: their results come by themselves."),
        )
    return revision


def can_run_prechecks(version: Version, by: User, now: datetime) -> bool:
    try:
        check_can_run_prechecks(version, by, now)
    except Refusal:
        return False
    return True


def check_can_set_severity(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator."""
    check_role(by, [Role.ADMINISTRATOR])


def can_set_severity(by: User) -> bool:
    return by.is_active and by.holds(Role.ADMINISTRATOR)


def is_up_to_date(run: PrecheckRun, revision: Revision) -> bool:
    """Whether a run of a revision judged against what would be looked for now."""
    return run.basis == subject_of(revision).basis


def blocking_unjudged(version: Version) -> bool:
    """Whether a check that can stop a submission has no answer for the version as it is now.

    Those that every upload asks need no run (ADR 0025).
    """
    if not PrecheckKind.objects.blocking().exclude(code__in=ASKED_AT_UPLOAD).exists():
        return False
    revision = version.current_revision
    if revision is None:
        return False
    latest = PrecheckRun.objects.of(revision).completed().first()
    return latest is None or not is_up_to_date(latest, revision)


def check_no_precheck_blocks(version: Version) -> None:
    """Refuse what failed a check whose severity is blocking, on the version as it is now.

    :raises StateConflict: ``precheck_failed``.
    """
    revision = version.current_revision
    latest = PrecheckRun.objects.of(revision).completed().first()
    if latest is None:
        return
    failed = PrecheckResult.objects.filter(
        run=latest, outcome=PrecheckOutcome.FAIL, kind__severity=PrecheckSeverity.BLOCKING
    )
    first: PrecheckResult | None = failed.select_related("kind").order_by("kind__position").first()
    if first is None or not is_up_to_date(latest, revision):
        return
    raise StateConflict(
        "precheck_failed",
        _("%(version)s fails a pre-check that stops a submission — %(check)s: %(detail)s")
        % {"version": version, "check": first.kind, "detail": first.detail},
    )


def check_prechecks_are_judged(version: Version) -> None:
    """Refuse while a blocking check has no answer: submitting asks for it before the act.

    :raises StateConflict: ``prechecks_pending``.
    """
    if blocking_unjudged(version):
        raise StateConflict(
            "prechecks_pending",
            _("%(version)s changed while its pre-checks ran: submit it again.")
            % {"version": version},
        )
