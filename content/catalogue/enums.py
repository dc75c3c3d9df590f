"""Vocabulary of products and jurisdictions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AuthorisationStatus(TextChoices):
    ACTIVE = "active", pgettext_lazy("authorisation", "active")
    SUSPENDED = "suspended", pgettext_lazy("authorisation", "suspended")
    ABROGATED = "abrogated", pgettext_lazy("authorisation", "abrogated")
    ARCHIVED = "archived", pgettext_lazy("authorisation", "archived")
    WITHDRAWN = "withdrawn", pgettext_lazy("authorisation", "withdrawn")


# The public database's word for an authorisation that ended (DOMAIN.md §8).
ENDED_STATUSES = (
    AuthorisationStatus.ABROGATED,
    AuthorisationStatus.ARCHIVED,
    AuthorisationStatus.WITHDRAWN,
)


class VisaCategory(TextChoices):
    PM = "PM", _("PM (professionals)")
    GP = "GP", _("GP (general public)")


class DocumentKind(TextChoices):
    SMPC = "smpc", _("SmPC")
    OPINION = "opinion", _("transparency opinion")
    PRICE = "price", _("price")
    REIMBURSEMENT = "reimbursement", _("reimbursement class")
    PUBLICATION = "publication", _("publication")


class SourceKind(TextChoices):
    """What a version may say of a product that a newer source can make wrong (DOMAIN.md §8)."""

    SMPC = "smpc", _("SmPC")
    OPINION = "opinion", _("transparency opinion")
    PRICE = "price", _("price")
    REIMBURSEMENT = "reimbursement", _("reimbursement class")
    PRESCRIPTION = "prescription", _("conditions of prescription")


class AlertKind(TextChoices):
    """What the public database says, or no longer says, that a person has to confirm."""

    VANISHED = "vanished", _("gone from the public database")
    ENDED = "ended", _("given as ended by the public database")


class AlertOutcome(TextChoices):
    ENDED = "ended", _("the authorisation ended")
    STANDS = "stands", _("the authorisation still stands")
    REAPPEARED = "reappeared", _("it came back in the public database")
