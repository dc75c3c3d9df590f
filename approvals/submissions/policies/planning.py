"""Who may record windows and plan a deposit (DOMAIN.md §8)."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict
from approvals.people.enums import Role
from approvals.people.models import SYSTEM_USERNAME, User
from approvals.people.policies import check_role
from approvals.submissions.models import (
    DepositWindow,
)
from content.assets.enums import PLANNABLE, ChangeKind, State
from content.assets.models import Version
from content.assets.policies import check_owner
from content.calendar import day_in_words

WINDOW_ROLES = (Role.REGULATORY_REVIEWER, Role.ADMINISTRATOR)


def check_can_record_window(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless regulatory, an administrator or the system."""
    if by.username != SYSTEM_USERNAME:
        check_role(by, WINDOW_ROLES)


def check_can_plan(version: Version, by: User, now: datetime) -> None:
    """Let the owner plan a deposit, from draft to approved, where a visa is needed.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_plannable``, ``no_visa_needed``, ``visa_carried``.
    """
    check_owner(version, by, now)
    if version.state not in PLANNABLE:
        raise StateConflict(
            "not_plannable",
            _("%(version)s is %(state)s: a deposit is planned from draft to approved.")
            % {"version": version, "state": State(version.state).label},
        )
    if not version.needs_visa:
        raise StateConflict(
            "no_visa_needed", _("%(version)s needs no visa.") % {"version": version}
        )
    if version.change_kind == ChangeKind.MINOR_MODIFICATION:
        raise StateConflict(
            "visa_carried",
            _("A minor modification keeps its predecessor's reference and needs no deposit."),
        )


def check_window_takes(window: DepositWindow, version: Version, day: date) -> None:
    """Refuse a window that closed, or of another category or country.

    :raises InvalidInput: field ``window``: ``window_closed``, ``wrong_category``.
    """
    if window.is_closed(day):
        raise InvalidInput.at(
            "window",
            _("This window closed on %(day)s: choose one that is still ahead.")
            % {"day": day_in_words(window.closes_on)},
            "window_closed",
        )
    if window.category != version.visa_category:
        raise InvalidInput.at(
            "window",
            _("This window is for %(window)s, this version needs %(version)s: choose another.")
            % {"window": window.category, "version": version.visa_category},
            "wrong_category",
        )
    if window.jurisdiction_id != version.asset.jurisdiction_id:
        raise InvalidInput.at(
            "window", _("This window is of another country: choose another."), "wrong_jurisdiction"
        )


def check_outside_windows(version: Version) -> None:
    """Let only what already had a visa be deposited outside the windows (R.5122-2-1).

    :raises StateConflict: ``never_had_a_visa``.
    """
    had_one = Version.objects.filter(
        asset=version.asset_id, number__lt=version.number, visa__isnull=False
    ).exists()
    if not had_one:
        raise StateConflict(
            "never_had_a_visa",
            _(
                "Outside the windows, R.5122-2-1 admits only a support that already had a visa: "
                "plan this version for a window."
            ),
        )
