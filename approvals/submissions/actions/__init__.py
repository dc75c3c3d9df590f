"""Every writer of submissions."""

from approvals.submissions.actions.batches import (
    add_to_batch,
    cancel_batch,
    create_batch,
    freeze_batch,
    remove_from_batch,
    unfreeze_batch,
)
from approvals.submissions.actions.calendars import (
    renew_calendar_address,
    revoke_calendar_address,
)
from approvals.submissions.actions.decisions import decide
from approvals.submissions.actions.deposits import deposit, miss
from approvals.submissions.actions.dossiers import add_piece, edit_dossier
from approvals.submissions.actions.planning import burn_lapsed_references, plan
from approvals.submissions.actions.windows import edit_window, import_windows, record_window

__all__ = [
    "add_piece",
    "add_to_batch",
    "burn_lapsed_references",
    "cancel_batch",
    "create_batch",
    "decide",
    "deposit",
    "edit_dossier",
    "edit_window",
    "freeze_batch",
    "import_windows",
    "miss",
    "plan",
    "record_window",
    "remove_from_batch",
    "renew_calendar_address",
    "revoke_calendar_address",
    "unfreeze_batch",
]
