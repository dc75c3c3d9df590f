"""Every act of every test takes its locks in the house's order (ARCHITECTURE.md, "An act").

List head, products, batches, windows, assets, versions, numbering, audit head: what comes earlier
is never locked after what comes later. Who locks more than one version holds the list head first,
so that two of them never wait for each other, whatever the order in which usability is worked out.
A row that is written counts as locked: an UPDATE locks it. Works on SQLite too, where nothing is
locked but the querysets say the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.signals import pre_save

from approvals.audit import current_act
from approvals.audit.errors import WriteOutsideAct

ORDER = (
    "catalogue.listhead",
    "catalogue.product",
    "submissions.batch",
    "submissions.depositwindow",
    "assets.asset",
    "assets.version",
    "assets.assetnumber",
    "submissions.referencecounter",
    "audit.audithead",
)
LIST_HEAD, VERSION = ORDER[0], "assets.version"


class OutOfOrder(AssertionError):
    """An act took a lock that two acts at once may each hold while waiting for the other's."""


def note(row: Model) -> None:
    """Remember that the act under way holds a row.

    :raises OutOfOrder: if it had to be locked before what the act holds already.
    """
    label = row._meta.label_lower
    if label not in ORDER:
        return
    try:
        under_way: Any = current_act()
    except WriteOutsideAct:
        return
    held: dict[str, set[Any]] = under_way.__dict__.setdefault("held", {})
    if row.pk in held.get(label, ()):
        return
    later = [name for name in held if ORDER.index(name) > ORDER.index(label)]
    if later:
        raise OutOfOrder(f"{under_way.kind}: {label} {row.pk} after {', '.join(later)}")
    held.setdefault(label, set()).add(row.pk)
    if len(held.get(VERSION, ())) > 1 and LIST_HEAD not in held:
        raise OutOfOrder(f"{under_way.kind}: several versions without the list head")


@contextmanager
def in_order() -> Iterator[None]:
    """Watch every queryset that locks and every row that is written again."""
    fetch_all: Any = QuerySet._fetch_all

    def watched(queryset: Any) -> None:
        fresh = queryset._result_cache is None
        fetch_all(queryset)
        if fresh and queryset.query.select_for_update:
            for row in queryset._result_cache:
                if isinstance(row, Model):
                    note(row)

    def written(sender: Any, instance: Model, **kwargs: Any) -> None:
        if not instance._state.adding:
            note(instance)

    QuerySet._fetch_all = watched  # type: ignore[method-assign]
    pre_save.connect(written, dispatch_uid="tests.locks")
    yield
    pre_save.disconnect(dispatch_uid="tests.locks")
    QuerySet._fetch_all = fetch_all
