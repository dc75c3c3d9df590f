"""Where webhooks may go: https, allowed hosts, public addresses, and never for long."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils.translation import override

from content.outbox import reach
from content.outbox.reach import Unreachable, check_host, check_public, check_url, post
from tests.hosts import HOST, PUBLIC, URL, Outside, serving, silent


@pytest.fixture(autouse=True)
def _allowed(settings: Any) -> Iterator[None]:
    settings.WEBHOOK_ALLOWED_HOSTS = [HOST, "127.0.0.1", "localhost", "::1"]
    with override("en"):
        yield


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Outside]:
    with serving(monkeypatch, tmp_path) as host:
        yield host


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "0.0.0.0"),
            *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1"),
            *("239.1.1.1", "240.0.0.1", "255.255.255.255"),
            *("::1", "::", "fe80::1", "fe80::1%1", "fc00::1", "fd00:ec2::254", "ff02::1"),
            *("2001:db8::1", "fec0::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
            *("::ffff:127.0.0.1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::a00:1"),
            *("64:ff9b::a9fe:a9fe", "2001:0:7f00:1::1", "::127.0.0.1"),
        ],
    )
    def test_what_is_not_public_is_refused(self, address: str) -> None:
        with pytest.raises(Unreachable, match="not a public one"):
            check_public(address)

    @pytest.mark.parametrize(
        "address", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"]
    )
    def test_what_is_public_is_reached(self, address: str) -> None:
        check_public(address)

    @pytest.mark.parametrize("private", ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "::1"])
    def test_one_private_address_of_a_name_refuses_it(
        self, private: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda *args, **kwargs: [(0, 0, 0, "", (one, 443)) for one in (PUBLIC, private)],
        )
        with pytest.raises(Unreachable, match="not a public one"):
            check_host(URL)
        with pytest.raises(Unreachable, match="not a public one"):
            post(URL, headers={}, body=b"")

    @pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://localhost/", "https://[::1]/"])
    def test_this_machine_is_refused_by_a_real_resolution(self, url: str) -> None:
        with pytest.raises(Unreachable, match="not a public one"):
            check_host(url)
        with pytest.raises(Unreachable, match="not a public one"):
            post(url, headers={}, body=b"")

    def test_a_name_that_changes_between_the_check_and_the_connection(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """DNS rebinding: what counts is the address that is connected to."""
        answers = iter([PUBLIC, "127.0.0.1"])
        monkeypatch.setattr(reach, "resolved", lambda host, port: [(next(answers), port)])
        check_host(URL)
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
            post(URL, headers={}, body=b"")

    def test_a_name_that_nobody_knows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*args: Any, **kwargs: Any) -> Any:
            raise socket.gaierror

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(Unreachable, match="not found"):
            check_host(URL)


class TestUrls:
    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("http://crm.example/", "https"),
            ("HTTPS://crm.example/", "https"),
            ("ftp://crm.example/", "https"),
            ("//crm.example/", "https"),
            ("crm.example", "https"),
            ("https://user:secret@crm.example/", "password"),
            ("https://@crm.example/", "password"),
            ("https://crm.example:8443/", "port"),
            ("https://crm.example/#part", "fragment"),
            ("https://evil.example/", "allowed"),
            ("https://crm.example.evil.example/", "allowed"),
            ("https://crm.example./", "allowed"),
            ("https://evil.example\\@crm.example/", "."),
            ("https://crm.example/a b", "plain"),
            ("https://crm.example/\n", "plain"),
            ("https://crm.éxample/", "plain"),
            ("https://crm.example/" + "a" * 500, "plain"),
            ("https://[::1/", "read"),
            ("https:///hooks", "allowed"),
        ],
    )
    def test_refused(self, url: str, said: str) -> None:
        with pytest.raises(Unreachable, match=said):
            check_url(url)

    @pytest.mark.parametrize("url", [URL, "https://CRM.example/", "https://crm.example:443/a?b=c"])
    def test_allowed(self, url: str) -> None:
        check_url(url)

    def test_nothing_is_allowed_by_default(self, settings: Any) -> None:
        settings.WEBHOOK_ALLOWED_HOSTS = []
        with pytest.raises(Unreachable):
            check_url(URL)


class TestConnections:
    def test_the_name_is_asked_for_and_the_body_arrives(self, outside: Outside) -> None:
        outside.status, outside.body = 200, b"thanks\x00\xff"
        answer = post(URL, headers={"webhook-id": "msg_1"}, body=b"{}")
        assert answer == (200, "thanks �")
        ((headers, body),) = outside.received
        assert (headers["Host"], headers["webhook-id"], body) == (HOST, "msg_1", b"{}")
        assert outside.names == [HOST]

    def test_a_redirect_is_not_followed(self, outside: Outside) -> None:
        outside.status = 302
        outside.headers = {"Location": "http://169.254.169.254/latest/meta-data/"}
        assert post(URL, headers={}, body=b"").status == 302
        assert len(outside.received) == 1

    def test_only_the_beginning_of_an_answer_is_read(self, outside: Outside) -> None:
        outside.status, outside.body = 200, b"a" * 50_000_000
        started = time.monotonic()
        assert post(URL, headers={}, body=b"").text == "a" * 200
        assert time.monotonic() - started < 5

    def test_no_proxy_of_the_environment_is_used(
        self, outside: Outside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        assert post(URL, headers={}, body=b"").status == 204

    def test_a_certificate_of_another_name(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        with (
            serving(monkeypatch, tmp_path, certified_for="other.example") as host,
            pytest.raises(httpx.ConnectError, match="certificate"),
        ):
            post(URL, headers={}, body=b"")
        assert host.received == []

    def test_a_certificate_that_nobody_vouches_for(
        self, outside: Outside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        monkeypatch.setattr(reach, "resolved", lambda host, port: [("127.0.0.1", outside.port)])
        monkeypatch.setattr(reach, "check_public", lambda address: None)
        with pytest.raises(httpx.ConnectError, match="certificate"):
            post(URL, headers={}, body=b"")
        assert outside.received == []

    @pytest.mark.parametrize("drips", [True, False])
    def test_a_host_that_never_answers(
        self, drips: bool, outside: Outside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Neither one that is silent, nor one that says a letter from time to time."""
        monkeypatch.setattr(reach, "TOTAL_SECONDS", 0.6)
        outside.drips = 0.05 if drips else 30.0
        started = time.monotonic()
        with pytest.raises(httpx.TimeoutException):
            post(URL, headers={}, body=b"")
        assert time.monotonic() - started < 3

    def test_a_host_that_does_not_even_greet(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reach, "TOTAL_SECONDS", 0.5)
        monkeypatch.setattr(reach, "check_public", lambda address: None)
        with silent() as port:
            monkeypatch.setattr(reach, "resolved", lambda host, _port: [("127.0.0.1", port)])
            started = time.monotonic()
            with pytest.raises(httpx.TimeoutException):
                post(URL, headers={}, body=b"")
            assert time.monotonic() - started < 3

    def test_the_second_address_where_the_first_does_not_answer(
        self, outside: Outside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with silent() as port:
            pass  # Nobody listens there any more.
        found = [("127.0.0.1", port), ("127.0.0.1", outside.port)]
        monkeypatch.setattr(reach, "resolved", lambda host, _port: found)
        assert post(URL, headers={}, body=b"").status == 204
