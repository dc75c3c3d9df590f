"""Forbid advertising for a product, and allow it again: the facts only.

The signed acts of the responsible pharmacist live in ``approvals.release`` and call these.
"""

from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.models import User
from content.calendar import day_in_words, paris_day
from content.catalogue.actions.list_head import lock_list_head
from content.catalogue.models import Product, ProductFreeze
from content.catalogue.policies import FREEZE_ROLES, check_can_freeze, check_can_lift
from content.catalogue.signals import products_changed


def reason_given(reason: str, *, field: str = "reason") -> str:
    """Return the reason without blanks around it.

    :raises InvalidInput: at its field, when there is none.
    """
    if not reason.strip():
        raise InvalidInput.at(field, _("Give the reason."), code="reason_required")
    return reason.strip()


@act("freeze_product", roles=FREEZE_ROLES)
def freeze_product(
    product_id: int, *, reason: str, effective_on: date, by: User, now: datetime
) -> ProductFreeze:
    """Forbid advertising for a product from a day on (L.5122-3).

    A freeze that was to begin later is brought forward.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is a pharmacist or the system.
    :raises InvalidInput: field ``effective_on`` if past, ``reason`` if blank.
    :raises StateConflict: ``already_frozen``.
    """
    check_can_freeze(by)
    reason = reason_given(reason)
    if effective_on < paris_day(now):
        raise InvalidInput.at(
            "effective_on", _("A freeze cannot begin in the past: give today or a later day.")
        )
    lock_list_head()
    product = Product.objects.locked().get(pk=product_id)
    freeze = ProductFreeze.objects.not_lifted().filter(product=product).first()
    if freeze is None:
        freeze = ProductFreeze(
            product=product,
            reason=reason,
            starts_on=effective_on,
            recorded_by=by,
            recorded_at=now,
        )
    elif effective_on < freeze.starts_on:
        freeze.starts_on = effective_on
    else:
        raise StateConflict(
            "already_frozen",
            _("%(product)s is already frozen from %(day)s: nothing more is to do.")
            % {"product": product.name, "day": day_in_words(freeze.starts_on)},
        )
    freeze.save()
    products_changed.send(Product, product_ids={product.pk}, by=by, now=now)
    return freeze


@act("lift_freeze", roles=FREEZE_ROLES)
def lift_freeze(freeze_id: int, *, reason: str, by: User, now: datetime) -> ProductFreeze:
    """Remove the bar of a freeze from today on; each version comes back by its own resume.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is a pharmacist.
    :raises InvalidInput: field ``reason`` if blank.
    :raises StateConflict: ``not_frozen`` if it was already lifted.
    """
    reason = reason_given(reason)
    lock_list_head()
    product_id = ProductFreeze.objects.values_list("product_id", flat=True).get(pk=freeze_id)
    Product.objects.locked().get(pk=product_id)
    freeze = ProductFreeze.objects.get(pk=freeze_id)
    check_can_lift(by, freeze)
    freeze.lifted_on = paris_day(now)
    freeze.lifted_by = by
    freeze.lifted_at = now
    freeze.lift_reason = reason
    freeze.save()
    products_changed.send(Product, product_ids={product_id}, by=by, now=now)
    return freeze
