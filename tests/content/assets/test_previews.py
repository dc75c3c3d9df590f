"""E-mails and slides shown in a frame that can reach nothing."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.people.models import User
from content.assets.previews import entrance, entries_of, in_frame
from tests.factories import T0, keep
from tests.factories.assets import make_asset, make_html, make_version, make_zip
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day() -> Any:
    with time_machine.travel(T0, tick=False):
        yield


def sealed_address(file: Any, person: User) -> str:
    address, _slides = in_frame(file, person)
    return address


def file_of(cast: Cast, file: Any, asset_type: str) -> Any:
    asset = make_asset(by=cast.pm, products=[cast.product], asset_type=asset_type)
    return make_version(asset, files=[file]).current_revision.files.get()


SLIDE = {
    "one/index.html": b"<script src=app.js></script>",
    "one/app.js": b"alert(1)",
    "one/deeper/index.html": b"no",
    "one/tool.exe": b"MZ",
}


def test_an_email_is_sandboxed_and_runs_nothing(cast: Cast, client: Client) -> None:
    file = file_of(cast, make_html("<p>Bonjour</p><script>1</script>"), "email_template")
    answer = client.get(sealed_address(file, cast.medical))
    assert answer.status_code == 200
    assert b"Bonjour" in answer.content
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_slide_runs_its_own_scripts_only(cast: Cast, client: Client) -> None:
    file = file_of(cast, make_zip(SLIDE), "slide")
    address = sealed_address(file, cast.medical)
    assert address.endswith("/one/index.html")
    answer = client.get(address)
    policy = answer["Content-Security-Policy"]
    base = "http://testserver" + address.removesuffix("one/index.html")
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; connect-src 'none'")
    assert f"script-src {base};" in policy
    assert "allow-same-origin" not in policy
    script = client.get(address.replace("index.html", "app.js"))
    assert (script.status_code, script.content) == (200, b"alert(1)")
    assert script["Content-Type"].startswith("text/javascript")


def test_nothing_else_of_the_package_or_outside_is_served(cast: Cast, client: Client) -> None:
    file = file_of(cast, make_zip(SLIDE), "slide")
    address = sealed_address(file, cast.medical)
    for name in ("tool.exe", "absent.html", "../../etc/passwd", "%2e%2e/x.html"):
        assert client.get(address.replace("index.html", name)).status_code == 404


def test_the_address_is_sealed_short_lived_and_for_one_person(cast: Cast, client: Client) -> None:
    file = file_of(cast, make_html(), "email_template")
    address = sealed_address(file, cast.medical)
    assert client.post(address).status_code == 405
    assert client.get(address.replace("sealed/", "sealed/x")).status_code == 404
    assert client.get(sealed_address(file, cast.pm2)).status_code == 404
    with time_machine.travel(T0 + timedelta(minutes=16), tick=False):
        assert client.get(address).status_code == 404
    cast.medical.is_active = False
    keep(cast.medical, by=cast.admin)
    assert not User.objects.active().filter(pk=cast.medical.pk).exists()
    assert client.get(address).status_code == 404


def test_a_slide_without_an_index_opens_with_its_picture(cast: Cast) -> None:
    assert (
        entrance(entries_of(file_of(cast, make_zip({"image.png": b"\x89PNG"}), "slide")))
        == "image.png"
    )
    assert (
        entrance(entries_of(file_of(cast, make_zip({"a.html": b"x", "b.css": b""}), "slide")))
        == "a.html"
    )
