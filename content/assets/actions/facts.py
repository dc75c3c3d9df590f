"""Remember what submissions and release decided: references, visas, releases, interruptions.

These are inner acts: the app that owns the verb checks who and when, makes the transition, and
calls these; each saves the version once, with the transition that its caller made.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.models import User
from content.assets.actions.validity import work_out
from content.assets.enums import Cause, ReferenceStatus, VisaBasis
from content.assets.models import Interruption, Reference, Version, Visa
from content.calendar import paris_day
from content.catalogue.actions import lock_list_head


@act("give_reference")
def give_reference(
    version: Version,
    *,
    value: str,
    cis: str,
    category: str,
    year: int,
    month: int,
    number: int,
    by: User,
    now: datetime,
) -> Reference:
    """Reserve a reference for a version, so that it can be printed on the material."""
    reference = Reference(
        value=value,
        cis=cis,
        category=category,
        year=year,
        month=month,
        number=number,
        reserved_by=by,
        reserved_at=now,
    )
    reference.save(force_insert=True)
    version.reference = reference
    version.save()
    return reference


@act("use_reference")
def use_reference(version: Version, *, by: User, now: datetime) -> None:
    """Mark a version's reference as used: its dossier was deposited under it."""
    if version.reference is not None and version.reference.status == ReferenceStatus.RESERVED:
        version.reference.status = ReferenceStatus.USED
        version.reference.save()


@act("burn_reference")
def burn_reference(version: Version, *, reason: str, by: User, now: datetime) -> None:
    """Burn a version's reference for ever; the version needs a new one. Saves the version."""
    reference = version.reference
    if reference is None:
        return
    version.reference = None
    version.save()
    if Version.objects.filter(reference=reference).exists():
        return  # A minor modification carries its predecessor's, which stays in use.
    reference.status = ReferenceStatus.BURNT
    reference.burnt_at = now
    reference.burnt_reason = reason[:300]
    reference.save()


@act("grant_visa")
def grant_visa(
    version: Version,
    *,
    category: str,
    digest: str,
    basis: VisaBasis,
    starts_on: date,
    ends_on: date,
    start_reason: str = "",
    by: User,
    now: datetime,
) -> Visa:
    """Remember the authority's authorisation of a digest. Saves the version.

    :raises StateConflict: ``no_reference`` if the version has no reference.
    """
    if version.reference is None:
        raise StateConflict(
            "no_reference",
            _("%(version)s has no reference: plan a deposit first.") % {"version": version},
        )
    visa = Visa(
        category=category,
        reference=version.reference,
        digest=digest,
        basis=basis,
        starts_on=starts_on,
        ends_on=ends_on,
        start_reason=start_reason,
        recorded_by=by,
        recorded_at=now,
    )
    visa.save(force_insert=True)
    version.visa = visa
    version.expires_on = ends_on
    version.save()
    return visa


@act("carry_visa")
def carry_visa(version: Version, predecessor: Version, *, by: User, now: datetime) -> None:
    """Let a minor modification stand under its predecessor's visa: same reference, same end."""
    version.visa = predecessor.visa
    version.reference = predecessor.reference
    version.expires_on = predecessor.expires_on
    version.save()


@act("mark_released")
def mark_released(
    version: Version,
    *,
    valid_from: date,
    expires_on: date,
    overlap_days: int = 0,
    by: User,
    now: datetime,
) -> None:
    """Remember the release: from now on the version may be used. Saves the version."""
    lock_list_head()
    version.released_by = by
    version.released_at = now
    version.valid_from = valid_from
    version.expires_on = expires_on
    version.overlap_days = overlap_days
    version.save()
    work_out([version.pk], now=now)


@act("interrupt")
def interrupt(
    versions: Version | Sequence[Version],
    *,
    cause: Cause,
    reason: str,
    starts_on: date,
    by: User,
    now: datetime,
) -> list[Interruption]:
    """Bar the use of versions from a day on, and of all that require them.

    :raises InvalidInput: ``effective_on`` if the day is past: nothing ends use retroactively.
    """
    if starts_on < paris_day(now):
        raise InvalidInput.at(
            "effective_on", _("The effective day is past: give today or a later day.")
        )
    rows = []
    for version in [versions] if isinstance(versions, Version) else versions:
        row = Interruption(
            version=version,
            cause=cause,
            reason=reason,
            starts_on=starts_on,
            recorded_by=by,
            recorded_at=now,
        )
        row.save(force_insert=True)
        rows.append(row)
    work_out({row.version_id for row in rows}, now=now)
    return rows


@act("lift_interruptions")
def lift_interruptions(
    version: Version, *, causes: Iterable[Cause], ends_on: date, by: User, now: datetime
) -> int:
    """Lift the interruptions of some causes that are in force on a day; return how many.

    One that begins later was decided for its own reason and stays (no act revokes an effective
    day, DOMAIN.md §4), unless its cause is in force already: then it was brought forward.
    """
    rows = list(Interruption.objects.not_lifted().filter(version=version, cause__in=list(causes)))
    in_force = {row.cause for row in rows if row.starts_on <= ends_on}
    rows = [row for row in rows if row.cause in in_force]
    for row in rows:
        row.ends_on = max(ends_on, row.starts_on)
        row.lifted_by = by
        row.lifted_at = now
        row.save()
    work_out([version.pk], now=now)
    return len(rows)
