"""Vocabulary of assets and versions; sets of states are named by what one may do (DOMAIN.md §3)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Nature(TextChoices):
    PROMOTIONAL = "promotional", _("promotional")
    ENVIRONMENT = "environment", _("environment")
    MEDICAL = "medical", _("medical")
    INSTITUTIONAL = "institutional", _("institutional")


class Audience(TextChoices):
    HCP = "hcp", _("health professionals")
    PUBLIC = "public", _("general public")
    INTERNAL = "internal", _("internal")


class ChangeKind(TextChoices):
    CONTENT = "content", _("content")
    RENEWAL = "renewal", _("renewal")
    MINOR_MODIFICATION = "minor_modification", _("minor modification")
    SAFETY = "safety", _("safety")
    SMPC = "smpc", _("SmPC")


class State(TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    APPROVED = "approved", _("Approved")
    IN_BATCH = "in_batch", _("In batch")
    DEPOSITED = "deposited", _("Deposited")
    CLEARED = "cleared", _("Cleared")
    RELEASED = "released", _("Released")
    SUSPENDED = "suspended", _("Suspended")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")


# Files, dependencies and regulated metadata may change.
EDITABLE = (State.DRAFT, State.CHANGES_REQUESTED)
# Regulated metadata of the asset may not change while a version is in one of these.
METADATA_FROZEN = (
    State.IN_REVIEW,
    State.APPROVED,
    State.IN_BATCH,
    State.DEPOSITED,
    State.CLEARED,
)
# Being prepared: one such version at a time per asset, a constraint holds it.
IN_PREPARATION = (*EDITABLE, State.IN_REVIEW)
# A new version has to wait until this one is batched, sent back or cancelled.
OPEN = (*IN_PREPARATION, State.APPROVED)
# A window may be planned.
PLANNABLE = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED)
CANCELLABLE = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED)
WITHDRAWABLE = (State.CLEARED, State.RELEASED, State.SUSPENDED)
# Released once, whatever came after.
IN_USE = (State.RELEASED, State.SUSPENDED)
FINAL = (State.REFUSED, State.WITHDRAWN, State.SUPERSEDED, State.EXPIRED, State.CANCELLED)
# A submitted version may pin a component in one of these.
PINNABLE = (State.APPROVED, State.RELEASED)


class InvolvementKind(TextChoices):
    OWNED = "owned", _("owned")
    EDITED = "edited", _("edited")
    UPLOADED = "uploaded", _("uploaded")


class DependencyKind(TextChoices):
    REQUIRES = "requires", _("requires")
    MAY_INCLUDE = "may_include", _("may include")
    CITES = "cites", _("cites")
    REPLACES = "replaces", _("replaces")
    DERIVED_FROM = "derived_from", _("derived from")


# Kinds that bring a component into the dependent: they limit use, and its dossier pins them.
COMPONENT_KINDS = (DependencyKind.REQUIRES, DependencyKind.MAY_INCLUDE)


class FileFormat(TextChoices):
    PDF = "pdf", "PDF"
    HTML = "html", "HTML"
    ZIP = "zip", "ZIP"
    PNG = "png", "PNG"
    JPEG = "jpeg", "JPEG"
    MP4 = "mp4", "MP4"
    MP3 = "mp3", "MP3"


class ReferenceStatus(TextChoices):
    RESERVED = "reserved", _("reserved")
    USED = "used", _("used")
    BURNT = "burnt", _("burnt")


class VisaBasis(TextChoices):
    EXPRESS = "express", _("express decision")
    TACIT = "tacit", _("tacit grant")
    STATED = "stated", _("stated by hand")


class Cause(TextChoices):
    """Why a released version may not be used from a day on: rows that acts write."""

    AUTHORITY_WITHDRAWN = "authority_withdrawn", _("visa withdrawn by the authority")
    AUTHORITY_SUSPENDED = "authority_suspended", _("visa suspended by the authority")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SUSPENDED = "suspended", _("suspended")
    PRODUCT_FREEZE = "product_freeze", _("suspended by a product freeze")
    DECISION_CORRECTED = "decision_corrected", _("ended by a corrected decision")


class LimitCode(TextChoices):
    """Why a version is not usable on a day, in the order in which reasons are shown (§4)."""

    AUTHORITY = "authority", _("authority")
    WITHDRAWN = "withdrawn", _("withdrawn")
    FREEZE = "freeze", _("product freeze")
    SUSPENDED = "suspended", _("suspended")
    AUTHORISATION_ENDED = "authorisation_ended", _("authorisation ended")
    PUBLIC_NOT_ALLOWED = "public_not_allowed", _("not allowed for the public")
    DEPENDENCY = "dependency", _("dependency")
    SUPERSEDED = "superseded", _("superseded")
    EXPIRED = "expired", _("expired")
    NOT_YET = "not_yet", _("not yet usable")
    NOT_RELEASED = "not_released", _("not released")


LIMIT_ORDER = {code: rank for rank, code in enumerate(LimitCode.values)}
CAUSE_LIMITS = {
    Cause.AUTHORITY_WITHDRAWN: LimitCode.AUTHORITY,
    Cause.AUTHORITY_SUSPENDED: LimitCode.AUTHORITY,
    Cause.WITHDRAWN: LimitCode.WITHDRAWN,
    Cause.SUSPENDED: LimitCode.SUSPENDED,
    Cause.PRODUCT_FREEZE: LimitCode.FREEZE,
    Cause.DECISION_CORRECTED: LimitCode.AUTHORITY,
}
