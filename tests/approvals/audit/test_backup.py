"""A backup restored on an empty server says the same, and proves it (Annex 11 §7.2)."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.storage import storages
from django.db import connection

from content.assets.models import RevisionFile
from content.files import path_of
from tests.factories.people import Cast
from tests.factories.review import give, in_review, task_of

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
ROOT = Path(__file__).parents[3]


def url_of(name: str) -> str:
    there: dict[str, Any] = connection.settings_dict
    who = there["USER"] + (f":{there['PASSWORD']}" if there["PASSWORD"] else "")
    return f"postgres://{who}@{there['HOST']}:{there['PORT'] or 5432}/{name}"


@pytest.fixture
def empty_server() -> Iterator[str]:
    """The URL of an empty database, dropped afterwards."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
        yield url_of(name)
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def counts(url: str) -> dict[str, int]:
    """Return how many rows each table holds."""
    with psycopg.connect(url) as there:
        tables = there.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        return {
            table: there.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # type: ignore[index]
            for (table,) in tables
        }


def test_b35_a_backup_restored_elsewhere_holds_the_same_and_verifies(
    cast: Cast, empty_server: str, tmp_path: Path
) -> None:
    give(task_of(in_review(cast), "medical_reviewer"), cast.medical)
    here = url_of(str(connection.settings_dict["NAME"]))
    dump = tmp_path / "database.sql"
    subprocess.run(["pg_dump", "--no-owner", "--file", dump, here], check=True)
    kept = tmp_path / "files"
    shutil.copytree(storages["revisions"].location, kept)  # type: ignore[attr-defined]

    restore = ["psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", dump, empty_server]
    subprocess.run(restore, check=True, capture_output=True)

    assert counts(empty_server) == counts(here)
    verified = subprocess.run(
        [sys.executable, "manage.py", "verify_audit"],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": empty_server,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    assert "the chain holds" in verified.stdout
    for file in RevisionFile.objects.order_by("pk"):
        content = (kept / path_of(file.sha256)).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256
