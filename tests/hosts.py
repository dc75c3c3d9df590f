"""A host outside, made up: a real HTTPS server on this machine, under a certificate of its own."""

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from content.outbox import reach

HOST = "crm.example"
URL = f"https://{HOST}/hooks"
PUBLIC = "93.184.215.14"


def certificate(host: str, folder: Path) -> Path:
    """Write a self-signed certificate and its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=4000))
        .not_valid_after(today + datetime.timedelta(days=4000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Outside:
    """What the host received, and how it is to answer."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.names: list[str] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        self.body = b""
        # Seconds between two bytes of an answer that never ends; 0: it answers.
        self.drips = 0.0
        self.closing = threading.Event()


def _handler(outside: Outside) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            outside.received.append((dict(self.headers), self.rfile.read(length)))
            if outside.drips:
                self._drip()
                return
            self.send_response(outside.status)
            for name, value in outside.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(outside.body)))
            self.end_headers()
            self.wfile.write(outside.body)

        def _drip(self) -> None:
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not outside.closing.wait(outside.drips):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    return Handler


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is what some tests are about."""


@contextmanager
def serving(
    patch: pytest.MonkeyPatch, folder: Path, *, certified_for: str = HOST
) -> Iterator[Outside]:
    """Serve as ``HOST``: names lead here, and its certificate is believed."""
    outside = Outside()
    pem = certificate(certified_for, folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.sni_callback = lambda _socket, name, _context: outside.names.append(str(name))
    server = _Quiet(("127.0.0.1", 0), _handler(outside))
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    outside.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    patch.setattr(reach, "resolved", lambda host, port: [("127.0.0.1", outside.port)])
    patch.setattr(reach, "trust", lambda: ssl.create_default_context(cafile=str(pem)))
    # This machine stands for a public one; what else is not public stays refused.
    real = reach.check_public
    patch.setattr(reach, "check_public", lambda a: None if a == "127.0.0.1" else real(a))
    try:
        yield outside
    finally:
        outside.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent() -> Iterator[int]:
    """Listen and never say a word; yield the port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])
