"""The list head and the jurisdictions, installed after every migrate, idempotently.

What is present stays as the administrator left it; only what is absent is added.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.catalogue.enums import VisaCategory
from content.catalogue.models import Jurisdiction, ListHead, VisaRule

JURISDICTIONS: tuple[dict[str, Any], ...] = (
    {"code": "FR", "name_fr": "France", "name_en": "France", "authority": "ANSM"},
    {
        "code": "GLOBAL",
        "name_fr": "Monde (modèles)",
        "name_en": "Global (masters)",
        "field_use": False,
    },
)
# L.5122-8 and L.5122-9: visa PM for professionals, GP for the public; two years, two months.
VISA_RULES = (
    ("FR", "promotional", "hcp", VisaCategory.PM),
    ("FR", "promotional", "public", VisaCategory.GP),
)


def install(**kwargs: Any) -> None:
    """Put the list head and the missing jurisdictions in place; safe to run again."""
    ListHead.objects.get_or_create(pk=1, defaults={"version": 0})
    present = set(Jurisdiction.objects.values_list("code", flat=True))
    missing = [row for row in JURISDICTIONS if row["code"] not in present]
    if missing:
        _install_jurisdictions(missing, by=system_actor(), now=timezone.now())


@act("install_jurisdictions")
def _install_jurisdictions(rows: list[dict[str, Any]], *, by: User, now: datetime) -> None:
    """Add jurisdictions with their visa rules."""
    for row in rows:
        jurisdiction = Jurisdiction(**row)
        jurisdiction.save()
        for code, nature, audience, category in VISA_RULES:
            if code == jurisdiction.code:
                VisaRule(
                    jurisdiction=jurisdiction, nature=nature, audience=audience, category=category
                ).save()
