"""What a correction causes, for each version that it reaches (DOMAIN.md §3, last row; §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput
from approvals.people.models import User
from approvals.review.actions import drop_refusal, keep_refusal
from approvals.submissions.actions.decisions import (
    give_visa,
    tell_stopped,
    visa_months,
    visa_start,
)
from approvals.submissions.actions.planning import release_plan
from approvals.submissions.enums import AFTER_GRANT, GRANTING, RETURNED, STATE_UNDER, Outcome
from approvals.submissions.models import Decision
from approvals.submissions.policies import corrected_state
from approvals.submissions.policies.corrections import DECIDED_STATES
from approvals.submissions.wrong_days import wrongly_usable
from content.assets.actions import facts
from content.assets.actions.corrections import correct_visa, restore_reference, void_visa
from content.assets.actions.validity import work_out
from content.assets.enums import WITHDRAWABLE, Cause, State
from content.assets.models import Version, Visa
from content.assets.validity.bars import Span
from content.calendar import add_months, day_in_words, paris_day

ENDING = (Cause.AUTHORITY_WITHDRAWN, Cause.DECISION_CORRECTED)
BY_AUTHORITY = (*ENDING, Cause.AUTHORITY_SUSPENDED)


@dataclass
class Correction:
    """One correction under way, and the versions that it reaches."""

    entry: Decision
    wrong: Decision
    visa: Visa | None
    carriers: list[Version]
    by: User
    now: datetime

    @property
    def today(self) -> date:
        return paris_day(self.now)

    @property
    def grants(self) -> bool:
        return self.entry.outcome in (*GRANTING, *AFTER_GRANT)

    def check_days(self) -> None:
        """:raises InvalidInput: ``decided_on`` if a visa would end before its first use."""
        if self.entry.outcome not in GRANTING:
            return
        _starts_on, ends_on = self._days_of_visa()
        for version in self.carriers:
            if version.valid_from is not None and version.valid_from >= ends_on:
                raise InvalidInput.at(
                    "decided_on",
                    _("The visa would have ended on %(day)s, before %(version)s was first used.")
                    % {"day": day_in_words(ends_on), "version": version},
                )

    def wrong_days(self) -> list[dict[str, str]]:
        ids = [version.pk for version in self.carriers]
        return wrongly_usable(ids, self._entitled(), self.today)

    def _entitled(self) -> Sequence[Span]:
        """Return the days on which the corrected facts let versions be used."""
        entry, visa = self.entry, self.visa
        if entry.outcome in GRANTING:
            return [self._days_of_visa()]
        if entry.outcome not in AFTER_GRANT or visa is None:
            return []
        stopped_on = max(visa.starts_on + timedelta(days=1), entry.notified_on or entry.decided_on)
        spans = [(visa.starts_on, min(visa.ends_on, stopped_on))]
        known_on = max(paris_day(self.wrong.recorded_at), stopped_on)
        if entry.outcome == Outcome.SUSPENDED and known_on < visa.ends_on:
            # Once the stop was known, only a signed resume let it be used.
            spans.append((known_on, visa.ends_on))
        return spans

    def _days_of_visa(self) -> Span:
        starts_on, _basis = visa_start(self.entry)
        return starts_on, add_months(starts_on, visa_months(self.entry.dossier.version))

    def take_effect(self) -> None:
        dossier, entry = self.entry.dossier, self.entry
        state = STATE_UNDER[Outcome(entry.outcome)]
        if dossier.state != state:
            dossier.correct_to(state, at=self.now)
            dossier.save()
        before = {version.pk: State(version.state) for version in self.carriers}
        stopped = self._still_withdrawn()
        for version in self.carriers:
            self._move(version, corrected_state(version, entry.outcome, stopped=stopped))
        self._settle_visa()
        self._settle_stops(before, stopped=stopped)
        self._settle_reasons()
        work_out([version.pk for version in self.carriers], now=self.now)
        self._tell_the_field(before)

    def _tell_the_field(self, before: dict[int, State]) -> None:
        ended = [
            version
            for version in self.carriers
            if before[version.pk] == State.RELEASED and version.state != State.RELEASED
        ]
        suspended = self.entry.outcome == Outcome.SUSPENDED
        tell_stopped(self.entry, ended, withdrawn=not suspended, now=self.now)

    def _still_withdrawn(self) -> bool:
        """Whether another standing entry says that the authority withdrew the visa."""
        standing = self.entry.dossier.decisions.standing().exclude(pk=self.entry.pk)
        return bool(standing.filter(outcome=Outcome.WITHDRAWN_BY_AUTHORITY).exists())

    def _move(self, version: Version, state: State) -> None:
        """Make the transition in memory; what settles the visa saves it."""
        before = version.state
        if before == state:
            return
        if state == State.CLEARED:
            version.correct_to_cleared(at=self.now)
        elif state == State.SUSPENDED:
            version.correct_to_suspended(at=self.now)
        elif state == State.REFUSED:
            version.correct_to_refused(at=self.now)
        elif state == State.APPROVED:
            version.correct_to_approved(at=self.now)
        elif before in (State.RELEASED, State.SUSPENDED, State.REFUSED):
            version.correct_to_withdrawn(at=self.now)
        else:
            if before == State.APPROVED:
                version.correct_to_cleared(at=self.now)
            version.withdraw(at=self.now)

    def _settle_visa(self) -> None:
        """Give, correct or void the visa, with the reference it was given under."""
        dossier, entry = self.entry.dossier, self.entry
        given: dict[str, Any] = {"by": self.by, "now": self.now}
        version = dossier.version
        if self.grants or entry.outcome == Outcome.REFUSED:
            for one in self.carriers:
                self._take_back_reference(one)
        if entry.outcome in GRANTING:
            if self.visa is None:
                give_visa(entry, version, **given)
                return
            starts_on, basis = visa_start(entry)
            correct_visa(
                self.visa,
                self.carriers,
                basis=basis,
                starts_on=starts_on,
                ends_on=self._days_of_visa()[1],
                start_reason=entry.start_reason,
                **given,
            )
        elif self.visa is not None and not self.grants and self.visa.voided_at is None:
            void_visa(self.visa, self.carriers, reason=entry.correction_reason, **given)
        else:
            for one in self.carriers:
                one.save()
        if entry.outcome in RETURNED and self.wrong.outcome not in RETURNED:
            self._release_plans()

    def _take_back_reference(self, version: Version) -> None:
        reference = self.entry.dossier.reference
        if version.reference_id == reference.pk or version.state not in DECIDED_STATES:
            return
        release_plan(
            version, reason=_("Its first reference is in force again."), by=self.by, now=self.now
        )
        restore_reference(version, reference, by=self.by, now=self.now)

    def _release_plans(self) -> None:
        for version in self.carriers:
            if version.state == State.APPROVED and version.reference is not None:
                why = _("The dossier was not decided on its merits.")
                release_plan(version, reason=why, by=self.by, now=self.now)

    def _settle_stops(self, before: dict[int, State], *, stopped: bool) -> None:
        """Bar what may not be used before lifting what barred it: no day between the two."""
        barred: dict[Cause, list[Version]] = {}
        for version in self.carriers:
            cause = self._new_stop(version, before[version.pk], stopped=stopped)
            if cause is not None and not self._is_barred(version, cause):
                barred.setdefault(cause, []).append(version)
        for cause, versions in barred.items():
            self._bar(versions, cause)
        lifted = self._lifted(stopped=stopped)
        for version in self.carriers:
            causes = lifted
            if version.state == State.APPROVED:
                causes = BY_AUTHORITY
            rows = version.interruptions.not_lifted().filter(cause__in=causes)
            if causes and rows.exists():
                facts.lift_interruptions(
                    version, causes=causes, ends_on=self.today, by=self.by, now=self.now
                )

    def _new_stop(self, version: Version, before: State, *, stopped: bool) -> Cause | None:
        """Return why a version may not be used from today on, where that is new."""
        outcome, state = self.entry.outcome, State(version.state)
        released = version.released_at is not None
        if outcome == Outcome.WITHDRAWN_BY_AUTHORITY:
            moved = before in WITHDRAWABLE and state == State.WITHDRAWN
            return Cause.AUTHORITY_WITHDRAWN if moved else None
        if outcome == Outcome.SUSPENDED:
            back = before == State.WITHDRAWN and state in WITHDRAWABLE
            return Cause.AUTHORITY_SUSPENDED if back else None
        if outcome in GRANTING:
            returns = state == State.SUSPENDED and (
                before != State.SUSPENDED or self.wrong.outcome == Outcome.SUSPENDED
            )
            return Cause.SUSPENDED if returns and not stopped else None
        ended = released and state in (State.REFUSED, State.WITHDRAWN) and before != state
        return Cause.DECISION_CORRECTED if ended else None

    def _is_barred(self, version: Version, cause: Cause) -> bool:
        rows = version.interruptions.not_lifted()
        return bool(rows.filter(cause=cause, starts_on__lte=self.today).exists())

    def _bar(self, versions: list[Version], cause: Cause) -> None:
        reason = self.entry.reason
        if cause not in (Cause.AUTHORITY_WITHDRAWN, Cause.AUTHORITY_SUSPENDED):
            # The field reads it: what is so, not who mistook what.
            reason = _("the authority's decision was corrected (%(outcome)s).") % {
                "outcome": Outcome(self.entry.outcome).label
            }
        facts.interrupt(
            versions,
            cause=cause,
            reason=reason,
            starts_on=self.today,
            by=self.by,
            now=self.now,
        )

    def _lifted(self, *, stopped: bool) -> tuple[Cause, ...]:
        """Return the causes that the corrected facts take away."""
        outcome = self.entry.outcome
        if outcome == Outcome.SUSPENDED:
            return (Cause.AUTHORITY_WITHDRAWN,)
        if outcome not in GRANTING:
            return ()
        if stopped:
            return (Cause.DECISION_CORRECTED,)
        if self.wrong.outcome == Outcome.SUSPENDED:
            return BY_AUTHORITY
        return ENDING

    def _settle_reasons(self) -> None:
        """Keep the reasons of a refusal for the next version; close those of one that was none."""
        version, wrong, entry = self.entry.dossier.version, self.wrong, self.entry
        if wrong.outcome == entry.outcome and wrong.reason == entry.reason:
            return
        if wrong.outcome == Outcome.REFUSED:
            drop_refusal(
                version,
                kept_by=wrong.recorded_by,
                kept_at=wrong.recorded_at,
                why=_("The refusal was corrected: %(reason)s")
                % {"reason": entry.correction_reason},
                by=self.by,
                now=self.now,
            )
        if entry.outcome == Outcome.REFUSED:
            keep_refusal(version, reasons=entry.reason, by=self.by, now=self.now)
