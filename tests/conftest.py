"""Shared fixtures. A test that writes is marked ``db`` by itself, so that it runs on SQLite too.

A test that takes more than a second of processor fails, unless marked ``slow`` or ``browser``.
With several processes on one machine a second of processor says less: there it fails only when five
seconds have passed on the wall too. Only the test itself counts, not its fixtures.
"""

import os
import time
from collections.abc import Generator, Iterator
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from approvals.audit import triggers
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets import inspection
from content.files import hash_of
from tests import locks, services
from tests.factories import T0
from tests.factories.people import Cast
from tests.services import browser, page, redis_url, shared_data

__all__ = ["browser", "page", "redis_url", "shared_data"]

# What a fixture says about the tests that use it.
FIXTURE_MARKERS = {
    "db": {"db", "transactional_db", "live_server"},
    "browser": {"browser"},
    "redis": {"redis_url"},
}
SLOW_PROCESSOR_SECONDS = 1.0
SLOW_WALL_SECONDS = 5.0
XDIST = "PYTEST_XDIST_WORKER" in os.environ
_processor_seconds = pytest.StashKey[float]()

hypothesis_settings.register_profile("dev", deadline=None)
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if services.REQUIRE_ALL else "dev")
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        for marker, names in FIXTURE_MARKERS.items():
            if names & fixtures:
                item.add_marker(marker)
        if item.get_closest_marker("django_db"):
            item.add_marker("db")


def pytest_runtest_setup(item: pytest.Item) -> None:
    services.require(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    started = time.process_time()
    try:
        return (yield)
    finally:
        item.stash[_processor_seconds] = time.process_time() - started


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
    report = yield
    if report.when == "call" and report.passed and not _may_be_slow(item):
        seconds = item.stash.get(_processor_seconds, 0.0)
        patient = XDIST and report.duration <= SLOW_WALL_SECONDS
        if seconds > SLOW_PROCESSOR_SECONDS and not patient:
            report.outcome = "failed"
            report.longrepr = (
                f"{item.nodeid} took {seconds:.1f} s of processor, more than "
                f"{SLOW_PROCESSOR_SECONDS:g}: make it faster, or mark it slow and say why."
            )
    return report


def _may_be_slow(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("slow", "browser"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(services.SHARED_REASON in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(f"{count} skipped: each {services.SHARED_REASON}.")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let test flushes go round the append-only triggers, as the tables' owner.

    The production triggers have no hole (ARCHITECTURE.md, traps): a flush switches them off,
    truncates, and ``post_migrate`` puts them and the head rows back.
    """
    from django.core.management.commands import flush

    original = flush.Command.handle

    def handle(self: Any, **options: Any) -> Any:
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor))
            for table in triggers.append_only_tables & tables:
                if connection.vendor == "postgresql":
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                else:
                    for verb in ("update", "delete"):
                        cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only_{verb}")
        # Swapped models leave a table behind that Django does not know of.
        return original(self, **options | {"allow_cascade": True})

    flush.Command.handle = handle  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def _addresses_once() -> None:
    """Load every view before the first test is timed, not in it."""
    import_module(settings.ROOT_URLCONF)


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """Begin in the house's language, whatever the test before left."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def now() -> datetime:
    """A working Tuesday, 10:00 in Paris, inside the PM window of April 2026."""
    return T0


@pytest.fixture
def system(db: None) -> User:
    return system_actor()


@pytest.fixture
def cast(system: User) -> Cast:
    """The people of the demonstration: each is made when a test first names them."""
    return Cast()


@pytest.fixture(autouse=True, scope="session")
def _locks_in_order() -> Iterator[None]:
    with locks.in_order():
        yield


@pytest.fixture(autouse=True, scope="session")
def _probe_each_pdf_once() -> Iterator[None]:
    """Let the child process look at the same bytes once a run: it starts in a tenth of a second."""
    seen: dict[str, str] = {}
    real = inspection.probe

    def probe(file: Any) -> str:
        sha256 = hash_of(file).sha256
        if sha256 not in seen:
            seen[sha256] = real(file)
        return seen[sha256]

    inspection.probe = probe
    yield
    inspection.probe = real
