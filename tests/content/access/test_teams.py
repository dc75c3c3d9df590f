"""Teams, their products and members, and what a person sees through them."""

from collections.abc import Callable
from datetime import datetime

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.enums import READERS_OF_ALL, Role
from approvals.people.models import User
from content.access.actions import (
    add_member,
    add_product_to_team,
    create_team,
    remove_member,
    remove_product_from_team,
)
from content.access.models import Membership, Team, TeamProduct
from content.access.policies import (
    belongs_to,
    can_manage_teams,
    check_belongs_to,
    products_of,
    scope_of,
)
from content.catalogue.models import Product
from tests.factories.catalogue import make_product, make_team
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(db: None) -> User:
    return make_person(Role.ADMINISTRATOR)


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


def test_a_team_is_made_with_products_and_members_each_in_one_event(
    administrator: User, product: Product, now: datetime
) -> None:
    rep = make_person(Role.FIELD_REP)
    events = AuditEvent.objects.count()
    team = create_team(" Cardiology ", by=administrator, now=now)
    add_product_to_team(team.pk, product.pk, by=administrator, now=now)
    add_member(team.pk, rep.pk, by=administrator, now=now)
    assert AuditEvent.objects.count() == events + 3
    assert team.name == "Cardiology"
    assert list(products_of(rep)) == [product]
    assert list(Team.objects.with_member(rep.pk)) == [team]
    assert list(Team.objects.presenting([product.pk])) == [team]


def test_a_name_is_given_once_and_not_blank(administrator: User, now: datetime) -> None:
    create_team("Cardiology", by=administrator, now=now)
    for name in ("CARDIOLOGY", "  ", "x" * 101):
        with pytest.raises(InvalidInput) as refused:
            create_team(name, by=administrator, now=now)
        assert list(refused.value.errors) == ["name"]


def test_nothing_is_added_twice(administrator: User, product: Product, now: datetime) -> None:
    team = make_team(products=[product])
    rep = make_person(Role.FIELD_REP, teams=[team])
    with pytest.raises(StateConflict) as twice:
        add_product_to_team(team.pk, product.pk, by=administrator, now=now)
    assert twice.value.code == "already_in_team"
    with pytest.raises(StateConflict) as twice:
        add_member(team.pk, rep.pk, by=administrator, now=now)
    assert twice.value.code == "already_in_team"


def test_who_leaves_sees_nothing_more_and_the_history_stays(
    administrator: User, product: Product, now: datetime
) -> None:
    team = make_team(products=[product])
    rep = make_person(Role.FIELD_REP, teams=[team])
    with pytest.raises(InvalidInput):
        remove_member(team.pk, rep.pk, reason=" ", by=administrator, now=now)
    remove_member(team.pk, rep.pk, reason="Left", by=administrator, now=now)
    assert not products_of(rep).exists()
    row = Membership.history.filter(user=rep).latest()
    assert (row.history_type, row.history_change_reason) == ("-", "Left")
    with pytest.raises(StateConflict) as gone:
        remove_member(team.pk, rep.pk, reason="Left", by=administrator, now=now)
    assert gone.value.code == "not_in_team"


def test_a_product_leaves_a_team(administrator: User, product: Product, now: datetime) -> None:
    team = make_team(products=[product])
    with pytest.raises(InvalidInput):
        remove_product_from_team(team.pk, product.pk, reason="", by=administrator, now=now)
    remove_product_from_team(team.pk, product.pk, reason="Sold", by=administrator, now=now)
    assert TeamProduct.history.latest().history_type == "-"
    with pytest.raises(StateConflict) as gone:
        remove_product_from_team(team.pk, product.pk, reason="Sold", by=administrator, now=now)
    assert gone.value.code == "not_in_team"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_others_do_not_touch_teams(role: Role, product: Product, now: datetime) -> None:
    team, by = make_team(products=[product]), make_person(role)
    assert not can_manage_teams(by)
    attempts: list[Callable[[], object]] = [
        lambda: create_team("New", by=by, now=now),
        lambda: add_product_to_team(team.pk, product.pk, by=by, now=now),
        lambda: remove_product_from_team(team.pk, product.pk, reason="x", by=by, now=now),
        lambda: add_member(team.pk, by.pk, by=by, now=now),
        lambda: remove_member(team.pk, by.pk, reason="x", by=by, now=now),
    ]
    for attempt in attempts:
        with pytest.raises(PolicyDenied) as denied:
            attempt()
        assert denied.value.code == "role_missing"


def test_a_scope_is_ones_teams_and_reviewers_see_all(product: Product) -> None:
    other = make_product()
    team = make_team("Cardiology", products=[product])
    make_team("Respiratory", products=[other])
    pm = make_person(Role.PRODUCT_MANAGER, teams=[team])
    scope = scope_of(pm)
    assert (scope.sees_all, scope.prepares, scope.sees_medical) == (False, True, False)
    assert (scope.team_ids, scope.product_ids) == ({team.pk}, {product.pk})
    for role in READERS_OF_ALL:
        assert scope_of(make_person(role)).sees_all
    for role in (Role.FIELD_REP, Role.AGENCY, Role.ADMINISTRATOR):
        assert not scope_of(make_person(role)).prepares


def test_an_asset_belongs_through_its_products_or_its_named_team(product: Product) -> None:
    other = make_product()
    team = make_team("Cardiology", products=[product])
    elsewhere = make_team("Respiratory", products=[other])
    pm = make_person(Role.PRODUCT_MANAGER, teams=[team])
    assert belongs_to(pm, product_ids=[product.pk, other.pk], team_id=None)
    assert belongs_to(pm, product_ids=[], team_id=team.pk)
    # A named team counts only where no product is named.
    assert not belongs_to(pm, product_ids=[other.pk], team_id=team.pk)
    for product_ids, team_id in (([other.pk], None), ([], elsewhere.pk), ([], None)):
        with pytest.raises(PolicyDenied) as denied:
            check_belongs_to(pm, product_ids=product_ids, team_id=team_id)
        assert denied.value.code == "not_your_team"
