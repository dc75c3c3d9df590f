"""What ends: the last version of a piece that may be used, and what is ready to follow it."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from approvals.submissions.backward import working_days_before
from approvals.submissions.models import DepositWindow
from content.assets.enums import LimitCode
from content.assets.models import Version

# Ends that a new version makes good; the others were decided, or no visa changes them.
RENEWABLE = (LimitCode.EXPIRED, LimitCode.DEPENDENCY)
# Ends that nobody decided on this very version: people are told of them beforehand.
FORESEEN = (*RENEWABLE, LimitCode.AUTHORISATION_ENDED, LimitCode.PUBLIC_NOT_ALLOWED)


# A page asks this for many items and few windows.
days_before = lru_cache(maxsize=4096)(working_days_before)


@dataclass(frozen=True)
class Item:
    """A version with the first day on which it may not be used, and what follows it.

    ``category`` is the visa that a renewal needs (``""``: none); ``listed``: it has days of use
    to come, where one that is suspended or not released has none; ``taken_over_on``: a later
    version may be used from that day; ``settled_on``: the successor waits for no window any
    more, and may be used from that day if the authority stays silent; ``days_needed``: working
    days that a renewal still takes before a closing; ``authorised_until``: the first day on which
    one of its products is authorised no more.
    """

    version: Version
    ends_on: date
    limited_by: str
    category: str
    listed: bool
    review_days: int
    days_needed: int
    successor: Version | None = None
    window: DepositWindow | None = None
    settled_on: date | None = None
    taken_over_on: date | None = None
    authorised_until: date | None = None

    @property
    def is_renewable(self) -> bool:
        return self.limited_by in RENEWABLE

    def can_make(self, window: DepositWindow, today: date) -> bool:
        """Whether a renewal that goes on today is ready in time for a window."""
        return self.deadline_for(window) >= today

    def deadline_for(self, window: DepositWindow) -> date:
        """Return the last day from which what is left to do still ends by a window's closing."""
        return days_before(window.closes_on, self.days_needed)

    def takes(self, window: DepositWindow) -> bool:
        """Whether its renewal is deposited in windows of this kind."""
        return (
            window.category == self.category
            and window.jurisdiction_id == self.version.asset.jurisdiction_id
        )

    def is_authorised_on(self, day: date) -> bool:
        return self.authorised_until is None or day < self.authorised_until
