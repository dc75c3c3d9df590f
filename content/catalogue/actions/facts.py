"""What regulatory and the administrator record about products."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.audit.bulk import change_in_bulk
from approvals.people.models import User
from content.catalogue.actions.alerts import CONFIRMS, close_alert, close_alerts
from content.catalogue.actions.freezes import reason_given
from content.catalogue.actions.list_head import lock_list_head
from content.catalogue.enums import ENDED_STATUSES, AlertKind, AlertOutcome
from content.catalogue.models import (
    GpException,
    PrescriptionCondition,
    Product,
    ProductAlert,
    ProductCondition,
)
from content.catalogue.policies import (
    AUTHORISATION_ROLES,
    EXCEPTION_ROLES,
    REFERENCE_DATA_ROLES,
    check_can_keep_reference_data,
    check_can_record_authorisation,
    check_can_record_exception,
    check_can_settle_alert,
)
from content.catalogue.signals import products_changed


@act("record_authorisation_end", roles=AUTHORISATION_ROLES)
def record_authorisation_end(
    product_id: int, *, ends_on: date | None, reason: str, by: User, now: datetime
) -> Product:
    """Record the official first day on which a product's authorisation no longer stands.

    The date is a fact and may be past; a corrected one gives days back (DOMAIN.md §4). ``None``
    takes back a date recorded by mistake.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is regulatory affairs or the system.
    :raises InvalidInput: field ``reason`` if blank; ``ends_on`` if none while the public database
        says that the authorisation ended, or if it is before the authorisation.
    """
    check_can_record_authorisation(by)
    reason = reason_given(reason)
    lock_list_head()
    product = Product.objects.locked().get(pk=product_id)
    if ends_on is None and product.authorisation_status in ENDED_STATUSES:
        raise InvalidInput.at(
            "ends_on",
            _("The public database says that the authorisation ended: give its official date."),
        )
    if ends_on and product.authorised_on and ends_on < product.authorised_on:
        raise InvalidInput.at(
            "ends_on", _("The authorisation cannot end before it was granted: check the date.")
        )
    product.authorisation_ends_on = ends_on
    product.authorisation_end_official = ends_on is not None
    product.save()
    if ends_on is not None:
        # Whatever waited to be confirmed about it is: this is the official date.
        close_alerts([product], outcome=AlertOutcome.ENDED, note=reason, by=by, now=now)
    products_changed.send(Product, product_ids={product.pk}, by=by, now=now)
    return product


@act("settle_alert", roles=AUTHORISATION_ROLES)
def settle_alert(
    alert_id: int,
    *,
    outcome: str,
    ends_on: date | None = None,
    note: str,
    by: User,
    now: datetime,
) -> ProductAlert:
    """Confirm what an import met: the authorisation ended, on its official date, or it stands.

    :raises PolicyDenied: ``role_missing`` unless regulatory affairs.
    :raises StateConflict: ``already_settled``.
    :raises InvalidInput: fields ``outcome``, ``ends_on`` where it is owed or not asked, ``note``.
    """
    lock_list_head()
    product_id = ProductAlert.objects.values_list("product_id", flat=True).get(pk=alert_id)
    product = Product.objects.locked().get(pk=product_id)
    alert = ProductAlert.objects.get(pk=alert_id)
    check_can_settle_alert(alert, by)
    note = reason_given(note, field="note")
    _check_outcome(alert, outcome, ends_on)
    if outcome == AlertOutcome.ENDED:
        record_authorisation_end(product.pk, ends_on=ends_on, reason=note, by=by, now=now)
    else:
        close_alert(alert, AlertOutcome.STANDS, note, by=by, now=now)
    return ProductAlert.objects.get(pk=alert_id)


def _check_outcome(alert: ProductAlert, outcome: str, ends_on: date | None) -> None:
    allowed = CONFIRMS[AlertKind(alert.kind)]
    if outcome not in allowed:
        raise InvalidInput.at(
            "outcome",
            _("Say one of: %(outcomes)s.")
            % {"outcomes": ", ".join(str(AlertOutcome(one).label) for one in allowed)},
        )
    if outcome == AlertOutcome.ENDED and ends_on is None:
        raise InvalidInput.at("ends_on", _("Give the official date of the end."))
    if outcome == AlertOutcome.STANDS and ends_on is not None:
        raise InvalidInput.at(
            "ends_on", _("An authorisation that stands has no end: leave the date empty.")
        )


@act("record_gp_exception", roles=EXCEPTION_ROLES)
def record_gp_exception(
    product_id: int,
    *,
    legal_basis: str,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    by: User,
    now: datetime,
) -> GpException:
    """Record that the law allows advertising a product to the public although rule 6 bars it.

    :raises PolicyDenied: ``role_missing`` unless regulatory affairs or an administrator.
    :raises InvalidInput: ``legal_basis`` or ``reason`` if blank, ``ends_on`` if not after
        ``starts_on``.
    """
    check_can_record_exception(by)
    reason = reason_given(reason)
    if not legal_basis.strip():
        raise InvalidInput.at("legal_basis", _("Name the text that allows the exception."))
    if ends_on is not None and ends_on <= starts_on:
        raise InvalidInput.at("ends_on", _("The exception must end after it starts."))
    lock_list_head()
    product = Product.objects.locked().get(pk=product_id)
    exception = GpException(
        product=product,
        legal_basis=legal_basis.strip(),
        reason=reason,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by=by,
        recorded_at=now,
    )
    exception.save()
    products_changed.send(Product, product_ids={product.pk}, by=by, now=now)
    return exception


@act("end_gp_exception", roles=EXCEPTION_ROLES)
def end_gp_exception(
    exception_id: int, *, ends_on: date, reason: str, by: User, now: datetime
) -> GpException:
    """Bring the end of an exception forward; a later end is a new exception.

    :raises PolicyDenied: ``role_missing`` unless regulatory affairs or an administrator.
    :raises InvalidInput: ``reason`` if blank; ``ends_on`` if not after the start, or later than
        the end already recorded.
    """
    check_can_record_exception(by)
    reason_given(reason)
    lock_list_head()
    product_id = GpException.objects.values_list("product_id", flat=True).get(pk=exception_id)
    Product.objects.locked().get(pk=product_id)
    exception = GpException.objects.get(pk=exception_id)
    if ends_on <= exception.starts_on:
        raise InvalidInput.at("ends_on", _("The exception must end after it starts."))
    if exception.ends_on is not None and ends_on > exception.ends_on:
        raise InvalidInput.at(
            "ends_on", _("An exception is not prolonged: record a new one with its legal basis.")
        )
    exception.ends_on = ends_on
    exception.save()
    products_changed.send(Product, product_ids={product_id}, by=by, now=now)
    return exception


@act("mark_condition_harmless", roles=REFERENCE_DATA_ROLES)
def mark_condition_harmless(
    condition_id: int, *, harmless: bool, reason: str, by: User, now: datetime
) -> PrescriptionCondition:
    """Say that a condition of prescription or dispensing bars nothing for the public, or does.

    Works out anew whether each product that carries it is restricted (rule 6).

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator or the system.
    :raises InvalidInput: ``reason`` if blank; ``harmless`` for liste I, liste II or stupéfiants.
    """
    check_can_keep_reference_data(by)
    reason_given(reason)
    lock_list_head()
    condition = PrescriptionCondition.objects.get(pk=condition_id)
    if harmless and condition.is_list:
        raise InvalidInput.at(
            "harmless", _("A list of substances needing a prescription is never harmless.")
        )
    condition.harmless = harmless
    condition.save()
    changed = _settle_restrictions(condition)
    if changed:
        products_changed.send(Product, product_ids=changed, by=by, now=now)
    return condition


def _settle_restrictions(condition: PrescriptionCondition) -> set[int]:
    carriers = Product.objects.filter(conditions__condition=condition)
    still = set(
        ProductCondition.objects.filter(product__in=carriers)
        .restricting()
        .values_list("product_id", flat=True)
    )
    changed = []
    for product in Product.objects.locked().filter(pk__in=carriers.values("pk")):
        if product.restricted != (product.pk in still):
            product.restricted = product.pk in still
            changed.append(product)
    change_in_bulk(changed, ["restricted"])
    return {product.pk for product in changed}
