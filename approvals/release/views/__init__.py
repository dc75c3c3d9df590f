"""The pharmacist's pages."""

from approvals.release.views.acts import (
    FreezeProduct,
    Queue,
    Release,
    Resume,
    Suspend,
    UnfreezeProduct,
    Withdraw,
)

__all__ = [
    "FreezeProduct",
    "Queue",
    "Release",
    "Resume",
    "Suspend",
    "UnfreezeProduct",
    "Withdraw",
]
