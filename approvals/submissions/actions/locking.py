"""The house's lock order for batches: products, batches, their window, versions by id.

Who locks more than one version locks the list head before all of these: whatever is worked out
under it writes versions in another order.
"""

from collections.abc import Sequence
from typing import Any

from approvals.submissions.models import Batch, DepositWindow, Dossier
from content.assets.models import Version, Visa
from content.catalogue.models import Product


def lock_batch(batch_id: int) -> Batch:
    """Lock a batch; the caller locks versions after it."""
    return Batch.objects.locked().select_related("window").get(pk=batch_id)


def lock_window_of(batch: Batch) -> None:
    """Lock a batch's window as it is now, so that nobody moves its days meanwhile."""
    if batch.window_id is not None:
        batch.window = DepositWindow.objects.locked().get(pk=batch.window_id)


def lock_products_of(version_ids: Sequence[int]) -> dict[int, list[Product]]:
    """Lock the products of versions, so that no freeze slips past; return them by version."""
    pairs = list(
        Version.objects.filter(pk__in=version_ids).values_list("pk", "asset__products__pk")
    )
    locked = {
        product.pk: product
        for product in Product.objects.locked().filter(pk__in={pk for _, pk in pairs if pk})
    }
    found: dict[int, list[Product]] = {pk: [] for pk in version_ids}
    for version_id, product_id in pairs:
        if product_id in locked:
            found[version_id].append(locked[product_id])
    return found


def lock_versions(version_ids: Sequence[int]) -> dict[int, Version]:
    """Lock versions by id: their lock guards their dossiers."""
    versions = Version.objects.locked().with_asset().filter(pk__in=version_ids)
    return {version.pk: version for version in versions}


def lock_dossier(
    dossier_id: int, *, with_carriers: bool = False, with_window: bool = False
) -> tuple[Dossier, Version, list[Product]]:
    """Lock a dossier's products, batch and version; return it as it is under the locks.

    ``with_carriers``: also every version that stands, or ever stood, under the same visa; the
    list head is locked already, so that no further one comes to stand under it meanwhile.
    ``with_window``: also the batch's window.
    """
    found = Dossier.objects.select_related("version").get(pk=dossier_id)
    products = lock_products_of([found.version_id])[found.version_id]
    batch = lock_batch(found.batch_id)
    if with_window:
        lock_window_of(batch)
    ids = [found.version_id]
    if with_carriers:
        ids += ever_under_visa_of(found)
    version = lock_versions(ids)[found.version_id]
    dossier = Dossier.objects.select_related("reference", "revision").get(pk=dossier_id)
    dossier.batch = batch
    dossier.version = version
    return dossier, version, products


def visa_of(dossier: Dossier) -> Visa | None:
    """Return the visa that was given on a dossier, void or not."""
    given = Visa.objects.filter(reference=dossier.reference_id, digest=dossier.digest)
    return given.order_by("pk").first()


def ever_under_visa_of(dossier: Dossier) -> list[int]:
    """Return the ids of the versions that stand, or ever stood, under a dossier's visa."""
    visa = visa_of(dossier)
    if visa is None:
        return []
    history: Any = Version.history  # type: ignore[attr-defined]
    return sorted(set(history.filter(visa=visa.pk).values_list("id", flat=True)))
