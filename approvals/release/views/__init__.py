"""The pharmacist's pages."""

from approvals.release.views.acts import (
    FreezeProduct,
    Queue,
    Release,
    Resume,
    StoppedByFreeze,
    Suspend,
    UnfreezeProduct,
    Withdraw,
)
from approvals.release.views.editions import SignEdition
from approvals.release.views.impacts import (
    DecideImpact,
    Impact,
    ImpactDeadline,
    Impacts,
    ImpactTermPage,
)

__all__ = [
    "DecideImpact",
    "FreezeProduct",
    "Impact",
    "ImpactDeadline",
    "ImpactTermPage",
    "Impacts",
    "Queue",
    "Release",
    "Resume",
    "SignEdition",
    "StoppedByFreeze",
    "Suspend",
    "UnfreezeProduct",
    "Withdraw",
]
