"""Evidence: acts, the chained trail, its verification. Imports no domain app."""

from approvals.audit.acts import Act, act, current_act, is_under_way
from approvals.audit.errors import InvalidInput, PolicyDenied, Refusal, StateConflict

__all__ = [
    "Act",
    "InvalidInput",
    "PolicyDenied",
    "Refusal",
    "StateConflict",
    "act",
    "current_act",
    "is_under_way",
]
