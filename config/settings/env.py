"""Strict readers of the environment: a wrong value stops the start with a sentence."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """Return a text setting; an absent or empty one without default stops the start."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is missing: set it in the environment.")
    return value


def boolean(name: str, default: bool) -> bool:
    """Return a yes/no setting; any other word stops the start."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: set it to one of 1, 0, true, false.")


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    """Return a whole number of at least ``minimum``."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or int(value) < minimum:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: set it to a whole number of at least {minimum}."
        )
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def database(name: str, default: str) -> dict[str, Any]:
    """Return a Django database from ``postgres://user:pass@host:port/name`` or ``sqlite:///path``."""
    url = urlsplit(os.environ.get(name, "").strip() or default)
    if url.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(url.path[1:]) or ":memory:",
            # One writer at a time, waiting instead of failing (ARCHITECTURE.md, traps).
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if url.scheme in {"postgres", "postgresql"}:
        options: dict[str, Any] = dict(parse_qsl(url.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path[1:]),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or "",
            "PORT": str(url.port or ""),
            "OPTIONS": options,
        }
    raise ImproperlyConfigured(
        f"{name} begins with {url.scheme!r}: use postgres://… or sqlite:///path."
    )


def email(name: str, default: str) -> dict[str, object]:
    """Return Django's mail settings from ``console:``, ``memory:`` or ``smtp[s]://user:pass@host:port``."""
    url = urlsplit(os.environ.get(name, "").strip() or default)
    backends = {"console": "console", "memory": "locmem", "smtp": "smtp", "smtps": "smtp"}
    if url.scheme not in backends:
        raise ImproperlyConfigured(
            f"{name} begins with {url.scheme!r}: use console:, memory:, smtp:// or smtps://."
        )
    settings: dict[str, object] = {
        "EMAIL_BACKEND": f"django.core.mail.backends.{backends[url.scheme]}.EmailBackend"
    }
    if backends[url.scheme] == "smtp":
        settings |= {
            "EMAIL_HOST": url.hostname or "localhost",
            "EMAIL_PORT": url.port or (465 if url.scheme == "smtps" else 25),
            "EMAIL_HOST_USER": unquote(url.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
            "EMAIL_USE_SSL": url.scheme == "smtps",
        }
    return settings
