"""Every writer of release."""

from approvals.release.actions.acts import (
    freeze_product,
    release,
    resume,
    suspend,
    unfreeze_product,
    withdraw,
)
from approvals.release.actions.editions import sign_edition
from approvals.release.actions.impacts import (
    decide_impact,
    move_impact_deadline,
    open_impact_lists,
    remind_of_impacts,
    set_impact_term,
)

__all__ = [
    "decide_impact",
    "freeze_product",
    "move_impact_deadline",
    "open_impact_lists",
    "release",
    "remind_of_impacts",
    "resume",
    "set_impact_term",
    "sign_edition",
    "suspend",
    "unfreeze_product",
    "withdraw",
]
