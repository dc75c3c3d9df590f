"""Shared fixtures. A test that writes is marked ``db`` by itself, so that it runs on SQLite too."""

from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from approvals.audit import triggers
from approvals.people.actions import system_actor
from approvals.people.models import User
from tests.factories import T0
from tests.factories.people import Cast

DB_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        uses_db = DB_FIXTURES & set(getattr(item, "fixturenames", ()))
        if uses_db or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.db)


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
        return original(self, **options)

    flush.Command.handle = handle  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    cache.clear()


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
