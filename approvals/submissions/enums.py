"""Vocabulary of windows, batches and dossiers; sets are named by what one may do (DOMAIN.md §8)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class AnswerKind(TextChoices):
    TEXT = "text", _("free text")
    CHOICE = "choice", _("choice in a list")
    YES_NO = "yes_no", _("yes or no")
    DATE = "date", _("a day")
    NUMBER = "number", _("a number")


class AnswerSource(TextChoices):
    """Where an answer comes from; blank, it is typed for each dossier."""

    # Fixed by the version: shown, never typed.
    REFERENCE = "reference", _("the reference")
    LEAD_CIS = "lead_cis", _("the CIS of the lead product")
    # A column of the dossier.
    RECEIPT_NUMBER = "receipt_number", _("the receipt number")
    SUPPORT_KIND = "support_kind", _("the kind of support")
    CONTEXT = "context", _("the context")
    FORMER_REFERENCE = "former_reference", _("the former reference")
    MODIFIED_ELEMENTS = "modified_elements", _("the elements modified")
    # Proposed, and corrected where it is wrong.
    ATC = "atc", _("the ATC of the lead product")
    HOLDER = "holder", _("the holder of the lead product")
    TITLE = "title", _("the title of the material")
    CONTACT_NAME = "contact_name", _("the name of who opened the dossier")
    CONTACT_EMAIL = "contact_email", _("the e-mail of who opened the dossier")
    # Taken over from the last dossier when a new one is opened.
    LAST_DOSSIER = "last_dossier", _("the last dossier")
    LAST_OF_PRODUCT = "last_of_product", _("the last dossier of the product")


FIXED_SOURCES = (AnswerSource.REFERENCE, AnswerSource.LEAD_CIS)
COLUMN_SOURCES = (
    AnswerSource.RECEIPT_NUMBER,
    AnswerSource.SUPPORT_KIND,
    AnswerSource.CONTEXT,
    AnswerSource.FORMER_REFERENCE,
    AnswerSource.MODIFIED_ELEMENTS,
)


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


class PackageState(TextChoices):
    BUILDING = "building", pgettext_lazy("package", "In preparation")
    READY = "ready", pgettext_lazy("package", "Ready")
    FAILED = "failed", pgettext_lazy("package", "Not made")
    VOID = "void", pgettext_lazy("package", "Void")


class PackageFault(TextChoices):
    """Why a package is not there, and what to do."""

    ALTERED = (
        "altered",
        _(
            "A stored file of the batch is missing or was altered. Tell an administrator, who"
            " brings it back from the backup; then have the package made again."
        ),
    )
    NO_PANGO = (
        "no_pango",
        _(
            "Pango is missing on this machine, and no PDF can be set without it. Tell an"
            " administrator; then have the package made again."
        ),
    )
    NOT_SET = (
        "not_set",
        _(
            "A sheet could not be set within the limits of memory and time. Have the package made"
            " again; if it fails again, tell an administrator."
        ),
    )
    NO_ROOM = (
        "no_room",
        _(
            "The package could not be written: the disk may be full. Tell an administrator; then"
            " have the package made again."
        ),
    )
    NOT_THE_SAME = (
        "not_the_same",
        _(
            "The package that was made is not the one that was recorded. Hand nothing over, and"
            " tell an administrator."
        ),
    )
    STOPPED = (
        "stopped",
        _(
            "The worker stopped three times while it made the package. Have it made again, or tell"
            " an administrator."
        ),
    )
