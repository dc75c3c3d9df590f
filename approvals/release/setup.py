"""The terms of impact lists, installed after every migrate; what regulatory set stays."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.release.models import ImpactTerm
from content.catalogue.enums import SourceKind

# No text gives a term: a month, until regulatory affairs sets another (DOMAIN.md §8).
DAYS = 30


def install(**kwargs: Any) -> None:
    """Put the missing terms in place; safe to run again."""
    present = set(ImpactTerm.objects.values_list("kind", flat=True))
    missing = [kind for kind in SourceKind.values if kind not in present]
    if missing:
        _install_terms(missing, by=system_actor(), now=timezone.now())


@act("install_impact_terms")
def _install_terms(kinds: list[str], *, by: User, now: datetime) -> None:
    """Add the terms of kinds of sources."""
    for kind in kinds:
        ImpactTerm(kind=kind, days=DAYS).save()
