"""Put together what the roles of a person need to see first."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.desk.dashboard import operations, owners, pharmacists, regulatory, reviewers
from approvals.desk.dashboard.cards import Card, Deed
from approvals.people.enums import OWNERS, PHARMACISTS, READERS_OF_ALL, REVIEWERS, Role
from approvals.people.models import User


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Put into unfold's index what the person's roles need to see."""
    by: Any = request.user
    now = timezone.now()
    person = by.first_name or by.username
    return context | {
        "title": _("Hello %(person)s") % {"person": person},
        "now": now,
        "deed": deed_of(by, now),
        "cards": cards_of(by, now),
        "search": by.holds(*OWNERS, *READERS_OF_ALL),
    }


def cards_of(by: User, now: datetime) -> list[Card]:
    """Return the cards of each role a person holds; the deposits of the day before the rest."""
    shown: list[Card] = []
    if by.holds(Role.REGULATORY_REVIEWER):
        shown += regulatory.cards(by, now)
    if by.holds(*REVIEWERS, *PHARMACISTS):
        shown += reviewers.cards(by, now)
    if by.holds(*OWNERS):
        shown += owners.cards(by, now)
    if by.holds(*PHARMACISTS):
        shown += pharmacists.cards(by, now)
    if by.holds(Role.INSPECTOR):
        shown += operations.inspector_cards(by, now)
    if by.holds(Role.ADMINISTRATOR):
        shown += operations.cards(by, now)
    return shown


def deed_of(by: User, now: datetime) -> Deed | None:
    """Return the one next thing to do: what others wait for comes first."""
    deeds = (
        (PHARMACISTS, pharmacists.deed),
        ((Role.REGULATORY_REVIEWER,), regulatory.deed_of_the_batch),
        (REVIEWERS + PHARMACISTS, reviewers.deed),
        ((Role.REGULATORY_REVIEWER,), regulatory.deed),
        (OWNERS, owners.deed),
    )
    for roles, find in deeds:
        if by.holds(*roles) and (found := find(by, now)):
            return found
    return None
