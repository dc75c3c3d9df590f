"""Every address of the application denies whom it should: the table is checked against the URLconf.

A route that is not in the table fails (SECURITY.md, attack 2); each anonymous exception is named.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

API = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
# Pages and calls that anybody may open, and what they answer an anonymous GET.
OPEN = {
    "/accounts/login/": "sign in",
    "/accounts/logout/": "sign out: a POST only, which does nothing for nobody",
    "/api/v1/auth/token/": "sign in",
    "/api/v1/schema/": "the description of the API",
    "/admin/login/": "unfold's sign-in leads to ours",
    "/admin/logout/": "sign out: a POST only, which does nothing for nobody",
    "/favicon.ico": "the mark",
    "/admin/jsi18n/": "the admin's own words",
    "/i18n/setlang/": "choose a language",
    "/field/sw.js": "the program that opens the field's pages without network: it names nobody",
    "/field/manifest.webmanifest": "what a phone needs to install the field's pages",
    "/healthz": "alive",
    "/readyz": "ready",
}
SAMPLES = {
    "pk": "999999",
    "code": "FR-2026-999999",
    "number": "1",
    "cis": "60000001",
    "task": "999999",
    "object_id": "999999",
    "version_id": "999999",
    "app_label": "people",
    "content_type_id": "1",
    "url": "nothing",
    "n": "1",
    "drawing": "svg",
}


def routes(patterns: Any = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Yield (address with samples in place of its parameters, view) for every route."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + plain(pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + plain(pattern), pattern.callback


def plain(pattern: Any) -> str:
    """Return a pattern's text with samples in place of its parameters."""
    text = str(pattern.pattern)
    converters = pattern.pattern.converters
    if text.startswith("^") or "(?P" in text:
        text = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda m: SAMPLES.get(m[1], "1"), text)
        return text.replace("^", "").replace("$", "").replace("\\", "").replace("\\Z", "")
    for name, converter in converters.items():
        kind = type(converter).__name__
        sample = SAMPLES.get(name, "999999" if "Int" in kind else "x")
        text = re.sub(rf"<(?:\w+:)?{name}>", sample, text)
    return text


ALL = sorted({path for path, _view in routes()})
API_PATHS = [path for path in ALL if path.startswith(API)]
PAGE_PATHS = [path for path in ALL if not path.startswith(("/api/", "/static/"))]


def test_the_table_sees_the_routes() -> None:
    assert "/api/v1/versions/999999/" in API_PATHS
    assert len(API_PATHS) > 10
    assert "/admin/" in PAGE_PATHS


@pytest.mark.django_db
@pytest.mark.parametrize("path", API_PATHS)
def test_b01_the_api_denies_anonymous_people(path: str, client: Client) -> None:
    if path in OPEN:
        return
    for method in METHODS:
        response = getattr(client, method)(path)
        assert response.status_code == 401, (method, path)
        assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGE_PATHS)
def test_b01_pages_send_anonymous_people_to_sign_in(path: str, client: Client) -> None:
    if path in OPEN:
        return
    for method in ("get", "post"):
        response = getattr(client, method)(path)
        denied = response.status_code in {401, 403, 404, 405} or (
            response.status_code in {301, 302} and "login" in response.headers["Location"]
        )
        assert denied, (method, path, response.status_code, response.headers.get("Location"))
