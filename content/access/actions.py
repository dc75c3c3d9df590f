"""Make teams, and lend one's roles."""

from collections.abc import Collection
from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act, current_act
from approvals.people.enums import Role
from approvals.people.models import User
from content.access.models import Delegation, Membership, ScopeChange, Team, TeamProduct
from content.access.policies import (
    DELEGABLE,
    check_can_delegate,
    check_can_manage_teams,
    check_can_revoke,
)
from content.calendar import paris_day
from content.catalogue.actions import bump_list_version, lock_list_head
from content.catalogue.models import Product


def _reason_given(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput.at("reason", _("Give the reason."), code="reason_required")


@act("create_team", roles=[Role.ADMINISTRATOR])
def create_team(name: str, *, by: User, now: datetime) -> Team:
    """Make a team (réseau), without products or members.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    :raises InvalidInput: field ``name`` if blank, too long or already given.
    """
    check_can_manage_teams(by)
    name = name.strip()
    if not name or len(name) > 100:
        raise InvalidInput.at("name", _("Give a name of at most 100 characters."))
    if Team.objects.filter(name__iexact=name).exists():
        raise InvalidInput.at("name", _("A team of this name exists: choose another name."))
    team = Team(name=name)
    team.save()
    return team


@act("add_product_to_team", roles=[Role.ADMINISTRATOR])
def add_product_to_team(team_id: int, product_id: int, *, by: User, now: datetime) -> TeamProduct:
    """Say that a team presents a product.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    :raises StateConflict: ``already_in_team``.
    """
    check_can_manage_teams(by)
    lock_list_head()
    product = Product.objects.locked().get(pk=product_id)
    team = Team.objects.locked().get(pk=team_id)
    if TeamProduct.objects.filter(team=team, product=product).exists():
        raise StateConflict("already_in_team", _("The team already presents this product."))
    row = TeamProduct(team=team, product=product)
    row.save()
    note_scope_change(team=team, now=now)
    return row


@act("remove_product_from_team", roles=[Role.ADMINISTRATOR])
def remove_product_from_team(
    team_id: int, product_id: int, *, reason: str, by: User, now: datetime
) -> None:
    """Say that a team no longer presents a product; its history stays.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    :raises InvalidInput: field ``reason`` if blank.
    :raises StateConflict: ``not_in_team``.
    """
    check_can_manage_teams(by)
    _reason_given(reason)
    lock_list_head()
    rows = TeamProduct.objects.filter(team_id=team_id, product_id=product_id)
    row = rows.select_related("team").first()
    if row is None:
        raise StateConflict("not_in_team", _("The team does not present this product."))
    row.delete()
    note_scope_change(team=row.team, now=now)


@act("add_member", roles=[Role.ADMINISTRATOR])
def add_member(team_id: int, user_id: int, *, by: User, now: datetime) -> Membership:
    """Put a person into a team.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    :raises StateConflict: ``already_in_team``.
    """
    check_can_manage_teams(by)
    lock_list_head()
    team = Team.objects.locked().get(pk=team_id)
    person = User.objects.get(pk=user_id)
    if Membership.objects.filter(team=team, user=person).exists():
        raise StateConflict("already_in_team", _("This person already belongs to the team."))
    row = Membership(team=team, user=person)
    row.save()
    note_scope_change(person=person, now=now)
    return row


@act("remove_member", roles=[Role.ADMINISTRATOR])
def remove_member(team_id: int, user_id: int, *, reason: str, by: User, now: datetime) -> None:
    """Take a person out of a team; the history of the membership stays.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    :raises InvalidInput: field ``reason`` if blank.
    :raises StateConflict: ``not_in_team``.
    """
    check_can_manage_teams(by)
    _reason_given(reason)
    lock_list_head()
    rows = Membership.objects.filter(team_id=team_id, user_id=user_id)
    row = rows.select_related("user").first()
    if row is None:
        raise StateConflict("not_in_team", _("This person does not belong to the team."))
    row.delete()
    note_scope_change(person=row.user, now=now)


def note_scope_change(
    *, person: User | None = None, team: Team | None = None, now: datetime
) -> None:
    """Number, as a change of the lists, that a person or a team sees other lists from now on.

    Runs inside an act, which locks nothing that comes after the list head before it.
    """
    number = bump_list_version(now=now)
    ScopeChange(person=person, team=team, list_version=number, at=now).save(force_insert=True)


@act("delegate", roles=DELEGABLE)
def delegate(
    to_id: int,
    *,
    roles: Collection[str],
    starts_on: date,
    ends_on: date,
    product_ids: Collection[int] = (),
    by: User,
    now: datetime,
) -> Delegation:
    """Lend one's own roles to another person, on the days ``[starts_on, ends_on)``.

    ``product_ids`` limits it to acts on these products; without any, it holds for all.

    :raises PolicyDenied: see ``check_can_delegate``.
    :raises InvalidInput: fields ``delegate``, ``roles``, ``products``, ``starts_on`` if past,
        ``ends_on`` if not after the start.
    """
    to = User.objects.get(pk=to_id)
    check_can_delegate(by, to, roles)
    if starts_on < paris_day(now):
        raise InvalidInput.at("starts_on", _("A delegation cannot begin in the past."))
    if ends_on <= starts_on:
        raise InvalidInput.at("ends_on", _("A delegation must end after it starts."))
    products = list(Product.objects.filter(pk__in=product_ids).order_by("pk"))
    if len(products) != len(set(product_ids)):
        raise InvalidInput.at("products", _("One of these products is unknown."))
    delegation = Delegation(
        delegator=by,
        delegate=to,
        roles=sorted(set(roles)),
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=now,
    )
    delegation.save()
    if products:
        delegation.products.set(products)
        current_act().note(delegation=delegation.pk, products=[row.pk for row in products])
    return delegation


@act("revoke_delegation", roles=[*DELEGABLE, Role.ADMINISTRATOR])
def revoke_delegation(delegation_id: int, *, reason: str, by: User, now: datetime) -> Delegation:
    """Take a delegation back at once.

    :raises PolicyDenied: ``not_your_delegation``.
    :raises StateConflict: ``already_revoked``.
    :raises InvalidInput: field ``reason`` if blank.
    """
    delegation = Delegation.objects.locked().get(pk=delegation_id)
    check_can_revoke(by, delegation)
    _reason_given(reason)
    delegation.revoked_at = now
    delegation.revoked_by = by
    delegation.revocation_reason = reason.strip()
    delegation.save()
    return delegation
