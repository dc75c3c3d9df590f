"""Rows by the hundred thousand, past the actions: only for a database that is thrown away."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, models

from approvals.audit.hashing import canonical, chain_hash
from approvals.audit.models import AuditEvent, AuditHead
from approvals.people.models import User
from content.assets.enums import Audience, LimitCode, Nature, State
from content.assets.models import Asset, AssetType, Entry, Period, Revision, Version
from content.calendar import add_months, paris_day
from content.catalogue.models import Jurisdiction, Product

BATCH = 5000
# What brings an event's text to the 315 bytes of SECURITY.md's figures.
PADDING = "x" * 153
# Past every number that the demonstration's own rows have; as long as every one that follows.
FIRST = 1_000_000
PRODUCTS = 500
# One version in so many may be used today.
USABLE = 10


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


def write_products() -> list[Product]:
    """Write as many products as a large company has, and return them."""
    made = [
        Product(pk=FIRST + number, cis=f"9{number:07d}", name=f"BENCHMARK {number} mg")
        for number in range(PRODUCTS)
    ]
    for product in made:
        product.settle_search_text()
    _insert(iter(made))
    return made


def write_versions(
    already: int, count: int, products: list[Product], by: User, at: datetime
) -> None:
    """Bring the versions from ``already`` to ``count``: one in ten usable, over all products."""
    if not already:
        already = min(BATCH, count)
        made = [_one(FIRST + number, products, by, at) for number in range(already)]
        for rows in zip(*made, strict=True):
            _insert(iter(rows))
    # What was written is copied under new keys, twice as many rows each time.
    while already < count:
        more = min(already, count - already)
        for model in (Asset, Version, Revision, Period, Entry):
            _copy(model, already, more)
        already += more


def _one(pk: int, products: list[Product], by: User, at: datetime) -> tuple[models.Model, ...]:
    """Return an asset, its version and revision, its period and its entry."""
    product = products[pk // USABLE % len(products)]
    starts_on = add_months(paris_day(at), -12)
    ends_on = paris_day(at) + timedelta(days=200) if pk % USABLE == 0 else add_months(starts_on, 6)
    code, title = f"BX-2026-{pk}", f"Asset {pk}"
    asset = Asset(pk=pk, code=code, title=title, lead_product=product, owner=by, created_at=at)
    asset.asset_type = AssetType.objects.order_by("pk")[0]
    asset.jurisdiction = Jurisdiction.objects.order_by("pk")[0]
    asset.nature, asset.audience = Nature.PROMOTIONAL, Audience.HCP
    version = Version(pk=pk, asset_id=pk, number=1, created_by=by, created_at=at)
    version.state_since = version.released_at = at
    version.released_by, version.valid_from, version.expires_on = by, starts_on, ends_on
    version.__dict__["state"] = State.RELEASED
    revision = Revision(pk=pk, version_id=pk, number=1, uploaded_by=by, uploaded_at=at)
    revision.prepared_on, revision.frozen_at, revision.digest = starts_on, at, f"{pk:064}"
    revision.metadata_text = canonical({"title": title, "products": [product.cis]})
    span = {"starts_on": starts_on, "ends_on": ends_on, "recorded_at": at - timedelta(days=400)}
    period = Period(pk=pk, version_id=pk, limited_by=LimitCode.values[0], **span)
    entry = Entry(pk=pk, period_id=pk, version_id=pk, product=product, code=code, number=1, **span)
    entry.title, entry.asset_type, entry.sort_key = title, asset.asset_type.code, title.lower()
    entry.nature, entry.audience, entry.search_text = asset.nature, asset.audience, title.lower()
    entry.list_version = 0
    entry.products = [{"cis": product.cis, "name": product.name}]
    return asset, version, revision, period, entry


# Columns of copied rows that say which row it is, beside its own key.
KEYS = ("id", "asset_id", "version_id", "period_id")
# Columns made of the row's own key.
MADE = {"code": "BX-2026-", "title": "Asset ", "sort_key": "asset "}


def _copy(model: type[models.Model], shift: int, more: int) -> None:
    """Copy the first ``more`` rows of a table under keys that are ``shift`` further."""
    columns, values = [], []
    for field in _written(model):
        column = connection.ops.quote_name(str(field.column))
        columns.append(column)
        if field.column in KEYS:
            values.append(f"{column} + {shift}")
        elif field.column in MADE:
            values.append(f"'{MADE[field.column]}' || (id + {shift})")
        else:
            values.append(column)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "  # nosec
            f"FROM {table} WHERE id >= %s AND id < %s",
            [FIRST, FIRST + more],
        )


def _insert(rows: Iterator[Any]) -> None:
    """Insert made rows of one model with their own keys, some thousands in a statement's run."""
    while batch := list(islice(rows, BATCH)):
        fields = _written(type(batch[0]))
        names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        marks = ", ".join(["%s"] * len(fields))
        table = connection.ops.quote_name(batch[0]._meta.db_table)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",  # nosec
                _values(batch, fields),
            )


def _written(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """Return the columns of a table that the database does not work out itself."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def _values(rows: Iterable[Any], fields: Any) -> list[list[Any]]:
    return [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in rows
    ]
