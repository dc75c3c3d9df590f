"""The figures, each taken in one run beside what it is compared with."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from approvals.audit.models import AuditHead
from approvals.audit.verification import Verification, events
from approvals.desk.bench.prints import print_editions, said
from approvals.desk.bench.requests import Asked, ask, field_reader
from approvals.desk.bench.rows import write_events, write_products, write_versions
from approvals.people.actions import choose_language
from approvals.people.models import User
from content.calendar import paris_day
from content.catalogue.models import Product
from content.positive_list.queries import Filters, positive, scope_for

PAGE = 50
# What the figures for many versions are held against.
FEW = 10_000
PER_CORE = "the processor of this process; the database has its own"
ACTS = 500
PAGES = 200


@dataclass(frozen=True)
class Figure:
    """One line of the table: what, how much, in which unit, and what it is next to."""

    name: str
    value: float
    unit: str
    note: str = ""

    def __str__(self) -> str:
        number = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:,.2f}"
        return f"{self.name:<52} {number:>12} {self.unit:<10} {self.note}".rstrip()


def measure(now: datetime, *, versions: int, count: int, by: User) -> Iterator[Figure]:
    """Yield the figures one after the other; ``by`` writes, ``count`` events are verified.

    :raises RuntimeError: if the chain that was written does not verify.
    """
    yield from _editions(now)
    write_events(count, by, now)
    yield from _chain(count)
    yield from _acts(now)
    products = write_products()
    token, few = field_reader(products, now), min(FEW, versions)
    write_versions(0, few, products, by, now)
    small = _asked(token)
    write_versions(few, versions, products, by, now)
    large = _asked(token)
    yield from _requests(small, few, large, versions)
    yield from _lists(now, versions)


def _editions(now: datetime) -> Iterator[Figure]:
    """Say how long an edition takes on paper, and that its memory does not grow with it."""
    first = 0.0
    for entries, taken, largest in print_editions(now):
        note = f"{taken / first:.1f} × the first" if first else "2 cores"
        yield Figure(said(entries), taken, "s", note)
        yield Figure("the largest of its processes so far", largest, "MB")
        first = first or taken


def _asked(token: str) -> dict[str, Asked]:
    """Ask with statistics of the rows that are there, as a database that is looked after has."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return ask(token)


def _requests(
    small: dict[str, Asked], few: int, large: dict[str, Asked], versions: int
) -> Iterator[Figure]:
    """Say how many requests a second, beside the plain view, and what more rows cost."""
    said = f"{versions:,} versions, by token, one process"
    plain, page = large["plain"].rate, large["page"].rate
    yield Figure("plain view: token, team, one .values()", plain, "requests/s", said)
    yield Figure("positive list, a team's page of 20", page, "requests/s", _of(page, plain))
    yield Figure(
        "the same, not new (304)",
        large["fresh"].rate,
        "requests/s",
        f"{large['fresh'].rate / page:.2f} × the page",
    )
    check = large["check"].rate
    yield Figure("status check", check, "requests/s", _of(check, plain))
    for kind, words in (("page", "a team's page"), ("check", "status check"), ("plain", "plain")):
        before, after = small[kind].p95, large[kind].p95
        note = f"{after / before:.2f} × the {before * 1000:.2f} ms of {few:,} versions"
        yield Figure(f"p95, {words}", after * 1000, "ms", note)


def _of(rate: float, plain: float) -> str:
    return f"{100 * rate / plain:.0f} % of the plain view"


def _chain(count: int) -> Iterator[Figure]:
    """Verify the stored chain, then hash the same bytes with nothing around it."""
    head = AuditHead.objects.get(pk=1).seq
    first = head - count + 1
    read, taken = [], time.perf_counter()
    for rows in events(first, head):
        read += rows
    fetching = time.perf_counter() - taken
    texts, previous = [row[1] for row in read], read[0][2]
    bare = _rate(lambda: _hash_all(texts, previous), count)
    size = sum(len(text) for text in texts) / count
    # The processor's time and not the wall's: the database works on a core of its own.
    wall, processor = time.perf_counter(), time.process_time()
    _verified(Verification(first, rows=False))
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    yield Figure("bare hashlib loop over the same bytes", bare, "events/s", f"{size:.0f} bytes")
    yield Figure("reading the events alone", count / fetching, "events/s")
    yield Figure(
        "verify_audit, the chain (wall)", count / wall, "events/s", f"{bare * wall / count:.1f} ×"
    )
    yield Figure("verify_audit, the chain (per core)", count / processor, "events/s", PER_CORE)


def _hash_all(texts: list[str], previous: str) -> None:
    sha256 = hashlib.sha256
    for text in texts:
        previous = sha256((previous + text).encode()).hexdigest()


def _acts(now: datetime) -> Iterator[Figure]:
    """Append through a real act, with its history row, then hash those rows again."""
    since = AuditHead.objects.get(pk=1).seq + 1
    person: Any = get_user_model().objects.filter(language="fr").exclude(username="system")[0]

    def act_often() -> None:
        for turn in range(ACTS):
            choose_language(language=("en", "fr")[turn % 2], by=person, now=now)

    yield Figure("acts, each with history row and event", _rate(act_often, ACTS), "acts/s")
    rows = _rate(lambda: _verified(Verification(since)), ACTS)
    yield Figure("verify_audit, a history row hashed again for each", rows, "events/s")


def _lists(now: datetime, versions: int) -> Iterator[Figure]:
    reader: Any = get_user_model().objects.get(username="inspector")
    scope = scope_for(reader)
    day = paris_day(now)
    said = f"{versions:,} versions"
    products = list(Product.objects.order_by("pk").values_list("cis", flat=True))

    def one_product() -> None:
        for turn in range(PAGES):
            filters = Filters(product=products[turn % len(products)])
            positive(scope, day=day, as_of=now, filters=filters, limit=PAGE)

    def whole() -> None:
        positive(scope, day=day, as_of=now, limit=PAGE)

    yield Figure("positive list, a product's page", 1000 / _rate(one_product, PAGES), "ms", said)
    yield Figure("positive list, the first page of all", 1000 / _rate(whole, 1), "ms", said)


def _rate(work: Callable[[], None], count: int) -> float:
    """Return how many a second."""
    taken = time.perf_counter()
    work()
    return count / (time.perf_counter() - taken)


def _verified(verification: Verification) -> None:
    fault = verification.run().fault
    if fault:
        raise RuntimeError(f"event {fault.seq}: {fault.what}")
