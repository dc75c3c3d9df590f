"""The demonstration: its cast, a portfolio in every state, nothing twice, never in production."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from approvals.audit.models import AuditEvent
from approvals.audit.verification import Verification
from approvals.desk.demo.hasher import QUICK
from approvals.people.models import User
from approvals.submissions.models import DepositWindow
from content.access.models import Delegation, TeamProduct
from content.assets.enums import State
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.models import Product

CAST = (
    *("pm", "pm2", "mpm", "medical", "medical2", "regulatory", "regulatory2", "compliance"),
    *("legal", "dpo", "director", "pharmacist", "pharmacist2", "rep", "rep2", "msl"),
    *("inspector", "agency", "admin"),
)


def seed() -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_it_refuses_where_debug_is_off(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG is off"):
        call_command("seed_demo")
    assert not User.objects.filter(username="pm").exists()


@pytest.mark.django_db
@pytest.mark.slow
def test_the_demonstration_is_whole_and_made_once(settings: Any, client: Client) -> None:
    settings.DEBUG = True
    settings.PASSWORD_HASHERS = QUICK
    said = seed()
    assert "imprimatur-demo" in said
    people = User.objects.in_bulk(CAST, field_name="username")
    assert sorted(people) == sorted(CAST)
    assert all(person.accountability_accepted_at for person in people.values())
    assert set(Version.objects.values_list("state", flat=True)) == set(State.values)
    assert not Product.objects.exclude(pk__in=TeamProduct.objects.values("product")).exists()
    today = paris_day(timezone.now())
    for category in ("PM", "GP"):
        assert DepositWindow.objects.open_on(today).filter(category=category).exists()
    assert Delegation.objects.in_force(today).filter(delegate=people["pharmacist2"]).exists()
    assert Verification().run().fault is None
    _the_password_opens(client)
    events = AuditEvent.objects.count()
    seed()
    assert AuditEvent.objects.count() == events


def _the_password_opens(client: Client) -> None:
    credentials = {"username": "rep", "password": "imprimatur-demo"}
    response = client.post("/api/v1/auth/token/", credentials, content_type="application/json")
    assert response.status_code == 200
    headers = {"Authorization": f"Token {response.json()['token']}"}
    rows = client.get("/api/v1/positive-list/", headers=headers).json()["results"]
    assert rows
