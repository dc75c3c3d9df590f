"""Who may record what about products, and what the facts allow."""

from collections.abc import Callable, Iterable
from datetime import date

from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied, StateConflict
from approvals.people.enums import PHARMACISTS, Role
from approvals.people.models import SYSTEM_USERNAME, User
from approvals.people.policies import check_role
from content.catalogue.models import Product, ProductAlert, ProductFreeze

FREEZE_ROLES = PHARMACISTS
AUTHORISATION_ROLES = (Role.REGULATORY_REVIEWER,)
EXCEPTION_ROLES = (Role.REGULATORY_REVIEWER, Role.ADMINISTRATOR)
REFERENCE_DATA_ROLES = (Role.ADMINISTRATOR,)
DOCUMENT_ROLES = (Role.REGULATORY_REVIEWER, Role.MEDICAL_REVIEWER, Role.ADMINISTRATOR)


def check_role_or_system(by: User, roles: Iterable[str]) -> None:
    """Refuse a person who holds none of the roles; the system actor may.

    :raises PolicyDenied: ``role_missing``.
    """
    if by.username != SYSTEM_USERNAME:
        check_role(by, roles)


def check_can_freeze(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless a pharmacist or the system asks.

    Whether a deputy acts under a delegation is checked by the signed act (approvals.release).
    """
    check_role_or_system(by, FREEZE_ROLES)


def check_can_lift(by: User, freeze: ProductFreeze) -> None:
    """Refuse the system, which never gives a product back, and a freeze already lifted.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``not_frozen``.
    """
    check_role(by, FREEZE_ROLES)
    if freeze.lifted_at is not None:
        raise StateConflict("not_frozen", _("This freeze was already lifted: nothing bars it."))


def check_can_record_authorisation(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless regulatory affairs or the system asks."""
    check_role_or_system(by, AUTHORISATION_ROLES)


def check_can_record_exception(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless regulatory affairs or an administrator."""
    check_role(by, EXCEPTION_ROLES)


def check_can_keep_reference_data(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless an administrator or the system asks."""
    check_role_or_system(by, REFERENCE_DATA_ROLES)


def check_can_settle_alert(alert: ProductAlert, by: User) -> None:
    """Let regulatory affairs confirm what an import met; it is confirmed once.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``already_settled``.
    """
    check_role(by, AUTHORISATION_ROLES)
    if alert.settled_at is not None:
        raise StateConflict(
            "already_settled", _("This fact was already confirmed: nothing more is to do.")
        )


def check_can_add_document(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless of ``DOCUMENT_ROLES``, or the system."""
    check_role_or_system(by, DOCUMENT_ROLES)


def _may(check: Callable[[User], None], by: User) -> bool:
    try:
        check(by)
    except PolicyDenied:
        return False
    return True


def can_freeze(by: User) -> bool:
    return _may(check_can_freeze, by)


def can_record_authorisation(by: User) -> bool:
    return _may(check_can_record_authorisation, by)


def can_record_exception(by: User) -> bool:
    return _may(check_can_record_exception, by)


def can_keep_reference_data(by: User) -> bool:
    return _may(check_can_keep_reference_data, by)


def can_add_document(by: User) -> bool:
    return _may(check_can_add_document, by)


def public_bar(product: Product, day: date) -> str:
    """Return the sentence that says why rule 6 bars advertising to the public, or ``""``.

    An exception in force on the day lifts the bar (DOMAIN.md §4, rule 6).
    """
    if not product.gp_barred or product.gp_exceptions.in_force(day).exists():
        return ""
    if product.prescription_only:
        sentence = _("%(product)s needs a prescription: it cannot be advertised to the public.")
    elif product.reimbursed:
        sentence = _("%(product)s is reimbursed: it cannot be advertised to the public.")
    else:
        sentence = _(
            "%(product)s carries a condition of prescription or dispensing: it cannot be"
            " advertised to the public."
        )
    return sentence % {"product": product.name}


def public_allowed(product: Product, day: date) -> bool:
    """Whether rule 6 allows advertising the product to the public on a day."""
    return not public_bar(product, day)
