"""How a webhook leaves: https, to allowed hosts, at public addresses, once, and not for long.

The address is checked where it is connected to, so that no name can point elsewhere between the
check and the connection (DNS rebinding). No proxy, no redirect; every wait is cut off at one
deadline, and of the answer only its beginning is read.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

PORT = 443
MAX_URL = 500
# From the first packet to the last byte that is read.
TOTAL_SECONDS = 10.0
READ_BYTES = 2048
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 addresses that hold an IPv4 one, which is where they lead (RFC 6052).
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that is public in IPv6 is there (RFC 4291).
UNICAST = ipaddress.ip_network("2000::/3")


class Unreachable(Exception):
    """An address that is not, or may not be, reached; ``str()`` says why."""


class Answer(NamedTuple):
    """What a host answered."""

    status: int
    text: str

    def __str__(self) -> str:
        return f"HTTP {self.status} {self.text}".strip()[:300]


def check_url(text: str) -> None:
    """Refuse an address that webhooks may not be sent to, before anything is asked of it.

    :raises Unreachable: unless it is https, without credentials, port or fragment, to a host of
        ``WEBHOOK_ALLOWED_HOSTS``.
    """
    if len(text) > MAX_URL or not text.isascii() or not text.isprintable() or " " in text:
        raise Unreachable(
            _("Write an address of at most %(count)d plain characters.") % {"count": MAX_URL}
        )
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unreachable(_("This address cannot be read.")) from error
    if url.scheme != "https" or not text.startswith("https://"):
        raise Unreachable(_("Only https:// addresses are reached."))
    if url.userinfo or "@" in text.partition("//")[2].partition("/")[0]:
        raise Unreachable(_("Leave the user and the password out of the address."))
    if url.fragment or url.port not in {None, PORT}:
        raise Unreachable(
            _("Leave the port and the fragment out: port %(port)d is used.") % {"port": PORT}
        )
    if url.raw_host.decode().lower() not in {
        host.lower() for host in settings.WEBHOOK_ALLOWED_HOSTS
    }:
        raise Unreachable(
            _("The host %(host)s is not among those allowed: add it to WEBHOOK_ALLOWED_HOSTS.")
            % {"host": url.host}
        )


def check_host(text: str) -> None:
    """Refuse an address whose host leads, today, to an address that is not public.

    :raises Unreachable: also when the host is not found.
    """
    addresses_of(httpx.URL(text).raw_host.decode(), PORT)


def addresses_of(host: str, port: int) -> list[tuple[str, int]]:
    """Return the public addresses of a host; one that is not public refuses them all.

    :raises Unreachable: likewise, or when there is none.
    """
    found = resolved(host, port)
    if not found:
        raise Unreachable(_("The host %(host)s has no address.") % {"host": host})
    for address, _port in found:
        check_public(address)
    return found


def resolved(host: str, port: int) -> list[tuple[str, int]]:
    """Ask the system for a host's addresses.

    :raises Unreachable: when it knows none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(_("The host %(host)s is not found.") % {"host": host}) from error
    return list(dict.fromkeys((str(row[4][0]), int(row[4][1])) for row in found))


def check_public(text: str) -> None:
    """Refuse an address of this machine, of its networks, or of nobody.

    :raises Unreachable: private, loopback, link-local (the clouds' metadata), shared, multicast,
        reserved or unspecified, also when an IPv6 address only wraps it.
    """
    address: Address = ipaddress.ip_address(text)
    if not all(_is_public(one) for one in (address, *_wrapped(address))):
        raise Unreachable(_("The address %(address)s is not a public one.") % {"address": text})


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        # What NAT64 leads to is looked at apart.
        return address in NAT64 or (address in UNICAST and address.is_global)
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _wrapped(address: Address) -> Iterable[Address]:
    """Yield the IPv4 addresses to which an IPv6 one leads."""
    if not isinstance(address, ipaddress.IPv6Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def trust() -> ssl.SSLContext:
    """Return whose certificates are believed: the system's."""
    return ssl.create_default_context()


def post(url: str, *, headers: dict[str, str], body: bytes) -> Answer:
    """Send a body to an address and return the beginning of the answer.

    :raises Unreachable: if the address may not be reached.
    :raises httpx.HTTPError: if nothing, or nothing in time, is answered.
    """
    check_url(url)
    transport = GuardedTransport(_Deadline(TOTAL_SECONDS))
    headers = {"User-Agent": "Imprimatur", "Accept-Encoding": "identity", **headers}
    with (
        httpx.Client(transport=transport, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", url, content=body, headers=headers, timeout=TOTAL_SECONDS) as answer,
    ):
        read = b""
        for chunk in answer.iter_raw(READ_BYTES):
            read += chunk
            if len(read) >= READ_BYTES:
                break
        return Answer(answer.status_code, _plain(read))


def _plain(read: bytes) -> str:
    text = read[:READ_BYTES].decode("utf-8", "replace")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:200]


class _Deadline:
    """How much of the time is left."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, wanted: float | None) -> float:
        """:raises httpcore.ReadTimeout: when none is."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("The host took too long to answer.")
        return left if wanted is None else min(left, wanted)


class GuardedTransport(httpx.HTTPTransport):
    """Connects to public addresses only, and keeps to one deadline whatever drips in."""

    def __init__(self, deadline: _Deadline) -> None:
        context = trust()
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=1, network_backend=_Network(deadline)
        )


class _Network(httpcore.NetworkBackend):
    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; TLS then asks for the host by its name."""
        failure: Exception | None = None
        for address, at_port in addresses_of(host, port):
            try:
                stream = self._real.connect_tcp(
                    address, at_port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._deadline)
        raise failure or httpcore.ConnectError("No address.")


class _Stream(httpcore.NetworkStream):
    def __init__(self, real: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._real, self._deadline = real, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._real.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._real.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._real.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _Stream(self._real.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._real.get_extra_info(info)
