"""What an import met and a person has to confirm: noticed, and closed.

A person confirms it in ``facts``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from approvals.audit.bulk import create_in_bulk
from approvals.people.models import User
from content.catalogue.enums import AlertKind, AlertOutcome
from content.catalogue.models import Product, ProductAlert

# What a person may say of each; that a product came back is the import's to say.
CONFIRMS = {
    AlertKind.VANISHED: (AlertOutcome.ENDED, AlertOutcome.STANDS),
    AlertKind.ENDED: (AlertOutcome.ENDED,),
}


def open_alerts(products: Sequence[Product], kind: AlertKind, *, now: datetime) -> None:
    """Ask a person to confirm a fact about each product, once as long as nobody did."""
    waiting = set(
        ProductAlert.objects.open()
        .filter(kind=kind, product__in=products)
        .values_list("product_id", flat=True)
    )
    create_in_bulk(
        [
            ProductAlert(product=product, kind=kind, noticed_at=now)
            for product in products
            if product.pk not in waiting
        ]
    )


def close_alerts(
    products: Iterable[Product],
    *,
    outcome: AlertOutcome = AlertOutcome.REAPPEARED,
    note: str = "",
    by: User,
    now: datetime,
) -> None:
    """Close what waited about products; that one came back answers only that it had gone."""
    waiting = ProductAlert.objects.open().filter(product__in=list(products))
    if outcome == AlertOutcome.REAPPEARED:
        waiting = waiting.filter(kind=AlertKind.VANISHED)
    for alert in waiting.order_by("pk"):
        close_alert(alert, outcome, note, by=by, now=now)


def close_alert(
    alert: ProductAlert, outcome: AlertOutcome, note: str, *, by: User, now: datetime
) -> None:
    """Say what became of a fact that waited, and who said so."""
    alert.outcome = outcome
    alert.note = note
    alert.settled_by = by
    alert.settled_at = now
    alert.save()
