"""Rows by the hundred thousand, past the actions: only for a database that is thrown away."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, models

from approvals.audit.hashing import canonical, chain_hash
from approvals.audit.models import AuditEvent, AuditHead
from approvals.people.models import User
from content.assets.enums import Audience, LimitCode, Nature
from content.assets.models import Asset, AssetType, Entry, Period, Version
from content.calendar import add_months, paris_day
from content.catalogue.models import Jurisdiction, Product

BATCH = 5000
# What brings an event's text to the 315 bytes of SECURITY.md's figures.
PADDING = "x" * 153
# Past every number that the demonstration's own rows have.
FIRST = 1_000_000


def write_events(count: int, by: User, now: datetime) -> None:
    """Append events of 315 bytes that name no row, chained like any other."""
    head = AuditHead.objects.get(pk=1)
    _insert(_events(head, count, by, now))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_audithead SET seq = %s, hash = %s", [head.seq, head.hash])


def _events(head: AuditHead, count: int, by: User, now: datetime) -> Iterator[AuditEvent]:
    for seq in range(head.seq + 1, head.seq + count + 1):
        text = canonical(
            {
                "seq": seq,
                "at": now,
                "act": "bench",
                "acts": ["bench"],
                "actor": by.pk,
                "role": "",
                "reason": "",
                "details": {"padding": PADDING},
                "changes": [],
            }
        )
        event = AuditEvent(seq=seq, recorded_at=now, kind="bench", actor_id=by.pk, payload=text)
        event.prev_hash, event.hash = head.hash, chain_hash(head.hash, text)
        head.seq, head.hash = seq, event.hash
        yield event


def write_versions(count: int, by: User, now: datetime) -> None:
    """Write versions of which one in ten is usable today, spread over the products."""
    products = list(Product.objects.order_by("pk"))
    kind = AssetType.objects.order_by("pk")[0]
    shared = {
        "asset_type": kind,
        "jurisdiction": Jurisdiction.objects.order_by("pk")[0],
        "owner": by,
        "created_at": now,
        "nature": Nature.PROMOTIONAL,
        "audience": Audience.HCP,
    }
    for first in range(FIRST, FIRST + count, BATCH):
        made = [
            _one(pk, products[pk % len(products)], shared)
            for pk in range(first, min(first + BATCH, FIRST + count))
        ]
        for rows in zip(*made, strict=True):
            _insert(iter(rows))


def _one(pk: int, product: Any, shared: dict[str, Any]) -> tuple[models.Model, ...]:
    """Return an asset, its version, its period and its entry; one period in ten is today's."""
    now, by = shared["created_at"], shared["owner"]
    starts_on = add_months(paris_day(now), -12)
    ends_on = paris_day(now) + timedelta(days=200) if pk % 10 == 0 else add_months(starts_on, 6)
    code, title = f"BX-2026-{pk:07d}", f"Asset {pk} on {product.name}"[:200]
    asset = Asset(pk=pk, code=code, title=title, lead_product=product, **shared)
    version = Version(pk=pk, asset_id=pk, number=1, created_by=by, created_at=now)
    version.state_since = now
    span = {"starts_on": starts_on, "ends_on": ends_on, "recorded_at": now - timedelta(days=400)}
    period = Period(pk=pk, version_id=pk, limited_by=LimitCode.values[0], **span)
    entry = Entry(pk=pk, period_id=pk, version_id=pk, product=product, code=code, number=1, **span)
    entry.title, entry.asset_type, entry.sort_key = title, asset.asset_type.code, code.lower()
    entry.nature, entry.audience, entry.search_text = asset.nature, asset.audience, title.lower()
    entry.list_version = 0
    entry.products = [{"cis": product.cis, "name": product.name}]
    return asset, version, period, entry


def _insert(rows: Iterator[Any]) -> None:
    """Insert made rows of one model with their own keys, some thousands in a statement's run."""
    while batch := list(islice(rows, BATCH)):
        fields = batch[0]._meta.concrete_fields
        names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
        marks = ", ".join(["%s"] * len(fields))
        table = connection.ops.quote_name(batch[0]._meta.db_table)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",  # nosec
                _values(batch, fields),
            )


def _values(rows: Iterable[Any], fields: Any) -> list[list[Any]]:
    return [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in rows
    ]
