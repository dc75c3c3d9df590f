"""The walk of ``make demo-walk`` holds, and fails loudly when a step does not answer."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from approvals.desk.demo.hasher import QUICK
from approvals.desk.demo.seeding import import_products, settle_in
from approvals.desk.demo.walk import Walk, WalkFailed, walk_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def walk(system: object, settings: Any) -> Walk:
    settings.PASSWORD_HASHERS = QUICK
    import_products(None, stdout=None, stderr=None)
    settle_in(timezone.now())
    return Walk(lambda line: None)


def test_the_whole_lifecycle_goes_through_the_api(walk: Walk) -> None:
    lines: list[str] = []
    walk.say = lines.append
    walk_all(walk)
    assert any("release/  → 200" in line for line in lines)
    assert lines[-1].endswith("it stands on the negative list")


def test_a_step_that_is_refused_stops_the_walk(walk: Walk) -> None:
    with pytest.raises(WalkFailed, match="403 instead of 201"):
        walk.call(
            "rep",
            "POST",
            "assets/",
            {"title": "x", "asset_type": "brochure", "nature": "promotional", "audience": "hcp"},
            expect=201,
        )


def test_it_refuses_where_debug_is_off(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG is off"):
        call_command("demo_walk", "--here")
