"""What assets do when products change: work their versions' usability out anew."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from approvals.people.models import SYSTEM_USERNAME, User
from content.assets.actions.sweep import suspend_frozen
from content.assets.actions.validity import work_out
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.models import ProductFreeze
from content.catalogue.signals import products_changed


@receiver(products_changed, dispatch_uid="assets.products_changed")
def follow_products(
    sender: Any, *, product_ids: Collection[int], by: User, now: datetime, **kwargs: Any
) -> None:
    """Re-derive every released version of the products, named today or when it was frozen."""
    named = Version.objects.ever_naming(product_ids).filter(released_at__isnull=False)
    versions = set(named.values_list("pk", flat=True))
    if versions:
        work_out(versions, now=now)
    if by.username == SYSTEM_USERNAME:
        # A pharmacist's freeze names and signs what it suspends; the system's does so here, at
        # once: nothing may come back by the mere lift, whether or not the sweep ran before it.
        _suspend_frozen(product_ids, by=by, now=now)


def _suspend_frozen(product_ids: Collection[int], *, by: User, now: datetime) -> None:
    frozen = ProductFreeze.objects.open_on(paris_day(now)).filter(product__in=product_ids)
    for pk in list(frozen.order_by("pk").values_list("pk", flat=True)):
        suspend_frozen(pk, by=by, now=now)
