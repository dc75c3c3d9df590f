"""Answer the changes that reviewers asked for, each with its evidence."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, act
from approvals.people.enums import OWNERS, Role
from approvals.people.models import User
from approvals.review.models import RequestedChange
from approvals.review.policies.lifecycle import check_can_answer
from content.assets.actions import inspected_for_version, upload_revision
from content.assets.actions.uploads import Uploaded
from content.assets.inspection import Inspected
from content.assets.models import Revision, Version


@act("answer_changes", roles=OWNERS)
def answer_changes(
    version_id: int, *, answers: Sequence[Mapping[str, Any]], by: User, now: datetime
) -> list[RequestedChange]:
    """Tie requested changes to their evidence in the current revision.

    ``answers`` are ``{"change": id, "evidence": sentence}``.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``wrong_state``, ``no_new_revision``.
    :raises InvalidInput: field ``answers``.
    """
    version: Version = Version.objects.locked().get(pk=version_id)
    cycle = check_can_answer(version, by, now)
    standing = RequestedChange.objects.standing().unconfirmed().filter(verdict__cycle=cycle)
    asked = {change.pk: change for change in standing}
    done = []
    for answer in answers:
        change = asked.get(answer.get("change"))  # type: ignore[arg-type]
        evidence = str(answer.get("evidence") or "").strip()
        if change is None or not evidence:
            raise InvalidInput.at(
                "answers", _("Each answer names a change that was asked for, and its evidence.")
            )
        change.evidence = evidence
        change.answered_in = version.current_revision
        change.answered_by = by
        change.answered_at = now
        change.save()
        done.append(change)
    return done


def revise(
    version_id: int,
    *,
    files: Uploaded,
    prepared_on: date | None,
    change_summary: str = "",
    answers: Sequence[Mapping[str, Any]] = (),
    by: User,
    now: datetime,
) -> Revision:
    """Upload a corrected revision and say in it where each requested change was made.

    The files are inspected before the act.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_editable``, ``wrong_state``.
    :raises InvalidInput: what is wrong with the files, the date or the answers.
    """
    inspected = inspected_for_version(version_id, files, by=by, now=now)
    return _revise(
        version_id,
        files=inspected,
        prepared_on=prepared_on,
        change_summary=change_summary,
        answers=answers,
        by=by,
        now=now,
    )


@act("revise", roles=(*OWNERS, Role.AGENCY))
def _revise(
    version_id: int,
    *,
    files: Sequence[Inspected],
    prepared_on: date | None,
    change_summary: str,
    answers: Sequence[Mapping[str, Any]],
    by: User,
    now: datetime,
) -> Revision:
    revision = upload_revision(
        version_id,
        files=files,
        prepared_on=prepared_on,
        change_summary=change_summary,
        by=by,
        now=now,
    )
    if answers:
        answer_changes(version_id, answers=answers, by=by, now=now)
    return revision
