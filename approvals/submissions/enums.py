"""Vocabulary of windows, batches and dossiers; sets are named by what one may do (DOMAIN.md §8)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BatchState(TextChoices):
    PREPARING = "preparing", _("Preparing")
    FROZEN = "frozen", _("Frozen")
    DEPOSITED = "deposited", _("Deposited")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class DossierState(TextChoices):
    PREPARING = "preparing", _("Preparing")
    DEPOSITED = "deposited", _("Deposited")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN_BY_APPLICANT = "withdrawn_by_applicant", _("Withdrawn by the applicant")
    INADMISSIBLE = "inadmissible", _("Inadmissible")
    REMOVED = "removed", _("Removed")
    MISSED = "missed", _("Missed")


# The authority still has to decide, or the dossier is still to be deposited (invariant 6).
UNDECIDED = (DossierState.PREPARING, DossierState.DEPOSITED)
# Never left the house.
NEVER_DEPOSITED = (DossierState.PREPARING, DossierState.REMOVED, DossierState.MISSED)
# The authority answered, or the applicant withdrew.
DECIDED = (
    DossierState.GRANTED,
    DossierState.REFUSED,
    DossierState.WITHDRAWN_BY_APPLICANT,
    DossierState.INADMISSIBLE,
)
# No longer part of the batch's work.
LEFT_BATCH = (DossierState.REMOVED, DossierState.MISSED)


class PieceKind(TextChoices):
    RECEIPT = "receipt", _("fee receipt")
    REFERENCE = "reference", _("reference, cited passages highlighted")
    SMPC = "smpc", _("SmPC")
    SCRIPT = "script", _("script")
    LETTER = "letter", _("letter")
    PROOF = "proof", _("proof of deposit")
    OTHER = "other", _("other piece")


class Context(TextChoices):
    NEW_SUBSTANCE = "new_substance", _("launch of a new active substance")
    OTHER_LAUNCH = "other_launch", _("other launch")
    CAMPAIGN = "campaign", _("campaign")
    UPDATE = "update", _("update")
    RENEWAL = "renewal", _("renewal")


class Printed(TextChoices):
    """Whether the reserved reference was found in the files that are to be deposited."""

    FOUND = "found", _("printed")
    ABSENT = "absent", _("not printed")
    UNREADABLE = "unreadable", _("no text can be read")


class SealKind(TextChoices):
    FREEZE = "freeze", _("frozen")
    UNFREEZE = "unfreeze", _("reopened")


class Outcome(TextChoices):
    GRANTED = "granted", _("granted")
    TACIT = "tacit", _("tacit grant")
    REFUSED = "refused", _("refused")
    WITHDRAWN_BY_APPLICANT = "withdrawn_by_applicant", _("withdrawn by the applicant")
    INADMISSIBLE = "inadmissible", _("inadmissible")
    SUSPENDED = "suspended", _("visa suspended by the authority")
    WITHDRAWN_BY_AUTHORITY = "withdrawn_by_authority", _("visa withdrawn by the authority")


# First decisions on a deposited dossier; the others come after a grant.
FIRST_OUTCOMES = (
    Outcome.GRANTED,
    Outcome.TACIT,
    Outcome.REFUSED,
    Outcome.WITHDRAWN_BY_APPLICANT,
    Outcome.INADMISSIBLE,
)
AFTER_GRANT = (Outcome.SUSPENDED, Outcome.WITHDRAWN_BY_AUTHORITY)
# A visa is given.
GRANTING = (Outcome.GRANTED, Outcome.TACIT)
# Nothing was decided on the merits: the version may go to the authority again.
RETURNED = (Outcome.WITHDRAWN_BY_APPLICANT, Outcome.INADMISSIBLE)
# The state of a dossier under each outcome.
STATE_UNDER = {
    Outcome.GRANTED: DossierState.GRANTED,
    Outcome.TACIT: DossierState.GRANTED,
    Outcome.REFUSED: DossierState.REFUSED,
    Outcome.WITHDRAWN_BY_APPLICANT: DossierState.WITHDRAWN_BY_APPLICANT,
    Outcome.INADMISSIBLE: DossierState.INADMISSIBLE,
    Outcome.SUSPENDED: DossierState.GRANTED,
    Outcome.WITHDRAWN_BY_AUTHORITY: DossierState.GRANTED,
}
# The authority owes, and we keep, its reasons.
REASON_OWED = (
    Outcome.REFUSED,
    Outcome.INADMISSIBLE,
    Outcome.WITHDRAWN_BY_APPLICANT,
    *AFTER_GRANT,
)
