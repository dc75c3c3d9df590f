"""Vocabulary of products and jurisdictions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AuthorisationStatus(TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    ABROGATED = "abrogated", _("abrogated")
    ARCHIVED = "archived", _("archived")
    WITHDRAWN = "withdrawn", _("withdrawn")


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
