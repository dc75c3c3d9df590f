"""What the pharmacist asks before an act: what it concerns, and what it would cause."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.db.models import QuerySet

from approvals.people.models import User
from content.assets.enums import IN_USE, Cause, DependencyKind, Nature, State
from content.assets.models import AssetProduct, Dependency, Interruption, Period, Version
from content.assets.validity.facts import regulated_metadata
from content.calendar import paris_day
from content.catalogue.models import Product, ProductFreeze


def products_of(version: Version) -> list[Product]:
    """Return the products in a version's frozen metadata, else those of its asset.

    Editing an asset never changes what its released versions concern (DOMAIN.md §3).
    """
    frozen = regulated_metadata([version.pk]).get(version.pk)
    if frozen is None:
        return list(version.asset.products.all())
    return list(Product.objects.filter(cis__in=frozen.get("products", [])))


def is_barred_by_freezes(version: Version) -> bool:
    """Whether a product freeze reaches it by law: promotional, and not safety information."""
    frozen = regulated_metadata([version.pk]).get(version.pk)
    if frozen is None:
        return version.asset.is_promotional and not version.asset.safety_information
    return frozen.get("nature") == Nature.PROMOTIONAL and not frozen.get("safety_information")


def suspended_by_freeze(version: Version) -> bool:
    """Whether a product freeze suspended it: by law, or by the pharmacist's choice."""
    rows = version.interruptions.not_lifted().filter(cause=Cause.PRODUCT_FREEZE)
    return bool(rows.exists())


def open_freezes_on(version: Version, *, chosen: bool = False) -> QuerySet[ProductFreeze]:
    """Return the freezes that bar a version, those still to begin included.

    ``chosen``: the pharmacist let the freeze reach it, whatever its nature.
    """
    freezes = ProductFreeze.objects.not_lifted().select_related("product").order_by("pk")
    if not chosen and not is_barred_by_freezes(version):
        return freezes.none()
    return freezes.filter(product__in=[product.pk for product in products_of(version)])


def superseded_already(version: Version, today: date) -> bool:
    """Whether a successor's first usable day has come."""
    return version.superseded_on is not None and version.superseded_on <= today


def released_versions_of(product: Product) -> list[Version]:
    """Return the released versions that concern a product, by id."""
    candidates = Version.objects.ever_naming([product.pk]).filter(state=State.RELEASED)
    frozen = regulated_metadata([version.pk for version in candidates])
    concerned = [pk for pk, data in frozen.items() if product.cis in data.get("products", [])]
    return list(Version.objects.filter(pk__in=concerned).with_asset().order_by("pk"))


def reached_by_freeze(product: Product) -> tuple[list[Version], list[Version]]:
    """Return what a freeze of the product suspends by law, and what the pharmacist may add."""
    versions = released_versions_of(product)
    frozen = regulated_metadata([version.pk for version in versions])
    by_law: list[Version] = []
    by_choice: list[Version] = []
    for version in versions:
        data = frozen[version.pk]
        if data.get("safety_information"):
            continue
        (by_law if data.get("nature") == Nature.PROMOTIONAL else by_choice).append(version)
    return by_law, by_choice


def made_unusable_by(version_ids: Collection[int], day: date) -> list[Version]:
    """Return what is usable on a day and would no longer be without these versions, any depth.

    A required component that is missed, or fewer components than the minimum (DOMAIN.md §5).
    """
    usable: set[int] = (
        set(Period.objects.current().covering(day).values_list("version_id", flat=True))
        if version_ids
        else set()
    )
    lost = set(version_ids)
    wave = set(version_ids)
    while wave:
        dependents = (
            Dependency.objects.components()
            .filter(target__in=wave, dependent__in=usable - lost)
            .values_list("dependent_id", flat=True)
        )
        wave = _lapsing(set(dependents), usable, lost)
        lost |= wave
    return list(Version.objects.filter(pk__in=lost - set(version_ids)).with_asset().order_by("pk"))


def _lapsing(dependents: set[int], usable: set[int], lost: set[int]) -> set[int]:
    minimum = dict(
        Version.objects.filter(pk__in=dependents).values_list("pk", "minimum_components")
    )
    left: dict[int, int] = defaultdict(int)
    lapsing: set[int] = set()
    rows = Dependency.objects.components().filter(dependent__in=dependents)
    for dependent, target, kind in rows.values_list("dependent_id", "target_id", "kind"):
        if target in usable and target not in lost:
            left[dependent] += 1
        elif kind == DependencyKind.REQUIRES:
            lapsing.add(dependent)
    return lapsing | {pk for pk in dependents if left[pk] < minimum[pk]}


def awaiting_release(user: User) -> QuerySet[Version]:
    """Return what waits for the pharmacist's release, the longest waiting first."""
    return Version.objects.visible_to(user).awaiting_release().with_asset().order_by("state_since")


def lapsing_before(user: User, day: date, now: datetime) -> QuerySet[Version]:
    """Return what is in use today and ends before a day, the soonest first."""
    return (
        Version.objects.visible_to(user)
        .filter(state__in=IN_USE, expires_on__gt=paris_day(now), expires_on__lt=day)
        .with_asset()
        .order_by("expires_on", "pk")
    )


def suspended(user: User) -> QuerySet[Version]:
    """Return the suspended versions, each of which waits for its own resume."""
    return (
        Version.objects.visible_to(user)
        .filter(state=State.SUSPENDED)
        .with_asset()
        .order_by("state_since", "pk")
    )


def stopped_by_freeze_of(product: Product, user: User) -> list[Version]:
    """Return the suspended versions of a product that a freeze stopped, by id.

    Each waits for its own resume, whether or not the freeze was lifted since (DOMAIN.md §8).
    """
    stopped = Interruption.objects.not_lifted().filter(cause=Cause.PRODUCT_FREEZE)
    versions = (
        Version.objects.visible_to(user)
        .ever_naming([product.pk])
        .filter(state=State.SUSPENDED, pk__in=stopped.values("version"))
    )
    found = list(versions.with_asset().order_by("pk"))
    frozen = regulated_metadata([version.pk for version in found])
    return [one for one in found if product.cis in frozen.get(one.pk, {}).get("products", [])]


def open_freezes() -> QuerySet[ProductFreeze]:
    """Return the freezes that are not lifted, those still to begin included."""
    freezes = ProductFreeze.objects.not_lifted().select_related("product")
    return freezes.order_by("starts_on", "pk")


def products_to_freeze(day: date) -> QuerySet[Product]:
    """Return what can be frozen on a day: every product that an asset names, or ever named.

    A freeze bars deposits and releases too, so that nothing need be released (DOMAIN.md §8); one
    that is still to begin can be brought forward.
    """
    named = AssetProduct.history.values("product")  # type: ignore[attr-defined]
    begun = ProductFreeze.objects.not_lifted().filter(starts_on__lte=day)
    products = Product.objects.filter(pk__in=named).exclude(freezes__in=begun)
    return products.order_by("name", "pk")
