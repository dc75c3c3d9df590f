"""Strict readers of the environment: a wrong value stops the start with a sentence."""

import ipaddress
import os
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)
SIGNING_KEY = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def text(name: str, default: str | None = None) -> str:
    """Return a text setting; an absent or empty one without default stops the start."""
    value = _given(name) or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is missing: set it in the environment.")
    return value


def boolean(name: str, default: bool) -> bool:
    """Return a yes/no setting; any other word stops the start."""
    value = _given(name).lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: set it to one of 1, 0, true, false.")


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    """Return a whole number of at least ``minimum``."""
    value = _given(name)
    if not value:
        return default
    if not (value.isascii() and value.isdecimal()) or int(value) < minimum:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: set it to a whole number of at least {minimum}."
        )
    return int(value)


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    """Return one of the allowed words."""
    value = _given(name) or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to one of {_list(allowed)}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def hosts(name: str) -> list[str]:
    """Return a comma-separated list of host names, without scheme, port or path."""
    found = words(name)
    for host in found:
        if not HOST.fullmatch(host):
            raise ImproperlyConfigured(
                f"{name} holds {host!r}: write host names only, separated by commas."
            )
    return found


def origins(name: str) -> list[str]:
    """Return a comma-separated list of origins, ``https://host``."""
    found = words(name)
    for origin in found:
        url = urlsplit(origin)
        if url.scheme not in {"http", "https"} or not url.netloc or url.path or url.query:
            raise ImproperlyConfigured(
                f"{name} holds {origin!r}: write origins as https://host, separated by commas."
            )
    return found


def networks(name: str) -> list[Network]:
    """Return a comma-separated list of addresses and networks."""
    found = []
    for word in words(name):
        try:
            found.append(ipaddress.ip_network(word))
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} holds {word!r}: write addresses or networks, like 10.0.0.4 or 10.0.0.0/8."
            ) from None
    return found


def url(name: str, default: str, schemes: Collection[str]) -> str:
    """Return an address that begins with one of the schemes; empty when absent without default."""
    value = _given(name) or default
    if value:
        _split(name, value, schemes)
    return value


def signing_key(name: str) -> str:
    """Return an Ed25519 private key as 64 hexadecimal digits; empty when absent."""
    value = _given(name)
    if value and not SIGNING_KEY.fullmatch(value):
        # The value is a secret: it is not repeated.
        raise ImproperlyConfigured(f"{name} is malformed: set it to 64 hexadecimal digits.")
    return value.lower()


def public_keys(name: str) -> list[str]:
    """Return Ed25519 public keys, each of 64 hexadecimal digits."""
    keys = words(name)
    for key in keys:
        if not SIGNING_KEY.fullmatch(key):
            raise ImproperlyConfigured(f"{name} holds {key!r}: write 64 hexadecimal digits.")
    return [key.lower() for key in keys]


def database(name: str, default: str) -> dict[str, Any]:
    """Return a Django database from ``postgres://user:pass@host:port/name`` or ``sqlite:///path``."""
    parts = _split(name, _given(name) or default, ("postgres", "postgresql", "sqlite"))
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            # One writer at a time, waiting instead of failing (ARCHITECTURE.md, traps).
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if not unquote(parts.path[1:]):
        raise ImproperlyConfigured(f"{name} names no database: end it with /name.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def email(name: str, default: str) -> dict[str, Any]:
    """Return Django's mail settings from ``console:``, ``memory:`` or ``smtp[s]://user:pass@host``."""
    backends = {"console": "console", "memory": "locmem", "smtp": "smtp", "smtps": "smtp"}
    parts = _split(name, _given(name) or default, backends)
    backend = backends[parts.scheme]
    settings: dict[str, Any] = {
        "EMAIL_BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"
    }
    if backend == "smtp":
        settings |= {
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
        }
    return settings


def storages(name: str, default: str, folders: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return one Django storage per folder, under ``file:///path`` or ``s3://bucket/prefix``.

    An S3 address takes ``endpoint_url`` and ``region_name`` as parameters; credentials come from
    the usual AWS variables, never from the address.
    """
    parts = _split(name, _given(name) or default, ("file", "s3"))
    root = unquote(parts.path)
    if parts.scheme == "file":
        if parts.netloc or not root.strip("/"):
            raise ImproperlyConfigured(f"{name} names no folder: write it as file:///path.")
        return {
            folder: {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": f"{root.rstrip('/')}/{folder}"},
            }
            for folder in folders
        }
    if not parts.netloc or "@" in parts.netloc:
        raise ImproperlyConfigured(
            f"{name} names no bucket: write it as s3://bucket/prefix, without credentials."
        )
    options = dict(parse_qsl(parts.query))
    unknown = options.keys() - {"endpoint_url", "region_name"}
    if unknown:
        raise ImproperlyConfigured(
            f"{name} has {_list(unknown)}: only endpoint_url and region_name may be given."
        )
    prefix = root.strip("/")
    return {
        folder: {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": options
            | {"bucket_name": parts.netloc, "location": f"{prefix}/{folder}".lstrip("/")},
        }
        for folder in folders
    }


def _given(name: str) -> str:
    return os.environ.get(name, "").strip()


def _list(names: Collection[str]) -> str:
    return ", ".join(sorted(names))


def _split(name: str, value: str, schemes: Collection[str]) -> SplitResult:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  # a wrong port is refused when it is read
    except ValueError:
        # The address may hold a password: it is not repeated.
        raise ImproperlyConfigured(f"{name} is not an address that can be read.") from None
    if parts.scheme not in schemes:
        raise ImproperlyConfigured(
            f"{name} begins with {parts.scheme!r}: begin it with one of {_list(schemes)}."
        )
    return parts
