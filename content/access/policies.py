"""Who belongs where, who sees what, and who stands in for whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.people.enums import OWNERS, PHARMACISTS, READERS_OF_ALL, REVIEWERS, Role
from approvals.people.models import SYSTEM_USERNAME, User
from approvals.people.policies import check_role
from content.access.models import Delegation, Membership, TeamProduct
from content.calendar import paris_day
from content.catalogue.models import Product

# What can be lent: work on assets. Not the inspector's, the administrator's, the field's or an
# agency's; nor a deputy's, who only ever acts for the responsible pharmacist.
DELEGABLE = (*OWNERS, *REVIEWERS, Role.RESPONSIBLE_PHARMACIST)
ABLE_TO_STAND_IN = (*OWNERS, *REVIEWERS, *PHARMACISTS)


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
    """Return a person's scope today, in at most two queries."""
    held = Membership.objects.filter(user=user).values_list(
        "team_id", "team__team_products__product_id"
    )
    pairs = list(held)
    sees_all = user.holds(*READERS_OF_ALL)
    return Scope(
        sees_all=sees_all,
        prepares=sees_all or user.holds(*OWNERS),
        sees_medical=sees_all or user.holds(Role.MEDICAL_PROJECT_MANAGER, Role.MSL),
        team_ids=frozenset(team for team, _ in pairs),
        product_ids=frozenset(product for _, product in pairs if product is not None),
    )


def products_of(user: User) -> QuerySet[Product]:
    """Return the products of a person's teams."""
    return Product.objects.filter(
        pk__in=TeamProduct.objects.filter(team__memberships__user=user).values("product_id")
    )


def belongs_to(user: User, *, product_ids: Collection[int], team_id: int | None) -> bool:
    """Whether an asset of these products, or of this team, belongs to a team of the person."""
    if product_ids:
        return TeamProduct.objects.filter(
            team__memberships__user=user, product_id__in=product_ids
        ).exists()
    return team_id is not None and user.memberships.filter(team_id=team_id).exists()


def check_belongs_to(user: User, *, product_ids: Collection[int], team_id: int | None) -> None:
    """Refuse to make an asset for a team that is not one's own.

    :raises PolicyDenied: ``not_your_team``.
    """
    if not belongs_to(user, product_ids=product_ids, team_id=team_id):
        raise PolicyDenied(
            "not_your_team",
            _("This belongs to another team: ask one of its members, or an administrator."),
        )


def check_can_manage_teams(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system."""
    if by.username != SYSTEM_USERNAME:
        check_role(by, [Role.ADMINISTRATOR])


def can_manage_teams(by: User) -> bool:
    try:
        check_can_manage_teams(by)
    except PolicyDenied:
        return False
    return True


def check_can_delegate(by: User, to: User, roles: Collection[str]) -> None:
    """Refuse to lend what one does not hold oneself, or to somebody who cannot take it.

    :raises InvalidInput: field ``roles`` if empty or unknown, ``delegate`` if it is oneself or
        somebody deactivated.
    :raises PolicyDenied: ``role_not_delegable``, ``role_missing`` (also: no re-delegation),
        ``deputy_required``, ``delegate_cannot_act``.
    """
    _check_roles_exist(roles)
    if to.pk == by.pk or not to.is_active:
        raise InvalidInput.at("delegate", _("Choose another person, who is active."))
    if not set(roles) <= set(DELEGABLE):
        raise PolicyDenied("role_not_delegable", _("This role cannot be lent to somebody else."))
    for role in roles:
        # Only what one holds oneself: what was lent is not lent on.
        check_role(by, [role])
    if Role.RESPONSIBLE_PHARMACIST in roles and not to.holds(Role.DEPUTY_PHARMACIST):
        raise PolicyDenied(
            "deputy_required",
            _("The responsible pharmacist's acts go only to a deputy pharmacist: choose one."),
        )
    if not to.holds(*ABLE_TO_STAND_IN):
        raise PolicyDenied(
            "delegate_cannot_act",
            _("%(person)s neither prepares nor reviews anything: choose somebody who does.")
            % {"person": to},
        )


def _check_roles_exist(roles: Collection[str]) -> None:
    if not roles or not set(roles) <= set(Role.values):
        raise InvalidInput.at("roles", _("Name at least one role of the house."))


def check_can_revoke(by: User, delegation: Delegation) -> None:
    """Let the person who lent, or an administrator, take it back, once.

    :raises PolicyDenied: ``not_your_delegation``.
    :raises StateConflict: ``already_revoked``.
    """
    if by.pk != delegation.delegator_id and not by.holds(Role.ADMINISTRATOR):
        raise PolicyDenied(
            "not_your_delegation",
            _("Only the person who gave this delegation, or an administrator, revokes it."),
        )
    if delegation.revoked_at is not None:
        raise StateConflict("already_revoked", _("This delegation was already revoked."))


def can_revoke(by: User, delegation: Delegation) -> bool:
    try:
        check_can_revoke(by, delegation)
    except (PolicyDenied, StateConflict):
        return False
    return True


def delegators_of(
    by: User, role: str, day: date, *, product_ids: Collection[int] | None = None
) -> list[User]:
    """Return whose role a person may exercise on a day, the oldest delegation first.

    A delegation limited to products covers an act only if it covers every product of it;
    ``product_ids=None`` says that the act has no product, which a limited one never covers. A
    delegator who left, or lost the role, lends nothing any more; nor does the pharmacist to
    somebody who is no longer a deputy (DOMAIN.md §6).
    """
    if role == Role.RESPONSIBLE_PHARMACIST and not by.holds(Role.DEPUTY_PHARMACIST):
        return []
    found: list[User] = []
    in_force = Delegation.objects.in_force(day).filter(delegate=by).order_by("pk")
    for delegation in in_force.select_related("delegator").prefetch_related("products"):
        limits = {product.pk for product in delegation.products.all()}
        covered = not limits or (bool(product_ids) and limits.issuperset(product_ids or ()))
        lender = delegation.delegator
        if covered and role in delegation.roles and lender.is_active and lender.holds(role):
            found.append(lender)
    return found


def delegates_for(role: str, day: date, *, product_ids: Collection[int] | None = None) -> set[int]:
    """Return the ids of those to whom a role is lent on a day, for an act on these products."""
    in_force = Delegation.objects.in_force(day).select_related("delegate")
    lent = [row.delegate for row in in_force if role in row.roles]
    return {
        person.pk
        for person in lent
        if person.is_active and delegators_of(person, role, day, product_ids=product_ids)
    }


def lent_to(by: User, day: date) -> list[tuple[str, frozenset[int]]]:
    """Return the roles lent to a person on a day, each with its products (none: all of them).

    For lists; ``delegators_of`` decides on one act.
    """
    in_force = Delegation.objects.in_force(day).filter(delegate=by).order_by("pk")
    lent = []
    for delegation in in_force.select_related("delegator").prefetch_related("products"):
        limits = frozenset(product.pk for product in delegation.products.all())
        lender = delegation.delegator
        for role in delegation.roles:
            deputy = role != Role.RESPONSIBLE_PHARMACIST or by.holds(Role.DEPUTY_PHARMACIST)
            if deputy and lender.is_active and lender.holds(role):
                lent.append((role, limits))
    return lent


def acting_for(
    by: User, role: str, day: date, *, product_ids: Collection[int] | None = None
) -> User | None:
    """Return the person in whose place ``by`` may exercise a role on a day, if any."""
    return next(iter(delegators_of(by, role, day, product_ids=product_ids)), None)


def check_can_act_in_role(
    by: User,
    role: str,
    *,
    now: datetime,
    product_ids: Collection[int] | None = None,
    on_behalf_of: User | None = None,
) -> User | None:
    """Return None when a person acts in their own role, else the person they stand in for.

    :raises PolicyDenied: ``no_delegation`` when the delegation named is not in force,
        ``role_missing`` when nothing gives the role.
    """
    day = paris_day(now)
    if on_behalf_of is None:
        if by.is_active and by.holds(role):
            return None
        lender = acting_for(by, role, day, product_ids=product_ids)
        if lender is None or not by.is_active:
            check_role(by, [role])
        return lender
    lenders = delegators_of(by, role, day, product_ids=product_ids)
    if not by.is_active or on_behalf_of.pk not in {lender.pk for lender in lenders}:
        raise PolicyDenied(
            "no_delegation",
            _("No delegation from %(person)s to you is in force for this: ask for one.")
            % {"person": on_behalf_of},
        )
    return on_behalf_of


def check_can_act_as_pharmacist(
    by: User, *, now: datetime, product_ids: Collection[int] | None = None
) -> User | None:
    """Return None for the responsible pharmacist, else the one for whom a deputy acts.

    :raises PolicyDenied: ``role_missing`` for anybody else, ``no_delegation`` for a deputy
        without a delegation in force (DOMAIN.md §6).
    """
    check_role(by, PHARMACISTS)
    if by.holds(Role.RESPONSIBLE_PHARMACIST):
        return None
    lender = acting_for(by, Role.RESPONSIBLE_PHARMACIST, paris_day(now), product_ids=product_ids)
    if lender is None:
        raise PolicyDenied(
            "no_delegation",
            _(
                "You act for the responsible pharmacist only under a delegation, and none is in"
                " force for this today: ask the responsible pharmacist for one."
            ),
        )
    return lender


def can_act_as_pharmacist(
    by: User, *, now: datetime, product_ids: Collection[int] | None = None
) -> bool:
    try:
        check_can_act_as_pharmacist(by, now=now, product_ids=product_ids)
    except PolicyDenied:
        return False
    return True
