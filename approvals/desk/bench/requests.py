"""Requests a second of the list and the check, beside a plain view on the same rows.

One worker process, no network: the WSGI application is called with the environment that a server
would give it, a person signed in by token. Every round asks each in turn, so that a noisy machine
disturbs all of them alike.
"""

import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.test.utils import override_settings
from django.urls import include, path
from django.utils.crypto import get_random_string
from rest_framework.request import Request

from approvals.desk.bench.rows import FIRST
from approvals.people.actions import create_person, give_token, grant_role, system_actor
from approvals.people.enums import Role
from config.http.tokens import GivenToken
from content.access.actions import add_member, add_product_to_team, create_team
from content.access.models import Membership, TeamProduct
from content.assets.models import Entry
from content.calendar import paris_day
from content.catalogue.models import Product

PAGE = 20
ROUNDS = 12
CALLS = 25
TEAM_OF = 10
LIST = f"/api/v1/positive-list/?limit={PAGE}"
PLAIN = "/bench/plain/"
SHOWN = (
    *("version_id", "code", "number", "title", "asset_type", "audience", "nature", "products"),
    *("reference", "starts_on", "ends_on"),
)


def plain_view(request: HttpRequest) -> JsonResponse:
    """What the page is held against: the same token, the same team, one ``.values()`` query."""
    signed_in = GivenToken().authenticate(Request(request))
    if signed_in is None:
        return JsonResponse({}, status=401)
    user, today = signed_in[0], paris_day(datetime.now().astimezone())
    teams = Membership.objects.filter(user=user).values("team_id")
    products = TeamProduct.objects.filter(team__in=teams).values("product_id")
    rows = Entry.objects.filter(
        product__in=products, replaced_at=None, starts_on__lte=today, ends_on__gt=today
    )
    return JsonResponse({"results": list(rows.order_by("sort_key").values(*SHOWN)[:PAGE])})


urlpatterns = [path("bench/plain/", plain_view), path("", include("config.urls"))]


@dataclass
class Asked:
    """One kind of request, and how long each call of it took, in seconds."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    taken: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second: the median call, so that a neighbour's burst counts for little."""
        return 1 / sorted(self.taken)[len(self.taken) // 2]

    @property
    def p95(self) -> float:
        return sorted(self.taken)[int(len(self.taken) * 0.95)]


def field_reader(products: list[Product], now: datetime) -> str:
    """Seat a representative in a team of ten products; return a token of theirs."""
    system = system_actor()
    person = create_person(username="bench", password=get_random_string(40), by=system, now=now)
    grant_role(person, Role.FIELD_REP, by=system, now=now)
    team = create_team("Bench", by=system, now=now)
    add_member(team.pk, person.pk, by=system, now=now)
    for product in products[:TEAM_OF]:
        add_product_to_team(team.pk, product.pk, by=system, now=now)
    return give_token(by=person, now=now)[1]


def ask(token: str) -> dict[str, Asked]:
    """Ask the plain view, the page, the page that is not new, and the check, in turn."""
    # A connection for each request would be measured with it: production has a pool.
    connection.settings_dict["CONN_MAX_AGE"] = None
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["bench"], DEBUG=False):
        application = get_wsgi_application()
        signed = {"HTTP_AUTHORIZATION": f"Token {token}"}
        page = _call(application, LIST, signed)
        if len(json.loads(page.body)["results"]) != PAGE:
            raise RuntimeError("The team's list is shorter than a page.")
        kinds = {
            "plain": Asked(PLAIN, signed),
            "page": Asked(LIST, signed),
            "fresh": Asked(LIST, signed | {"HTTP_IF_NONE_MATCH": page.etag}, 304),
            "check": Asked(f"/api/v1/status/BX-2026-{FIRST}/?version=1", signed),
        }
        for _round in range(ROUNDS):
            for kind in kinds.values():
                _measure(application, kind)
    return kinds


def _measure(application: Callable[..., Any], kind: Asked) -> None:
    for call in range(CALLS):
        started = time.perf_counter()
        answer = _call(application, kind.address, kind.headers)
        taken = time.perf_counter() - started
        if answer.status != kind.status:
            raise RuntimeError(f"{kind.address}: {answer.status}, {answer.body[:300]!r}")
        if call:  # The first of a round warms up what the others before it cooled.
            kind.taken.append(taken)


@dataclass
class _Answer:
    status: int
    etag: str
    body: bytes


def _call(application: Callable[..., Any], address: str, headers: dict[str, str]) -> _Answer:
    said: dict[str, Any] = {}

    def start_response(status: str, names: list[tuple[str, str]], *_: Any) -> None:
        said.update(status=int(status.split(maxsplit=1)[0]), etag=dict(names).get("ETag", ""))

    where, _mark, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": where,
        "QUERY_STRING": query,
        "SERVER_NAME": "bench",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "https",
        **headers,
    }
    given = application(environ, start_response)
    body = b"".join(given)
    given.close()
    return _Answer(said["status"], said["etag"], body)
