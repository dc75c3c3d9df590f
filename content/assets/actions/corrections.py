"""Remember that a decision of the authority was entered wrongly: visas, references, days.

Inner acts: submissions checked who and when, made the transitions, and works usability out after
them. Each saves the versions with the transition that its caller made.
"""

from collections.abc import Sequence
from datetime import date, datetime

from approvals.audit import act
from approvals.people.models import User
from content.assets.enums import WITHDRAWABLE, ReferenceStatus, State, VisaBasis
from content.assets.models import Reference, Version, Visa


@act("correct_visa")
def correct_visa(
    visa: Visa,
    carriers: Sequence[Version],
    *,
    basis: VisaBasis,
    starts_on: date,
    ends_on: date,
    start_reason: str = "",
    by: User,
    now: datetime,
) -> None:
    """State a visa's basis and days anew, for it and for every version that stands under it.

    The only act that may move an end later (DOMAIN.md §4). What expired or was superseded stands
    under the visa again, and keeps its days.
    """
    visa.basis, visa.start_reason = basis, start_reason
    visa.starts_on, visa.ends_on = starts_on, ends_on
    visa.voided_at, visa.void_reason = None, ""
    visa.save()
    for version in carriers:
        version.visa = visa
        if version.state in (*WITHDRAWABLE, State.WITHDRAWN):
            # Also of what the authority withdrew: that may be corrected in its turn.
            version.expires_on = ends_on
            if version.valid_from is not None:
                version.valid_from = max(version.valid_from, starts_on)
        version.save()


@act("void_visa")
def void_visa(
    visa: Visa, carriers: Sequence[Version], *, reason: str, by: User, now: datetime
) -> None:
    """Void a visa that was never given: its row stays, no version stands under it any more."""
    visa.voided_at, visa.void_reason = now, reason
    visa.save()
    for version in carriers:
        version.visa = None
        if version.released_at is None:
            version.expires_on = None
        version.save()


@act("restore_reference")
def restore_reference(version: Version, reference: Reference, *, by: User, now: datetime) -> None:
    """Give a version back the reference it was deposited under, burnt by mistake."""
    if reference.status == ReferenceStatus.BURNT:
        reference.status = ReferenceStatus.USED
        reference.burnt_at, reference.burnt_reason = None, ""
        reference.save()
    version.reference = reference
    version.save()
