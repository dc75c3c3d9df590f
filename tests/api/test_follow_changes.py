"""The client of docs/integration.md keeps a right copy of the lists, against a live server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from approvals.people.actions import give_token, system_actor
from content.access.actions import add_product_to_team
from content.assets.actions.facts import interrupt
from content.assets.enums import Cause
from content.assets.models import Version
from content.calendar import paris_day
from tests.factories.people import Cast
from tests.factories.releases import make_released

CLIENT = Path(settings.BASE_DIR) / "docs" / "examples" / "follow_changes.py"
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def released(*products: Any) -> Version:
    return make_released(*products, now=timezone.now())


def named(*versions: Version) -> set[str]:
    return {f"{version.asset.code} v{version.number}" for version in versions}


def test_the_client_of_the_documentation(cast: Cast, live_server: Any, tmp_path: Path) -> None:
    _token, key = give_token(by=cast.rep, now=timezone.now())
    copy = tmp_path / "copy.json"
    environ = os.environ | {"IMPRIMATUR_URL": live_server.url, "IMPRIMATUR_TOKEN": key}

    def run() -> dict[str, Any]:
        subprocess.run([sys.executable, CLIENT, copy], env=environ, check=True, timeout=60)
        kept: dict[str, Any] = json.loads(copy.read_text())
        return kept

    one, two = released(cast.product), released(cast.product)
    elsewhere = released(cast.other_product)
    kept = run()
    assert set(kept["rows"]) == named(one, two)
    assert run() == kept

    three, now = released(cast.product), timezone.now()
    interrupt(
        one,
        cause=Cause.WITHDRAWN,
        reason="?",
        starts_on=paris_day(now),
        by=system_actor(),
        now=now,
    )
    later = run()
    assert set(later["rows"]) == named(two, three)
    assert later["list_version"] == kept["list_version"] + 2

    # What the team presents changed: the client begins again by itself.
    add_product_to_team(
        cast.cardiology.pk, cast.other_product.pk, by=system_actor(), now=timezone.now()
    )
    assert set(run()["rows"]) == named(two, three, elsewhere)


def test_it_has_thirty_lines_of_code() -> None:
    lines = [line for line in CLIENT.read_text().splitlines() if line.strip()]
    assert len(lines) <= 30
