"""Only the proxies named in the settings are believed."""

import ipaddress
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from config.http.proxies import TrustedProxies


@pytest.fixture(autouse=True)
def _proxies(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]


def seen(**meta: str) -> HttpRequest:
    """Return the request as the application sees it."""
    passed: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        passed.append(request)
        return HttpResponse()

    TrustedProxies(view)(RequestFactory().get("/", **meta))
    return passed[0]


def test_a_strangers_headers_are_dropped() -> None:
    request = seen(
        REMOTE_ADDR="203.0.113.9",
        HTTP_X_FORWARDED_FOR="127.0.0.1",
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="evil.example",
    )
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
    assert not [name for name in request.META if "FORWARDED" in name]


def test_a_trusted_proxy_names_the_visitor() -> None:
    request = seen(
        REMOTE_ADDR="10.0.0.4",
        HTTP_X_FORWARDED_FOR="198.51.100.7, 203.0.113.9, 10.0.0.5",
        HTTP_X_FORWARDED_PROTO="https",
    )
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
    assert request.META["HTTP_X_FORWARDED_PROTO"] == "https"


@pytest.mark.parametrize("chain", ["", "nonsense", "203.0.113.9, nonsense"])
def test_without_a_readable_chain_the_proxy_itself_is_the_visitor(chain: str) -> None:
    assert (
        seen(REMOTE_ADDR="10.0.0.4", HTTP_X_FORWARDED_FOR=chain).META["REMOTE_ADDR"] == "10.0.0.4"
    )
