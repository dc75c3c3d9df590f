"""Vocabulary of the responsible pharmacist's acts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from approvals.signatures.enums import Meaning


class ActKind(TextChoices):
    RELEASE = "release", _("release")
    SUSPEND = "suspend", _("suspension")
    RESUME = "resume", _("resumption")
    WITHDRAW = "withdraw", _("withdrawal")


class FreezeKind(TextChoices):
    FREEZE = "freeze", _("freeze")
    LIFT = "lift", _("lift")


# What the signature of each act means: the only one it accepts (DOMAIN.md §7).
MEANINGS = {
    ActKind.RELEASE: Meaning.RELEASE,
    ActKind.SUSPEND: Meaning.SUSPENSION,
    ActKind.RESUME: Meaning.RESUMPTION,
    ActKind.WITHDRAW: Meaning.WITHDRAWAL,
}
FREEZE_MEANINGS = {
    FreezeKind.FREEZE: Meaning.PRODUCT_FREEZE,
    FreezeKind.LIFT: Meaning.PRODUCT_UNFREEZE,
}
