"""Who may see what: the scope of a person, by role and team (DOMAIN.md §1, §9)."""

from dataclasses import dataclass

from approvals.people.enums import OWNERS, READERS_OF_ALL, Role
from approvals.people.models import User
from content.access.models import Membership, TeamProduct


@dataclass(frozen=True)
class Scope:
    """What a person may see.

    ``sees_all``: every asset in preparation; ``prepares``: their teams' assets in preparation;
    ``sees_medical``: medical assets too; ``team_ids`` and ``product_ids``: what their teams hold.
    """

    sees_all: bool
    prepares: bool
    sees_medical: bool
    team_ids: frozenset[int]
    product_ids: frozenset[int]


def scope_of(user: User) -> Scope:
    """Return a person's scope today, in at most three queries."""
    teams = frozenset(Membership.objects.filter(user=user).values_list("team_id", flat=True))
    products = frozenset(
        TeamProduct.objects.filter(team__in=teams).values_list("product_id", flat=True)
    )
    sees_all = user.holds(*READERS_OF_ALL)
    return Scope(
        sees_all=sees_all,
        prepares=sees_all or user.holds(*OWNERS),
        sees_medical=sees_all or user.holds(Role.MEDICAL_PROJECT_MANAGER, Role.MSL),
        team_ids=teams,
        product_ids=products,
    )
