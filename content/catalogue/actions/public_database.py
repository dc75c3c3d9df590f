"""Bring the catalogue to what an extraction of the public medicines database says.

1. ``import_public_database`` goes through the extraction in chunks of products. Each chunk is one
   act, so that none lasts more than a few seconds, and a chunk without a change is no act at all.
2. ``_compare`` works out, without writing, what of a chunk is new or differs.
3. ``_write`` writes that: new rows in bulk, changed ones one by one.
4. A product that became suspended is frozen by the system; one whose limiting facts changed is
   announced (``products_changed``), and so are a price, a rate or a condition that materials may
   repeat (``source_changed``). What vanished is marked and waits for a person to confirm it.

Nothing is ever removed but a condition of prescription that no longer holds; its history stays.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _

from approvals.audit import act, current_act
from approvals.audit.bulk import create_in_bulk
from approvals.people.models import User
from content.calendar import paris_day
from content.catalogue.actions.alerts import close_alerts, open_alerts
from content.catalogue.actions.freezes import freeze_product
from content.catalogue.actions.list_head import lock_list_head
from content.catalogue.bdpm import (
    ACTIVE_PRESENTATION,
    Extract,
    LineFault,
    PresentationFacts,
    ProductFacts,
)
from content.catalogue.enums import ENDED_STATUSES, AlertKind, AuthorisationStatus
from content.catalogue.models import (
    LISTS,
    ImportRun,
    PrescriptionCondition,
    Presentation,
    Product,
    ProductCondition,
    ProductQuerySet,
)
from content.catalogue.policies import REFERENCE_DATA_ROLES, check_can_keep_reference_data
from content.catalogue.signals import products_changed, source_changed
from content.catalogue.source_changes import Said, SourceChange, changes_between, said_of

T = TypeVar("T")

CHUNK = 300
# Facts that the rules of DOMAIN.md §4 read: only a change of these is announced.
LIMITING = (
    "authorisation_status",
    "authorisation_ends_on",
    "prescription_only",
    "restricted",
    "reimbursed",
)
TAKEN_AS_IS = (
    "name",
    "form",
    "routes",
    "holder",
    "atc",
    "substances",
    "procedure",
    "marketing_status",
    "authorisation_status",
    "authorised_on",
    "additional_monitoring",
)


@dataclass
class ImportReport:
    """What an import did, or would do; the numbers count products."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: list[LineFault] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    frozen: list[str] = field(default_factory=list)
    # A skipped line did not say of which product it spoke: nothing was taken away.
    nothing_taken_away: bool = False


@dataclass
class _Difference:
    """What differs between one chunk of an extraction and the catalogue."""

    new_products: list[Product] = field(default_factory=list)
    new_presentations: list[Presentation] = field(default_factory=list)
    new_conditions: list[ProductCondition] = field(default_factory=list)
    changed: list[Product | Presentation] = field(default_factory=list)
    gone_conditions: list[ProductCondition] = field(default_factory=list)
    # CIS of known products of which anything at all differs.
    touched: set[str] = field(default_factory=set)
    limited: set[int] = field(default_factory=set)
    suspended: list[Product] = field(default_factory=list)
    ended: list[Product] = field(default_factory=list)
    back: list[Product] = field(default_factory=list)
    sources: list[SourceChange] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.new_products or self.touched)


@dataclass
class _Known:
    """What the catalogue holds of one chunk."""

    products: dict[str, Product]
    presentations: dict[str, Presentation]
    packs_of: dict[int, list[Presentation]]
    conditions_of: dict[int, dict[str, ProductCondition]]
    labels: dict[str, PrescriptionCondition]
    harmless: set[str]


def import_public_database(
    extract: Extract, *, by: User, now: datetime, dry_run: bool = False
) -> ImportReport:
    """Bring the catalogue to what an extraction says, in one act per chunk of products.

    Running it again with the same extraction changes nothing.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    """
    check_can_keep_reference_data(by)
    report = ImportReport(skipped=list(extract.faults), nothing_taken_away=extract.anonymous_fault)
    take_away = not extract.anonymous_fault
    if not dry_run:
        add_conditions(_labels(extract), by=by, now=now)
    for chunk in _chunks(extract.products.values()):
        # First without a lock: most chunks of most extractions hold nothing new.
        difference = _compare(chunk, Product.objects.all(), paris_day(now), take_away)
        if difference and not dry_run:
            difference = import_products(chunk, take_away=take_away, by=by, now=now)
        report.added += len(difference.new_products)
        report.changed += len(difference.touched)
        report.unchanged += len(chunk) - len(difference.new_products) - len(difference.touched)
        report.frozen += [product.cis for product in difference.suspended]
    if take_away:
        vanished = list(_vanished(extract))
        report.vanished = [product.cis for product in vanished]
        for some in _chunks(vanished):
            if not dry_run:
                mark_vanished([product.pk for product in some], by=by, now=now)
    if not dry_run and (report.added or report.changed or report.vanished):
        note_import(report, by=by, now=now)
    return report


@act("note_import", roles=REFERENCE_DATA_ROLES)
def note_import(report: ImportReport, *, by: User, now: datetime) -> ImportRun:
    """Keep what an import counted, so that people see what the last ones changed.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    """
    check_can_keep_reference_data(by)
    run = ImportRun(
        recorded_at=now,
        recorded_by=by,
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        vanished=len(report.vanished),
        skipped=len(report.skipped),
    )
    run.save()
    return run


@act("add_conditions", roles=REFERENCE_DATA_ROLES)
def add_conditions(labels: set[str], *, by: User, now: datetime) -> None:
    """Add the conditions of prescription that the catalogue does not know yet, not harmless.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    """
    check_can_keep_reference_data(by)
    known = set(PrescriptionCondition.objects.values_list("label", flat=True))
    create_in_bulk([PrescriptionCondition(label=label) for label in sorted(labels - known)])


@act("import_products", roles=REFERENCE_DATA_ROLES)
def import_products(
    chunk: Sequence[ProductFacts], *, take_away: bool, by: User, now: datetime
) -> _Difference:
    """Write what is new or differs in one chunk of an extraction.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    """
    check_can_keep_reference_data(by)
    lock_list_head()
    difference = _compare(chunk, Product.objects.locked(), paris_day(now), take_away)
    create_in_bulk(difference.new_products)
    for row in difference.changed:
        row.save()
    for gone in difference.gone_conditions:
        gone.delete()
    create_in_bulk(difference.new_presentations)
    create_in_bulk(difference.new_conditions)
    for product in difference.suspended:
        _freeze_suspended(product, by=by, now=now)
    close_alerts(difference.back, by=by, now=now)
    open_alerts(difference.ended, AlertKind.ENDED, now=now)
    if difference.limited:
        products_changed.send(Product, product_ids=difference.limited, by=by, now=now)
    if difference.sources:
        source_changed.send(Product, changes=difference.sources, by=by, now=now)
    return difference


@act("mark_vanished", roles=REFERENCE_DATA_ROLES)
def mark_vanished(product_ids: Sequence[int], *, by: User, now: datetime) -> None:
    """Say that products left the public database; nothing more until a person confirms it.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    """
    check_can_keep_reference_data(by)
    products = list(Product.objects.locked().filter(pk__in=product_ids))
    for product in products:
        product.in_public_database = False
        product.save()
    open_alerts(products, AlertKind.VANISHED, now=now)


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _labels(extract: Extract) -> set[str]:
    return {label for product in extract.products.values() for label in product.conditions}


def _vanished(extract: Extract) -> Iterator[Product]:
    known = Product.objects.filter(in_public_database=True).order_by("pk").only("pk", "cis")
    return (
        product
        for product in known
        if product.cis not in extract.products and product.cis not in extract.unread
    )


def _freeze_suspended(product: Product, *, by: User, now: datetime) -> None:
    """Freeze a product that the public database now gives as suspended (DOMAIN.md §8)."""
    today = paris_day(now)
    if not product.freezes.not_lifted().filter(starts_on__lte=today).exists():
        reason = _("Automatic freeze: the public database gives the authorisation as suspended.")
        freeze_product(product.pk, reason=reason, effective_on=today, by=by, now=now)
        current_act().note(frozen_automatically=product.cis)


def _compare(
    chunk: Sequence[ProductFacts], products: ProductQuerySet, day: date, take_away: bool
) -> _Difference:
    """Work out what differs; the rows returned hold the new values and are not saved."""
    known = _load(chunk, products)
    difference = _Difference()
    for facts in chunk:
        product = known.products.get(facts.cis)
        is_new = product is None
        product = product or Product(cis=facts.cis)
        before = {name: getattr(product, name) for name in (*LIMITING, "in_public_database")}
        said = _said(product, known)
        keep = facts.incomplete or not take_away
        touched = _compare_presentations(facts, product, known, keep, difference)
        touched |= _compare_conditions(facts, product, known, keep, difference)
        differs = _take(facts, product, known, keep, day)
        if is_new:
            difference.new_products.append(product)
        elif differs or touched:
            difference.touched.add(facts.cis)
        if not is_new and touched | differs:
            now_said = _said(product, known, facts, keep=keep)
            difference.sources += changes_between(product, said, now_said)
        if is_new or not differs:
            continue
        difference.changed.append(product)
        _sort(product, before, difference)
    return difference


def _said(
    product: Product, known: _Known, facts: ProductFacts | None = None, *, keep: bool = True
) -> Said:
    """Return what is said of a product, as known or once the facts are taken."""
    labels = set(known.conditions_of.get(product.pk, ())) if keep else set()
    labels.update(facts.conditions if facts else ())
    return said_of(product, known.packs_of.get(product.pk, []), sorted(labels))


def _sort(product: Product, before: dict[str, Any], difference: _Difference) -> None:
    """Say which of the effects of a change a changed product has (DOMAIN.md §8)."""
    if any(getattr(product, name) != before[name] for name in LIMITING):
        difference.limited.add(product.pk)
    suspended = AuthorisationStatus.SUSPENDED
    if product.authorisation_status == suspended != before["authorisation_status"]:
        difference.suspended.append(product)
    if before["authorisation_ends_on"] is None and product.authorisation_ends_on is not None:
        difference.ended.append(product)
    if not before["in_public_database"]:
        difference.back.append(product)


def _load(chunk: Sequence[ProductFacts], products: ProductQuerySet) -> _Known:
    found = {row.cis: row for row in products.filter(cis__in=[facts.cis for facts in chunk])}
    ids = [row.pk for row in found.values()]
    cips = [cip13 for facts in chunk for cip13 in facts.presentations]
    labels = {row.label: row for row in PrescriptionCondition.objects.order_by("pk")}
    harmless = {label for label, row in labels.items() if row.harmless}
    presentations = Presentation.objects.filter(Q(product__in=ids) | Q(cip13__in=cips))
    known = _Known(found, {}, {}, {}, labels, harmless)
    for pack in presentations.order_by("pk"):
        known.presentations[pack.cip13] = pack
        known.packs_of.setdefault(pack.product_id, []).append(pack)
    carried = ProductCondition.objects.filter(product__in=ids).select_related("condition")
    for row in carried.order_by("pk"):
        known.conditions_of.setdefault(row.product_id, {})[row.condition.label] = row
    return known


def _compare_presentations(
    facts: ProductFacts, product: Product, known: _Known, keep: bool, difference: _Difference
) -> bool:
    touched = False
    for pack in facts.presentations.values():
        row = known.presentations.get(pack.cip13)
        if row is None:
            row = Presentation(product=product, cip13=pack.cip13)
            _assign(row, _values(pack))
            difference.new_presentations.append(row)
            touched = True
        elif _assign(row, _values(pack) | {"in_public_database": True}) | _move(row, product):
            difference.changed.append(row)
            touched = True
    for row in () if keep else known.packs_of.get(product.pk, ()):
        left = row.cip13 not in facts.presentations and row.product_id == product.pk
        if left and _assign(row, {"in_public_database": False}):
            difference.changed.append(row)
            touched = True
    return touched


def _values(pack: PresentationFacts) -> dict[str, Any]:
    return {
        "cip7": pack.cip7,
        "label": pack.label,
        "status": pack.status,
        "marketing_status": pack.marketing_status,
        "reimbursement_rate": pack.reimbursement_rate,
        "price": pack.price,
    }


def _assign(row: Product | Presentation, values: dict[str, Any]) -> bool:
    """Give a row its values; return whether one of them differs."""
    differs = False
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            differs = True
    return differs


def _move(row: Presentation, product: Product) -> bool:
    """Give a pack to another product; return whether it was not its own already."""
    if row.product_id == product.pk:
        return False
    row.product = product
    return True


def _compare_conditions(
    facts: ProductFacts, product: Product, known: _Known, keep: bool, difference: _Difference
) -> bool:
    carried = known.conditions_of.get(product.pk, {})
    new = [label for label in facts.conditions if label not in carried]
    gone = [] if keep else [row for label, row in carried.items() if label not in facts.conditions]
    difference.new_conditions += [
        # A label is unknown only in a dry run, which writes nothing.
        ProductCondition(product=product, condition=known.labels.get(label))
        for label in new
    ]
    difference.gone_conditions += gone
    return bool(new or gone)


def _take(facts: ProductFacts, product: Product, known: _Known, keep: bool, day: date) -> bool:
    """Give a product what the extraction says of it; return whether anything differs."""
    values: dict[str, Any] = {name: getattr(facts, name) for name in TAKEN_AS_IS}
    if keep and product.pk is not None:
        values["atc"] = facts.atc or product.atc
        values["substances"] = facts.substances or product.substances
    values["in_public_database"] = True
    values["authorisation_ends_on"] = _end(facts, product, day)
    values |= _public_bars(facts, product, known, keep)
    differs = _assign(product, values)
    product.settle_search_text()
    return differs


def _end(facts: ProductFacts, product: Product, day: date) -> date | None:
    """Return the end of the authorisation: what regulatory recorded wins over an import's day."""
    end = product.authorisation_ends_on
    if product.authorisation_end_official:
        return end
    return (end or day) if facts.authorisation_status in ENDED_STATUSES else None


def _public_bars(
    facts: ProductFacts, product: Product, known: _Known, keep: bool
) -> dict[str, Any]:
    """Return what rule 6 reads: lists, other conditions, reimbursed active presentations."""
    labels = list(facts.conditions)
    rates = {
        pack.reimbursement_rate
        for pack in facts.presentations.values()
        if pack.status == ACTIVE_PRESENTATION and _pays(pack.reimbursement_rate)
    }
    if keep and product.pk is not None:
        labels += [
            label for label in known.conditions_of.get(product.pk, {}) if label not in labels
        ]
        rates |= {
            row.reimbursement_rate
            for row in known.packs_of.get(product.pk, ())
            if row.cip13 not in facts.presentations
            and row.in_public_database
            and row.status == ACTIVE_PRESENTATION
            and _pays(row.reimbursement_rate)
        }
    others = [label for label in labels if label not in LISTS]
    return {
        "prescription_class": ", ".join(label for label in LISTS if label in labels),
        "prescription_only": any(label in LISTS for label in labels),
        "restricted": not known.harmless.issuperset(others),
        "reimbursed": bool(rates),
        "reimbursement_rates": ", ".join(sorted(rates, key=_percent)),
    }


def _pays(rate: str) -> bool:
    return _percent(rate) > 0


def _percent(rate: str) -> int:
    return int(rate.removesuffix("%").strip() or 0)
