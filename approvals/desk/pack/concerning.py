"""What concerns an asset: it, what hangs below it, a few things that these name; their events."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from approvals.audit.models import AuditEvent, Recorded
from content.assets.models import Asset, Version

# A row's model and id, as the events name it.
Row = tuple[str, str]
# Below SQLite's limit of variables in a statement.
BATCH = 500
# What rows of an asset name and share with others: its events belong to the story, no further.
SHARED = {"submissions.batch", "assets.reference", "assets.visa", "signatures.signature"}


def rows_of(thing: Asset | Version) -> set[Row]:
    """Return every row, present or past, that concerns an asset, or one version of it.

    Histories are asked and not the tables: what was removed or moved since concerns it too.
    """
    found: dict[type[models.Model], set[Any]] = defaultdict(set)
    waiting: list[tuple[type[models.Model], set[Any]]] = [(type(thing), {thing.pk})]
    while waiting:
        model, ids = waiting.pop()
        new = ids - found[model]
        if not new:
            continue
        found[model] |= new
        for child, field in _children(model):
            past = _history(child).filter(**{f"{field.attname}__in": new})
            waiting.append((child, set(past.values_list("id", flat=True))))
    rows = {(model._meta.label_lower, str(pk)) for model, ids in found.items() for pk in ids}
    return rows | {row for model, ids in found.items() for row in _shared(model, ids)}


def events_about(rows: set[Row]) -> list[int]:
    """Return the numbers of the events that name one of these rows, in order.

    A history row and its event have one instant, which is indexed in the trail: it leads to a few
    events, whose text then says whether they are about the rows.
    """
    ids: dict[str, set[str]] = defaultdict(set)
    for label, pk in rows:
        ids[label].add(pk)
    instants: set[datetime] = set()
    for label, pks in ids.items():
        past = _history(apps.get_model(label)).filter(id__in=pks)
        instants.update(past.values_list("history_date", flat=True))
    return sorted(
        seq
        for some in _some(sorted(instants))
        for seq, payload in AuditEvent.objects.filter(recorded_at__in=some)
        .order_by()
        .values_list("seq", "payload")
        if _names(payload, rows)
    )


def _names(payload: str, rows: set[Row]) -> bool:
    try:
        return any(
            (change["model"], change["id"]) in rows for change in json.loads(payload)["changes"]
        )
    except (ValueError, LookupError, TypeError):
        # Altered since: verification says so.
        return False


def _some(instants: list[datetime]) -> Iterator[list[datetime]]:
    yield from (instants[place : place + BATCH] for place in range(0, len(instants), BATCH))


def _recorded() -> Iterator[type[models.Model]]:
    return (model for model in apps.get_models() if issubclass(model, Recorded))


def _history(model: Any) -> models.QuerySet[Any]:
    return model.history.model._default_manager.all()


def _relations(model: type[models.Model]) -> Iterator[Any]:
    return (field for field in model._meta.concrete_fields if field.is_relation)


def _children(parent: type[models.Model]) -> Iterator[tuple[type[models.Model], Any]]:
    """Yield the models and fields that hang below; a version hangs below its asset only."""
    for model in _recorded():
        for field in _relations(model):
            if field.related_model is parent and (model is not Version or parent is Asset):
                yield model, field


def _shared(model: type[models.Model], ids: set[Any]) -> Iterator[Row]:
    for field in _relations(model):
        label = field.related_model._meta.label_lower
        if label in SHARED:
            named = _history(model).filter(id__in=ids).values_list(field.attname, flat=True)
            yield from ((label, str(pk)) for pk in named if pk is not None)
