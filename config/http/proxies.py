"""Which address and scheme a request came with: believe only the proxies named in the settings."""

import ipaddress
from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
)


class TrustedProxies:
    """Drop what a stranger forwards; take the visitor's address from a trusted proxy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_trusted(request.META.get("REMOTE_ADDR", "")):
            for header in FORWARDED:
                request.META.pop(header, None)
        else:
            request.META["REMOTE_ADDR"] = visitor(request)
        return self.get_response(request)


def visitor(request: HttpRequest) -> str:
    """Return the last forwarded address that is not one of our proxies.

    Anything further left was written by the visitor and proves nothing.
    """
    address = request.META["REMOTE_ADDR"]
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "")
    for hop in reversed([hop.strip() for hop in chain.split(",") if hop.strip()]):
        try:
            ipaddress.ip_address(hop)
        except ValueError:
            break
        address = hop
        if not is_trusted(hop):
            break
    return str(address)


def is_trusted(address: str) -> bool:
    """Whether an address is one of ``TRUSTED_PROXIES``."""
    return is_among(address, settings.TRUSTED_PROXIES)


def is_among(
    address: str, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]
) -> bool:
    """Whether an address is in one of the networks; what is no address is in none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
