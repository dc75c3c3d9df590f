"""Teams and delegations in the office: each act has its page, and the admin leads to it."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from approvals.people.enums import Role
from approvals.people.models import User
from content.access.models import Delegation, Membership, Team, TeamProduct
from tests.factories.catalogue import make_product, make_team
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def client_of(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin(db: None) -> Client:
    return client_of(make_person(Role.ADMINISTRATOR))


def at(name: str, *args: Any) -> str:
    return reverse(f"access:{name}", args=args)


def test_an_administrator_makes_a_team_fills_it_and_empties_it(admin: Client) -> None:
    product, rep = make_product(), make_person(Role.FIELD_REP)
    admin.post(at("new_team"), {"name": "Oncology"})
    team = Team.objects.get(name="Oncology")
    admin.post(at("add_product", team.pk), {"cis": product.cis})
    admin.post(at("add_member", team.pk), {"person": rep.pk})
    presents, belongs = TeamProduct.objects.get(team=team), Membership.objects.get(team=team)
    page = admin.get(reverse("admin:access_team_change", args=[team.pk])).content.decode()
    assert product.name in page
    assert at("remove_product", presents.pk) in page
    assert at("remove_member", belongs.pk) in page
    admin.post(at("remove_product", presents.pk), {"reason": "Sold"})
    admin.post(at("remove_member", belongs.pk), {"reason": "Left"})
    assert not TeamProduct.objects.exists()
    assert not Membership.objects.exists()


def test_what_is_wrong_is_said_on_the_page_and_nothing_is_lost(admin: Client) -> None:
    team = make_team("Oncology")
    answer = admin.post(at("add_product", team.pk), {"cis": "69999999"})
    assert answer.status_code == 400
    assert "69999999" in answer.content.decode()
    assert admin.post(at("new_team"), {"name": "ONCOLOGY"}).status_code == 400
    assert admin.post(at("new_team"), {"name": ""}).status_code == 400
    assert Team.objects.count() == 1


@pytest.mark.parametrize("role", [Role.PRODUCT_MANAGER, Role.INSPECTOR])
def test_others_of_the_office_get_a_sentence_and_no_link(role: Role) -> None:
    team = make_team("Oncology", products=[make_product()])
    client = client_of(make_person(role))
    assert client.get(at("new_team")).status_code == 403
    assert client.post(at("new_team"), {"name": "Mine"}).status_code == 403
    page = client.get(reverse("admin:access_team_change", args=[team.pk])).content.decode()
    assert "/remove/" not in page
    assert not Team.objects.filter(name="Mine").exists()


def test_the_field_does_not_enter() -> None:
    assert client_of(make_person(Role.FIELD_REP)).get(at("new_team")).status_code == 403
    assert Client().get(at("new_team")).status_code == 302


def test_a_pharmacist_lends_their_role_and_takes_it_back() -> None:
    pharmacist, deputy = (
        make_person(Role.RESPONSIBLE_PHARMACIST),
        make_person(Role.DEPUTY_PHARMACIST),
    )
    product, client = make_product(), client_of(pharmacist)
    given = {
        "delegate": deputy.pk,
        "roles": [Role.RESPONSIBLE_PHARMACIST],
        "starts_on": "2026-04-14",
        "ends_on": "2026-05-01",
        "products": product.cis,
    }
    assert client.post(at("delegate"), given | {"products": "69999999"}).status_code == 400
    assert client.post(at("delegate"), given | {"ends_on": "2026-04-14"}).status_code == 400
    assert client.post(at("delegate"), given).status_code == 302
    delegation = Delegation.objects.get()
    assert list(delegation.products.all()) == [product]
    assert client_of(deputy).get(at("revoke", delegation.pk)).status_code == 403
    assert client.post(at("revoke", delegation.pk), {"reason": "Back"}).status_code == 302
    assert Delegation.objects.get().revoked_by == pharmacist


def test_who_holds_nothing_to_lend_is_told_so() -> None:
    assert client_of(make_person(Role.INSPECTOR)).get(at("delegate")).status_code == 403


def test_the_links_of_the_admin_lead_to_the_pages(admin: Client) -> None:
    team = make_team("Oncology")
    page = admin.get(reverse("admin:access_team_change", args=[team.pk])).content.decode()
    for name in ("add_product", "add_member"):
        link = reverse(f"admin:access_team_{name}", args=[team.pk])
        assert link in page
        assert admin.get(link).headers["Location"] == at(name, team.pk)
    assert admin.get(reverse("admin:access_team_new_team")).headers["Location"] == at("new_team")
