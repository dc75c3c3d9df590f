"""Correct a decision that was entered wrongly: a new signed entry, and its effect from now on.

What was known stays recorded: the wrong entry, the periods of past days. Which of these days the
corrected facts take back is written on the correction (DOMAIN.md §3, last row; §4).
"""

from datetime import date, datetime
from typing import Unpack

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.people.models import User
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.submissions.actions.correction_effects import Correction
from approvals.submissions.actions.decisions import Stated, entry_of, letter_of
from approvals.submissions.actions.deposits import sign_dossier
from approvals.submissions.actions.locking import (
    ever_under_visa_of,
    lock_dossier,
    lock_versions,
    visa_of,
)
from approvals.submissions.enums import LEFT_BATCH, REASON_OWED, Outcome
from approvals.submissions.models import Decision, Dossier
from approvals.submissions.notifications import tell_corrected
from approvals.submissions.policies import (
    BATCH_ROLES,
    check_can_correct,
    check_correction_facts,
    check_version_follows,
    entry_to_correct,
)
from approvals.submissions.policies.corrections import DECIDED_STATES
from content.assets.actions.sweep import end
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.actions import lock_list_head


@act("correct_decision", roles=BATCH_ROLES)
def correct_decision(
    dossier_id: int,
    *,
    outcome: str,
    decided_on: date,
    reason: str,
    authority_reasons: str = "",
    decision: int | None = None,
    letter: int | UploadedFile | None = None,
    credentials: Proof,
    by: User,
    now: datetime,
    **stated: Unpack[Stated],
) -> Decision:
    """Say, signed, what the authority really decided, where it was recorded wrongly.

    ``reason`` says why the entry was wrong; ``authority_reasons`` are the authority's own where
    the outcome owes some (by default ``reason``, or those of the entry if the outcome is the
    same). ``decision`` names the entry; by default the last one that the outcome can correct.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``outcome``, ``decided_on``, ``notified_on``, ``reason``, ``decision``,
        ``letter``, ``starts_on``, ``start_reason``, ``until``.
    :raises StateConflict: ``not_decided``, ``nothing_to_correct``, ``already_corrected``,
        ``nothing_corrected``, ``version_moved_on``, ``digest_changed``, ``evaluation_not_over``,
        ``receipt_day_missing``, ``silence_grants_nothing``.
    """
    if outcome not in Outcome.values:
        raise InvalidInput.at("outcome", _("Choose one of the outcomes of the list."))
    if not reason.strip():
        raise InvalidInput.at("reason", _("Say why the entry was wrong."))
    lock_list_head()
    dossier, version, _products = lock_dossier(dossier_id, with_carriers=True)
    check_can_correct(dossier, by)
    wrong = entry_to_correct(dossier, outcome, decision)
    entry = entry_of(dossier, outcome, decided_on, stated, by=by, now=now)
    entry.corrects, entry.correction_reason = wrong, reason.strip()
    _complete(entry, wrong, authority_reasons.strip())
    check_correction_facts(entry, wrong, paris_day(now))
    carriers = _reached(dossier, by=by, now=now)
    dossier.version = next(one for one in carriers if one.pk == version.pk)
    check_version_follows(dossier, entry, wrong)
    entry.letter = letter_of(dossier, letter, by=by, now=now)
    correction = Correction(entry, wrong, visa_of(dossier), carriers, by, now)
    correction.check_days()
    entry.wrong_days = correction.wrong_days()
    entry.signature = sign_dossier(dossier, Meaning.CORRECTION, credentials, by=by, now=now)
    entry.save(force_insert=True)
    correction.take_effect()
    tell_corrected(entry, [one.asset.owner for one in carriers], now=now)
    return entry


def _complete(entry: Decision, wrong: Decision, authority_reasons: str) -> None:
    """Take over from the wrong entry what the correction does not say otherwise."""
    same = entry.outcome == wrong.outcome
    if entry.outcome in REASON_OWED:
        inherited = wrong.reason if same else entry.correction_reason
        entry.reason = authority_reasons or inherited
    if same:
        entry.notified_on = entry.notified_on or wrong.notified_on
        entry.until = entry.until or wrong.until
    grants = entry.dossier.decisions.standing().filter(
        outcome=entry.outcome, decided_on=entry.decided_on, starts_on__isnull=False
    )
    kept = grants.order_by("-pk").first()
    if kept is not None and entry.starts_on is None:
        entry.starts_on, entry.start_reason = kept.starts_on, kept.start_reason


def _reached(dossier: Dossier, *, by: User, now: datetime) -> list[Version]:
    """Return the dossier's version and every other under its visa, their states up to date.

    One that went to the authority since by a dossier of its own stands under that one's answer.
    """
    own = Dossier.objects.exclude(state__in=LEFT_BATCH).exclude(pk=dossier.pk)
    others = Version.objects.filter(
        pk__in=ever_under_visa_of(dossier), state__in=DECIDED_STATES
    ).exclude(pk__in=own.values("version"))
    ids = sorted({dossier.version_id, *others.values_list("pk", flat=True)})
    over = Version.objects.due_to_expire(paris_day(now)).filter(pk__in=ids)
    replaced = Version.objects.due_to_be_superseded(paris_day(now)).filter(pk__in=ids)
    for pk in sorted({*over.values_list("pk", flat=True), *replaced.values_list("pk", flat=True)}):
        end(pk, by=by, now=now)
    return list(lock_versions(ids).values())
