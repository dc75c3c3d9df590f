"""What ends, when it can come back, and by when a renewal enters review (DOMAIN.md §8, "Planning").

``items.py`` says what ends; ``missed.py`` and ``renewals.py`` answer, on dates alone;
``portfolio.py`` reads what they need, in a constant number of queries.
"""

from approvals.submissions.forecast.items import Item
from approvals.submissions.forecast.missed import Lapse, horizon_of, lapses_if_missed
from approvals.submissions.forecast.portfolio import Portfolio
from approvals.submissions.forecast.renewals import Renewal, renewal_of, renewals_within

__all__ = [
    "Item",
    "Lapse",
    "Portfolio",
    "Renewal",
    "horizon_of",
    "lapses_if_missed",
    "renewal_of",
    "renewals_within",
]
