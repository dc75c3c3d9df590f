"""What assets do when products change: work their versions' usability out anew."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from content.assets.actions.validity import work_out
from content.assets.models import AssetProduct, Entry, Version
from content.catalogue.signals import products_changed


@receiver(products_changed, dispatch_uid="assets.products_changed")
def follow_products(
    sender: Any, *, product_ids: Collection[int], now: datetime, **kwargs: Any
) -> None:
    """Re-derive every released version of the products, named today or when it was frozen."""
    assets = AssetProduct.objects.filter(product__in=product_ids).values("asset")
    named = Version.objects.filter(released_at__isnull=False, asset__in=assets)
    listed = Entry.objects.filter(product__in=product_ids)
    versions = {
        *named.values_list("pk", flat=True),
        *listed.values_list("version_id", flat=True),
    }
    if versions:
        work_out(versions, now=now)
