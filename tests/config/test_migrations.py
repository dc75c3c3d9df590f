"""Migrations from nothing. Other tests make their tables from the models, which is much faster."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

ROOT = Path(__file__).parents[2]


def manage(command: str, *, database: str, var: Path) -> str:
    """Run a command of the application as a person types it."""
    ended = subprocess.run(
        [sys.executable, "manage.py", *command.split()],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": database,
            "VAR_DIR": str(var),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def assert_migrates(database: str, var: Path) -> None:
    manage("migrate --verbosity 0", database=database, var=var)
    assert "the chain holds" in manage("verify_audit", database=database, var=var)
    # A second run finds nothing to do and breaks nothing.
    manage("migrate --verbosity 0", database=database, var=var)
    assert "the chain holds" in manage("verify_audit", database=database, var=var)


@pytest.mark.slow  # every migration, from nothing
def test_sqlite_migrates_from_nothing(tmp_path: Path) -> None:
    assert_migrates(f"sqlite:///{tmp_path}/imprimatur.sqlite3", tmp_path)


@pytest.fixture
def scratch() -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped afterwards."""
    place = connection.settings_dict
    user = quote(place["USER"]) + (f":{quote(place['PASSWORD'])}" if place["PASSWORD"] else "")
    server = f"postgres://{user}@{place['HOST']}:{place['PORT'] or 5432}"
    name = f"{place['NAME']}_migrated"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as postgres:
        postgres.execute(f'DROP DATABASE IF EXISTS "{name}"')
        postgres.execute(f'CREATE DATABASE "{name}"')
        yield f"{server}/{name}"
        postgres.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.slow
@pytest.mark.postgres
def test_postgresql_migrates_from_nothing(scratch: str, tmp_path: Path) -> None:
    assert_migrates(scratch, tmp_path)


@pytest.mark.slow
def test_migrations_say_what_the_models_say(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/none.sqlite3"
    said = manage("makemigrations --check --dry-run", database=database, var=tmp_path)
    assert "No changes detected" in said
