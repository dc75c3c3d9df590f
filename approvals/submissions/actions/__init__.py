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
from approvals.submissions.actions.clocks import remind_of_clocks
from approvals.submissions.actions.corrections import correct_decision
from approvals.submissions.actions.decisions import decide, tie_letter
from approvals.submissions.actions.deposits import deposit, miss
from approvals.submissions.actions.dossiers import add_piece, edit_dossier
from approvals.submissions.actions.form import add_piece_rule, remove_piece_rule, save_question
from approvals.submissions.actions.notices import plan_notices, tell_endings
from approvals.submissions.actions.packages import (
    build,
    package_file,
    record_package,
    retry_package,
)
from approvals.submissions.actions.planning import burn_lapsed_references, plan
from approvals.submissions.actions.windows import edit_window, import_windows, record_window

__all__ = [
    "add_piece",
    "add_piece_rule",
    "add_to_batch",
    "build",
    "burn_lapsed_references",
    "cancel_batch",
    "correct_decision",
    "create_batch",
    "decide",
    "deposit",
    "edit_dossier",
    "edit_window",
    "freeze_batch",
    "import_windows",
    "miss",
    "package_file",
    "plan",
    "plan_notices",
    "record_package",
    "record_window",
    "remind_of_clocks",
    "remove_from_batch",
    "remove_piece_rule",
    "renew_calendar_address",
    "retry_package",
    "revoke_calendar_address",
    "save_question",
    "tell_endings",
    "tie_letter",
    "unfreeze_batch",
]
