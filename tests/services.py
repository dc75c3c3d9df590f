"""What tests need from outside: PostgreSQL, Redis, a browser, the design's shared data.

Missing, it skips the test with its reason; ``REQUIRE_ALL=1`` makes that a failure. Shared data are
exempt: they are no part of the project, and what they skip is counted at the end.
"""

import functools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.db import connection

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
BROKER_URL = os.environ.get("TEST_BROKER_URL") or "redis://127.0.0.1:6379/15"
SHARED_DATA = Path(
    os.environ.get("SHARED_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
)
SHARED_REASON = "reads the shared data, which is not beside this tree"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def missing(reason: str) -> NoReturn:
    """Skip the test with its reason, or fail it when everything is required."""
    if REQUIRE_ALL:
        pytest.fail(f"REQUIRE_ALL=1, but {reason}", pytrace=False)
    pytest.skip(reason)


def require(item: pytest.Item) -> None:
    """Check what the test's markers ask for, before its fixtures are made."""
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        missing("PostgreSQL is not used in this run (TEST_DATABASE_URL)")
    if item.get_closest_marker("redis") and not redis_answers():
        missing("Redis does not answer (TEST_BROKER_URL)")
    if item.get_closest_marker("browser") and not chromium():
        missing("Chromium is not installed (CHROMIUM)")


@functools.cache
def redis_answers() -> bool:
    """Whether the broker of the tests answers."""
    import redis

    try:
        client = redis.Redis.from_url(BROKER_URL, socket_connect_timeout=2)
        return bool(client.ping())
    except redis.RedisError:
        return False


@functools.cache
def chromium() -> str | None:
    """The browser's path."""
    return shutil.which(os.environ.get("CHROMIUM") or "/usr/bin/chromium")


@pytest.fixture
def redis_url() -> str:
    """The address of a Redis that a test may write to (marks the test ``redis``)."""
    return BROKER_URL


@pytest.fixture
def shared_data() -> Path:
    """The folder of the design's real files; without it the test is skipped and counted."""
    if not SHARED_DATA.is_dir():
        pytest.skip(SHARED_REASON)
    return SHARED_DATA


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real Chromium for the tests of one module (marks them ``browser``).

    Playwright keeps an event loop running, so the ORM needs leave while it lives: hence no longer
    than a module.
    """
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            chrome = playwright.chromium.launch(
                executable_path=chromium(), args=CHROMIUM_ARGUMENTS, timeout=60_000
            )
            yield chrome
            chrome.close()


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    """A French visitor's page on the running application: ``page.goto("/")``."""
    context = browser.new_context(
        base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris"
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()
