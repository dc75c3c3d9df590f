"""What a signature can mean: a controlled list (21 CFR 11.50)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Meaning(TextChoices):
    MEDICAL_ACCURACY = "medical_accuracy", _("scientifically accurate, consistent with the SmPC")
    REGULATORY_CONFORMITY = "regulatory_conformity", _("conforms to the regulations")
    COMPLIANCE_CONFORMITY = "compliance_conformity", _("conforms to the charter and to ethics")
    LEGAL_CONFORMITY = "legal_conformity", _("conforms to the law")
    DATA_PROTECTION = "data_protection", _("conforms to data protection")
    THERAPEUTIC_AREA_APPROVAL = (
        "therapeutic_area_approval",
        _("approved for the therapeutic area"),
    )
    PHARMACIST_APPROVAL = "pharmacist_approval", _("approved by the pharmacist")
    CARRY = "carry", _("verdict carried to another digest")
    BATCH_FREEZE = "batch_freeze", _("batch frozen for deposit")
    BATCH_UNFREEZE = "batch_unfreeze", _("batch reopened")
    DEPOSIT = "deposit", _("deposited with the authority")
    DECISION = "decision", _("authority's decision recorded")
    TACIT_GRANT_CONFIRMED = "tacit_grant_confirmed", _("tacit grant confirmed: no letter received")
    CORRECTION = "correction", _("correction of a recorded decision")
    RELEASE = "release", _("released for use")
    SUSPENSION = "suspension", _("use suspended")
    RESUMPTION = "resumption", _("use resumed")
    WITHDRAWAL = "withdrawal", _("withdrawn from use")
    PRODUCT_FREEZE = "product_freeze", _("advertising for the product forbidden")
    PRODUCT_UNFREEZE = "product_unfreeze", _("bar on the product lifted")
    IMPACT_DECISION = "impact_decision", _("decision on an impact")
    EDITION = "edition", _("edition of the lists signed")
