"""Who may plan, batch, deposit and decide, and what the state allows (DOMAIN.md §3, §8)."""

from collections.abc import Callable
from datetime import datetime

from approvals.audit import PolicyDenied, StateConflict
from approvals.people.models import User
from approvals.submissions.models import Batch, Decision, DepositPackage, Dossier
from approvals.submissions.policies.batches import (
    BATCH_ROLES,
    check_can_add,
    check_can_add_piece,
    check_can_batch,
    check_can_cancel,
    check_can_edit_dossier,
    check_can_freeze,
    check_can_remove,
    check_can_unfreeze,
    check_dossier_preparing,
    check_none_deposited,
    check_preparing,
)
from approvals.submissions.policies.corrections import (
    check_can_correct,
    check_correction_facts,
    check_version_follows,
    corrected_state,
    entry_to_correct,
)
from approvals.submissions.policies.decisions import (
    check_can_decide,
    check_can_tie_letter,
    check_decision_facts,
    check_evaluation_over,
    check_letter,
)
from approvals.submissions.policies.deposits import (
    check_can_date_receipt,
    check_can_deposit,
    check_can_miss,
    check_deposit_time,
    check_digest,
    check_planned_outside,
    check_products_allow,
    check_proof_piece,
    check_received_on,
)
from approvals.submissions.policies.form import FORM_ROLES, SEES_FORM, check_can_keep_form
from approvals.submissions.policies.packages import (
    PACKAGE_READERS,
    check_can_download,
    check_can_read_package,
    check_can_retry,
    job_key,
    state_of_package,
    why_not_made,
)
from approvals.submissions.policies.planning import (
    WINDOW_ROLES,
    check_can_plan,
    check_can_record_window,
    check_outside_windows,
    check_window_takes,
)
from content.assets.models import Version

__all__ = [
    "BATCH_ROLES",
    "FORM_ROLES",
    "OFFERED",
    "PACKAGE_READERS",
    "SEES_FORM",
    "WINDOW_ROLES",
    "can_add",
    "can_add_piece",
    "can_batch",
    "can_cancel",
    "can_correct",
    "can_decide",
    "can_deposit",
    "can_edit_dossier",
    "can_freeze",
    "can_keep_form",
    "can_miss",
    "can_plan",
    "can_read_package",
    "can_record_window",
    "can_remove",
    "can_retry",
    "can_tie_letter",
    "can_unfreeze",
    "check_can_add",
    "check_can_add_piece",
    "check_can_batch",
    "check_can_cancel",
    "check_can_correct",
    "check_can_date_receipt",
    "check_can_decide",
    "check_can_deposit",
    "check_can_download",
    "check_can_edit_dossier",
    "check_can_freeze",
    "check_can_keep_form",
    "check_can_miss",
    "check_can_plan",
    "check_can_read_package",
    "check_can_record_window",
    "check_can_remove",
    "check_can_retry",
    "check_can_tie_letter",
    "check_can_unfreeze",
    "check_correction_facts",
    "check_decision_facts",
    "check_deposit_time",
    "check_digest",
    "check_dossier_preparing",
    "check_evaluation_over",
    "check_letter",
    "check_none_deposited",
    "check_outside_windows",
    "check_planned_outside",
    "check_preparing",
    "check_products_allow",
    "check_proof_piece",
    "check_received_on",
    "check_version_follows",
    "check_window_takes",
    "corrected_state",
    "entry_to_correct",
    "job_key",
    "state_of_package",
    "why_not_made",
]


def _may(check: Callable[[], object]) -> bool:
    try:
        check()
    except (PolicyDenied, StateConflict):
        return False
    return True


def can_record_window(by: User) -> bool:
    return _may(lambda: check_can_record_window(by))


def can_keep_form(by: User) -> bool:
    return _may(lambda: check_can_keep_form(by))


def can_batch(by: User) -> bool:
    return _may(lambda: check_can_batch(by))


def can_plan(version: Version, by: User, now: datetime) -> bool:
    return _may(lambda: check_can_plan(version, by, now))


def can_add(batch: Batch, version: Version, by: User) -> bool:
    return _may(lambda: check_can_add(batch, version, by))


def can_remove(dossier: Dossier, by: User) -> bool:
    return _may(lambda: check_can_remove(dossier, by))


def can_freeze(batch: Batch, by: User) -> bool:
    return _may(lambda: check_can_freeze(batch, by))


def can_unfreeze(batch: Batch, by: User) -> bool:
    return _may(lambda: check_can_unfreeze(batch, by))


def can_cancel(batch: Batch, by: User) -> bool:
    return _may(lambda: check_can_cancel(batch, by))


def can_edit_dossier(dossier: Dossier, by: User) -> bool:
    return _may(lambda: check_can_edit_dossier(dossier, by))


def can_add_piece(dossier: Dossier, kind: str, by: User) -> bool:
    return _may(lambda: check_can_add_piece(dossier, kind, by))


def can_deposit(dossier: Dossier, by: User) -> bool:
    return _may(lambda: check_can_deposit(dossier, by))


def can_miss(dossier: Dossier, by: User) -> bool:
    return _may(lambda: check_can_miss(dossier, by))


def can_decide(dossier: Dossier, outcome: str, by: User) -> bool:
    return _may(lambda: check_can_decide(dossier, outcome, by))


def can_read_package(by: User) -> bool:
    return _may(lambda: check_can_read_package(by))


def can_retry(package: DepositPackage | None, by: User) -> bool:
    return _may(lambda: check_can_retry(package, by))


def can_correct(dossier: Dossier, by: User) -> bool:
    return _may(lambda: check_can_correct(dossier, by))


def can_tie_letter(decision: Decision, by: User) -> bool:
    return _may(lambda: check_can_tie_letter(decision, by))


OFFERED: dict[str, Callable[[Version, User, datetime], bool]] = {"plan": can_plan}
