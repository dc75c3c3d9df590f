"""The card that says whether the trail can be trusted, for the administrator and the inspector."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from approvals.audit import checkpoints
from approvals.audit.actions import take_daily_checkpoint
from approvals.desk.dashboard.cards import Line
from approvals.desk.dashboard.home import cards_of
from approvals.people.actions import system_actor
from approvals.people.models import User
from tests.factories import T0
from tests.factories.owner import EVENTS, as_owner
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def lines(person: User, later: timedelta = timedelta(0)) -> dict[str, Line]:
    title = "La preuve est-elle intacte ?"
    (card,) = (card for card in cards_of(person, T0 + later) if card.title == title)
    return {line.text: line for line in card.lines}


@pytest.fixture
def key(settings: Any) -> None:
    settings.SIGNING_KEY = "44" * 32


@pytest.mark.parametrize("name", ["admin", "inspector"])
def test_it_shows_the_chain_the_checkpoint_the_key_and_the_triggers(
    cast: Cast, key: None, name: str
) -> None:
    person = getattr(cast, name)
    take_daily_checkpoint(by=system_actor(), now=T0)
    shown = lines(person)
    assert not [line.alarm for line in shown.values() if line.alarm]
    assert shown["Chaîne d’audit"].end == "intacte"
    assert "14/04/2026" in shown["Dernier point de contrôle"].remark
    assert shown["Clé publique"].remark == checkpoints.public_key()
    assert shown["Tables en ajout seul"].end == "protégées"


def test_b24_on_sqlite_it_says_that_triggers_are_all_there_is(cast: Cast) -> None:
    said = lines(cast.admin)["Tables en ajout seul"].remark
    assert ("SQLite" in said) == (connection.vendor == "sqlite")


def test_it_raises_what_is_wrong(cast: Cast, settings: Any) -> None:
    admin = cast.admin
    assert "SIGNING_KEY" in lines(admin)["Dernier point de contrôle"].remark
    assert lines(admin)["Dernier point de contrôle"].alarm == "chaîne non signée"
    settings.SIGNING_KEY = settings.DEVELOPMENT_SIGNING_KEY
    assert lines(admin)["Dernier point de contrôle"].alarm == "chaîne non signée"
    take_daily_checkpoint(by=system_actor(), now=T0)
    shown = lines(admin)
    assert shown["Dernier point de contrôle"].alarm == ""
    assert shown["Clé publique"].alarm == "clé de développement : ne prouve rien"
    assert lines(admin, timedelta(hours=27))["Dernier point de contrôle"].alarm == "en retard"
    with as_owner(EVENTS) as cursor:
        assert lines(admin)["Tables en ajout seul"].remark == EVENTS
        cursor.execute(f"UPDATE {EVENTS} SET payload = 'x' WHERE seq = 2")
    assert lines(admin)["Chaîne d’audit"].alarm == "rompue"
    assert "2" in lines(admin)["Chaîne d’audit"].remark
