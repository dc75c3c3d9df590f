"""Run the whole suite as this machine allows: ``python -m tests`` (what ``make test`` types).

With PostgreSQL: everything on it, then what touches the database on SQLite too. Without: everything
on SQLite, and what only PostgreSQL can show is skipped, by name and reason.
"""

import os
import subprocess
import sys

import psycopg

DEFAULT_DATABASE = "postgres://postgres@127.0.0.1/imprimatur"
# The settings are named here: whoever calls may have exported others.
SETTINGS = "--ds=config.settings.test"
PYTEST = [sys.executable, "-m", "pytest", SETTINGS, "-rs", "--numprocesses", "auto"]


ON_SQLITE_TOO = "db and not browser and not postgres and not long"


def answers(url: str) -> bool:
    """Whether the PostgreSQL server of a URL lets us in."""
    server = url.rpartition("/")[0] + "/postgres"
    try:
        psycopg.connect(server, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def pytest(*arguments: str, database: str | None) -> int:
    """Run pytest on a database; None is SQLite. No test collected is a failure too."""
    environment = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    if database:
        environment["TEST_DATABASE_URL"] = database
    return subprocess.call([*PYTEST, *arguments], env=environment)


def main() -> int:
    if "--sqlite" in sys.argv:
        return pytest("-m", ON_SQLITE_TOO, database=None)
    url = os.environ.get("TEST_DATABASE_URL") or DEFAULT_DATABASE
    if not url.startswith(("postgres://", "postgresql://")):
        return pytest(database=None)
    if not answers(url):
        if os.environ.get("REQUIRE_ALL") == "1":
            print(
                "PostgreSQL does not answer, and REQUIRE_ALL=1 requires it: set TEST_DATABASE_URL."
            )
            return 1
        print("PostgreSQL does not answer: the whole suite runs on SQLite.", flush=True)
        return pytest(database=None)
    print("The whole suite on PostgreSQL:", flush=True)
    failed = pytest(database=url)
    print("What touches the database, on SQLite:", flush=True)
    return pytest("-m", ON_SQLITE_TOO, database=None) or failed


if __name__ == "__main__":
    sys.exit(main())
