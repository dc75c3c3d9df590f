"""Vocabulary of review; sets of states are named by what one may do (DOMAIN.md §6)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import Role
from approvals.signatures.enums import Meaning


class Condition(TextChoices):
    """When a route asks for a task."""

    ALWAYS = "always", _("always")
    PERSONAL_DATA = "personal_data", _("personal data or e-mail addresses are collected")
    THIRD_PARTY = "third_party", _("a third party is named")
    EVENT_PROGRAMME = "event_programme", _("the asset is an event programme")


class CycleKind(TextChoices):
    REVIEW = "review", _("review")
    # A minor modification: the cycle holds only the two carries.
    CARRY = "carry", _("carry of the verdicts and of the visa")


class CycleState(TextChoices):
    REVIEWING = "reviewing", _("in review")
    AWAITING_CHANGES = "awaiting_changes", _("awaiting the changes")
    CONFIRMING = "confirming", _("changes being confirmed")
    PASSED = "passed", _("passed")
    CHANGES_REQUIRED = "changes_required", _("changes required")
    RECALLED = "recalled", _("recalled by the owner")
    CANCELLED = "cancelled", _("cancelled")
    # Something else than the requested changes was changed: the verdicts no longer count.
    VOIDED = "voided", _("voided by another change")


OPEN_CYCLE = (CycleState.REVIEWING, CycleState.AWAITING_CHANGES, CycleState.CONFIRMING)


class TaskState(TextChoices):
    OPEN = "open", _("to decide")
    TO_CONFIRM = "to_confirm", _("changes to confirm")
    DECIDED = "decided", _("decided")
    CLOSED = "closed", _("closed without a verdict")


# Somebody owes a signature.
OPEN_TASK = (TaskState.OPEN, TaskState.TO_CONFIRM)


class Outcome(TextChoices):
    APPROVED = "approved", _("approved")
    APPROVED_WITH_CHANGES = "approved_with_changes", _("approved with changes")
    CHANGES_REQUIRED = "changes_required", _("changes required")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


# An approving verdict needs its checklist answered and no blocking comment open.
APPROVING = (Outcome.APPROVED, Outcome.APPROVED_WITH_CHANGES)
# Holds on the very digest it was given on; ``approved_with_changes`` holds only once carried.
POSITIVE = (Outcome.APPROVED, Outcome.NOT_APPLICABLE)


class Answer(TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class CarryKind(TextChoices):
    CONFIRMATION = "confirmation", _("changes confirmed")
    REFERENCE_ONLY = "reference_only", _("only the reference changed")
    MINOR_MODIFICATION = "minor_modification", _("minor modification")


class Severity(TextChoices):
    BLOCKING = "blocking", _("blocking")
    SUGGESTION = "suggestion", _("suggestion")
    QUESTION = "question", _("question")


class PrecheckSeverity(TextChoices):
    """What a failed pre-check does: data, which an administrator changes."""

    BLOCKING = "blocking", _("stops the submission")
    WARNING = "warning", _("warning")
    INFORMATION = "information", _("information")


class PrecheckOutcome(TextChoices):
    PASS = "pass", _("conforms")
    # Neither yes nor no: something could not be read, and is for a person's eye.
    WARN = "warn", _("to be looked at")
    FAIL = "fail", _("does not conform")


# What a verdict's signature means is bound to the role that gives it (INTERFACES.md).
MEANINGS: dict[str, Meaning] = {
    Role.MEDICAL_REVIEWER: Meaning.MEDICAL_ACCURACY,
    Role.REGULATORY_REVIEWER: Meaning.REGULATORY_CONFORMITY,
    Role.COMPLIANCE_REVIEWER: Meaning.COMPLIANCE_CONFORMITY,
    Role.LEGAL_REVIEWER: Meaning.LEGAL_CONFORMITY,
    Role.DPO: Meaning.DATA_PROTECTION,
    Role.THERAPEUTIC_AREA_DIRECTOR: Meaning.THERAPEUTIC_AREA_APPROVAL,
    Role.RESPONSIBLE_PHARMACIST: Meaning.PHARMACIST_APPROVAL,
}
# Roles that a route may ask for.
ROUTE_ROLES = tuple(MEANINGS)
