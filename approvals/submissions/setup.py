"""The published windows and the pieces asked for, installed after every migrate, idempotently.

What an import brought once is never brought again: a window stays as a person edited it.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.people.policies import check_system
from approvals.submissions.actions.windows import import_windows
from approvals.submissions.enums import PieceKind
from approvals.submissions.form_fr import QUESTIONS
from approvals.submissions.models import FormQuestion, NoticePlan, PieceRule
from approvals.submissions.windows_csv import SHIPPED, read_lines
from content.catalogue.models import Jurisdiction

# (category, kind of support, piece): blank means every one. Data: an administrator adds others.
PIECE_RULES = (
    ("", "", PieceKind.RECEIPT),
    ("PM", "", PieceKind.SMPC),
    ("", "film TV", PieceKind.SCRIPT),
    ("", "spot radio", PieceKind.SCRIPT),
    ("", "audiovisuel", PieceKind.SCRIPT),
)

# Days before the first day on which something may not be used (DOMAIN.md §8).
NOTICE_DAYS = [180, 90, 60, 30, 7]


def install(**kwargs: Any) -> None:
    """Install the windows that ship with the application, the pieces owed, and the form."""
    system, now = system_actor(), timezone.now()
    import_windows(read_lines(SHIPPED), by=system, now=now)
    install_piece_rules(by=system, now=now)
    install_form(by=system, now=now)
    install_notices(by=system, now=now)


@act("install_piece_rules")
def install_piece_rules(*, by: User, now: datetime) -> None:
    """Add the authority's usual pieces; one that a person removed stays removed.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    jurisdiction = Jurisdiction.objects.get(code="FR")
    kept = set(
        PieceRule.objects.filter(jurisdiction=jurisdiction).values_list(
            "category", "support_kind", "piece"
        )
    )
    for category, support_kind, piece in PIECE_RULES:
        if (category, support_kind, str(piece)) not in kept:
            PieceRule(
                jurisdiction=jurisdiction,
                category=category,
                support_kind=support_kind,
                piece=piece,
            ).save()


@act("install_form")
def install_form(*, by: User, now: datetime) -> None:
    """Add the questions of the French form; one that a person changed or retired stays so.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    jurisdiction = Jurisdiction.objects.get(code="FR")
    questions = FormQuestion.objects.filter(jurisdiction=jurisdiction)
    kept = set(questions.values_list("category", "key"))
    for place, wanted in enumerate(QUESTIONS, start=1):
        fields = {name: value for name, value in wanted.items() if name != "categories"}
        for category in wanted["categories"]:
            if (category, wanted["key"]) not in kept:
                FormQuestion(
                    jurisdiction=jurisdiction, category=category, position=place * 10, **fields
                ).save()


@act("install_notices")
def install_notices(*, by: User, now: datetime) -> None:
    """Say when people are told of an end, where nobody ever said so."""
    if not NoticePlan.objects.exists():
        NoticePlan(days=NOTICE_DAYS).save()
