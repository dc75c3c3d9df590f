"""The published windows and the pieces asked for, installed after every migrate, idempotently.

What an import brought once is never brought again: a window stays as a person edited it.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.submissions.actions.windows import import_windows
from approvals.submissions.enums import PieceKind
from approvals.submissions.models import NoticePlan, PieceRule
from approvals.submissions.windows_csv import SHIPPED, read_lines
from content.catalogue.models import Jurisdiction

# (kind of support, piece): a blank kind means every support. Data: an administrator adds others.
PIECE_RULES = (
    ("", PieceKind.RECEIPT),
    ("film TV", PieceKind.SCRIPT),
    ("spot radio", PieceKind.SCRIPT),
    ("audiovisuel", PieceKind.SCRIPT),
)

# Days before the first day on which something may not be used (DOMAIN.md §8).
NOTICE_DAYS = [180, 90, 60, 30, 7]


def install(**kwargs: Any) -> None:
    """Install the windows that ship with the application and the pieces that are owed."""
    system, now = system_actor(), timezone.now()
    import_windows(read_lines(SHIPPED), by=system, now=now)
    install_piece_rules(by=system, now=now)
    install_notices(by=system, now=now)


@act("install_piece_rules")
def install_piece_rules(*, by: User, now: datetime) -> None:
    """Add the authority's usual pieces where no rule was ever kept."""
    jurisdiction = Jurisdiction.objects.get(code="FR")
    if PieceRule.objects.filter(jurisdiction=jurisdiction).exists():
        return
    for support_kind, piece in PIECE_RULES:
        PieceRule(jurisdiction=jurisdiction, support_kind=support_kind, piece=piece).save()


@act("install_notices")
def install_notices(*, by: User, now: datetime) -> None:
    """Say when people are told of an end, where nobody ever said so."""
    if not NoticePlan.objects.exists():
        NoticePlan(days=NOTICE_DAYS).save()
