"""Vocabulary of the responsible pharmacist's acts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from approvals.signatures.enums import Meaning
from content.assets.enums import EDITABLE, WITHDRAWABLE, State


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


class ImpactOutcome(TextChoices):
    KEEP = "keep", _("keep as it is")
    MINOR_MODIFICATION = "minor_modification", _("minor modification")
    NEW_VERSION = "new_version", _("a new version")
    WITHDRAW = "withdraw", _("withdraw it")


# What the owner then owes: version n+1 (DOMAIN.md §8).
OWED_BY_OWNER = (ImpactOutcome.MINOR_MODIFICATION, ImpactOutcome.NEW_VERSION)
# What leaves its owner's hands waits for the pharmacist's decision; before, the owner can still
# cite the newer source.
TO_DECIDE = (
    State.IN_REVIEW,
    State.APPROVED,
    State.IN_BATCH,
    State.DEPOSITED,
    *WITHDRAWABLE,
)
STILL_EDITED = EDITABLE
# A minor modification stands under a visa; only what was cleared can be withdrawn (§3).
ONLY_ONCE_CLEARED = (ImpactOutcome.MINOR_MODIFICATION, ImpactOutcome.WITHDRAW)
