"""Whether the authority's calendar of the year that is due is known (DOMAIN.md §8, "Windows")."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from approvals.people.models import User
from approvals.submissions.models import DepositWindow
from approvals.submissions.policies import can_record_window
from content.catalogue.models import VisaRule

# The authority publishes a year's windows before this day of the year before (month, day).
PUBLISHED_BEFORE = (11, 1)


@dataclass(frozen=True)
class MissingCalendar:
    """A category without a published window in a year; ``provisional`` counts the expected ones."""

    category: str
    year: int
    provisional: int

    def __str__(self) -> str:
        given = {"category": self.category, "year": self.year}
        if self.provisional:
            return (
                _(
                    "The %(category)s windows of %(year)s are only provisional: nothing can be "
                    "deposited in them until they are published."
                )
                % given
            )
        return _("No %(category)s window of %(year)s is published yet.") % given


def year_due(day: date) -> int:
    """Return the year whose windows are published by now: the next one after 1 November."""
    return day.year + 1 if (day.month, day.day) > PUBLISHED_BEFORE else day.year


def missing_calendars(day: date) -> list[MissingCalendar]:
    """Return each category that has no published window in the year that is due."""
    year = year_due(day)
    windows = DepositWindow.objects.filter(opens_on__year=year, made_up=False)
    rules = VisaRule.objects.exclude(jurisdiction__authority="").order_by("category")
    missing = []
    for jurisdiction, category in rules.values_list("jurisdiction", "category").distinct():
        those = windows.filter(jurisdiction=jurisdiction, category=category)
        if not those.filter(provisional=False).exists():
            missing.append(MissingCalendar(category, year, those.count()))
    return missing


def calendars_owed(by: User, day: date) -> list[MissingCalendar]:
    """Return the missing calendars for whoever records windows; nothing for others."""
    return missing_calendars(day) if can_record_window(by) else []
