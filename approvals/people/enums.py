"""The roles of the house (DOMAIN.md §1)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    PRODUCT_MANAGER = "product_manager", _("product manager")
    MEDICAL_PROJECT_MANAGER = "medical_project_manager", _("medical project manager")
    MEDICAL_REVIEWER = "medical_reviewer", _("medical reviewer")
    REGULATORY_REVIEWER = "regulatory_reviewer", _("regulatory affairs")
    COMPLIANCE_REVIEWER = "compliance_reviewer", _("compliance")
    LEGAL_REVIEWER = "legal_reviewer", _("legal")
    DPO = "dpo", _("data protection officer")
    THERAPEUTIC_AREA_DIRECTOR = "therapeutic_area_director", _("therapeutic area director")
    RESPONSIBLE_PHARMACIST = "responsible_pharmacist", _("responsible pharmacist")
    DEPUTY_PHARMACIST = "deputy_pharmacist", _("deputy pharmacist")
    FIELD_REP = "field_rep", _("field representative")
    MSL = "msl", _("medical science liaison")
    INSPECTOR = "inspector", _("inspector")
    ADMINISTRATOR = "administrator", _("administrator")
    AGENCY = "agency", _("agency")


OWNERS = (Role.PRODUCT_MANAGER, Role.MEDICAL_PROJECT_MANAGER)
PHARMACISTS = (Role.RESPONSIBLE_PHARMACIST, Role.DEPUTY_PHARMACIST)
REVIEWERS = (
    Role.MEDICAL_REVIEWER,
    Role.REGULATORY_REVIEWER,
    Role.COMPLIANCE_REVIEWER,
    Role.LEGAL_REVIEWER,
    Role.DPO,
    Role.THERAPEUTIC_AREA_DIRECTOR,
)
# Who sees every asset in preparation (DOMAIN.md §1).
READERS_OF_ALL = (*REVIEWERS, *PHARMACISTS, Role.INSPECTOR)
FIELD = (Role.FIELD_REP, Role.MSL)
# Who works in the admin; the field and agencies have their own pages.
OFFICE = (*OWNERS, *REVIEWERS, *PHARMACISTS, Role.INSPECTOR, Role.ADMINISTRATOR)
EVERYONE = tuple(Role)
