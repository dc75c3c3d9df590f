"""The authority's decisions and what they cause (DOMAIN.md §8)."""

from datetime import UTC, date, datetime

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.signatures.enums import Meaning
from approvals.submissions.actions import decide
from approvals.submissions.enums import BatchState, DossierState
from approvals.submissions.models import Decision, Dossier, PlannedDeposit
from approvals.submissions.policies import can_decide
from content.assets.enums import Cause, ReferenceStatus, State, VisaBasis
from content.assets.models import Interruption, Version
from content.catalogue.models import VisaRule
from content.outbox.models import Message
from tests.factories import keep
from tests.factories.people import Cast
from tests.factories.submissions import (
    make_deposited,
    proof_for,
    record_decision,
    state_of,
)

pytestmark = pytest.mark.django_db

JUNE = datetime(2026, 6, 15, 8, tzinfo=UTC)


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.with_page().get(pk=dossier.pk)


class TestGranted:
    def test_clears_the_version_under_a_visa_of_24_calendar_months(self, cast: Cast) -> None:
        dossier = make_deposited(cast)

        record_decision(cast, dossier, decided_on=date(2026, 6, 10))

        version = Version.objects.with_asset().get(pk=dossier.version_id)
        assert version.state == State.CLEARED
        assert version.visa is not None
        assert version.visa.basis == VisaBasis.EXPRESS
        assert (version.visa.starts_on, version.visa.ends_on) == (
            date(2026, 6, 10),
            date(2028, 6, 10),
        )
        assert version.visa.digest == dossier.digest
        assert version.expires_on == date(2028, 6, 10)
        assert fresh(dossier).state == DossierState.GRANTED

    def test_29_february_gives_28_february(self, cast: Cast) -> None:
        now = datetime(2028, 3, 1, 8, tzinfo=UTC)
        dossier = make_deposited(cast)

        record_decision(cast, dossier, decided_on=date(2028, 2, 29), now=now)

        version = Version.objects.with_asset().get(pk=dossier.version_id)
        assert version.visa is not None
        assert version.visa.ends_on == date(2030, 2, 28)

    def test_closes_the_batch_once_each_deposited_dossier_is_decided(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        assert fresh(dossier).batch.state == BatchState.DEPOSITED

        record_decision(cast, dossier)

        assert fresh(dossier).batch.state == BatchState.CLOSED

    def test_leaves_one_signature_one_event_and_tells_the_owner(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        events = AuditEvent.objects.count()
        credentials = proof_for(cast.regulatory, Meaning.DECISION, JUNE)

        decision = decide(
            dossier.pk,
            outcome="granted",
            decided_on=date(2026, 6, 10),
            credentials=credentials,
            by=cast.regulatory,
            now=JUNE,
        )

        assert AuditEvent.objects.count() == events + 1
        assert decision.signature.meaning == Meaning.DECISION
        assert decision.signature.covers[0]["digest"] == dossier.digest
        assert Version.history.filter(id=dossier.version_id, history_date=JUNE).count() == 1
        told = Message.objects.get(topic="decided")
        assert told.recipient == cast.pm


class TestTacit:
    # The window of April 2026 closes on the 24th: 25 April + 2 months.
    ENDS_ON = date(2026, 6, 25)

    def test_is_refused_on_the_day_the_evaluation_ends(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        now = datetime(2026, 6, 25, 21, 59, tzinfo=UTC)  # 23:59 in Paris

        with pytest.raises(StateConflict) as refused:
            record_decision(cast, dossier, "tacit", decided_on=self.ENDS_ON, now=now)

        assert refused.value.code == "evaluation_not_over"
        assert "-" not in str(refused.value), "a day is said in words"
        assert fresh(dossier).state == DossierState.DEPOSITED

    def test_is_nothing_where_silence_grants_nothing(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        rule = VisaRule.objects.get(jurisdiction__code="FR", category="PM")
        rule.tacit_grant = False
        keep(rule, by=cast.admin)
        now = datetime(2026, 6, 26, 8, tzinfo=UTC)

        assert not can_decide(fresh(dossier), "tacit", cast.regulatory)
        with pytest.raises(StateConflict) as refused:
            record_decision(cast, dossier, "tacit", decided_on=date(2026, 6, 26), now=now)

        assert refused.value.code == "silence_grants_nothing"
        assert fresh(dossier).state == DossierState.DEPOSITED

    def test_is_confirmed_from_the_day_after_and_starts_when_the_evaluation_ended(
        self, cast: Cast
    ) -> None:
        dossier = make_deposited(cast)
        now = datetime(2026, 6, 25, 22, 0, tzinfo=UTC)  # 0:00 in Paris, the day after

        decision = record_decision(cast, dossier, "tacit", decided_on=date(2026, 6, 26), now=now)

        version = Version.objects.with_asset().get(pk=dossier.version_id)
        assert version.state == State.CLEARED
        assert version.visa is not None
        assert version.visa.basis == VisaBasis.TACIT
        assert version.visa.starts_on == self.ENDS_ON
        assert decision.signature.meaning == Meaning.TACIT_GRANT_CONFIRMED

    def test_is_not_signed_with_the_meaning_of_a_decision(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        now = datetime(2026, 6, 26, 8, tzinfo=UTC)

        with pytest.raises(StateConflict) as refused:
            decide(
                dossier.pk,
                outcome="tacit",
                decided_on=date(2026, 6, 26),
                credentials=proof_for(cast.regulatory, Meaning.DECISION, now),
                by=cast.regulatory,
                now=now,
            )

        assert refused.value.code == "proof_invalid"

    def test_is_not_dated_before_the_evaluation_ended(self, cast: Cast) -> None:
        dossier = make_deposited(cast)

        with pytest.raises(InvalidInput) as refused:
            record_decision(
                cast,
                dossier,
                "tacit",
                decided_on=date(2026, 6, 24),
                now=datetime(2026, 6, 26, 8, tzinfo=UTC),
            )

        assert list(refused.value.errors) == ["decided_on"]


class TestRefused:
    def test_ends_the_version_with_its_reasons(self, cast: Cast) -> None:
        dossier = make_deposited(cast)

        decision = record_decision(cast, dossier, "refused", reason="Indication hors AMM.")

        assert state_of(dossier.version) == State.REFUSED
        assert decision.reason == "Indication hors AMM."

    def test_owes_its_reasons(self, cast: Cast) -> None:
        dossier = make_deposited(cast)

        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, dossier, "refused", reason="  ")

        assert list(refused.value.errors) == ["reason"]
        assert not Decision.objects.exists()
        assert state_of(dossier.version) == State.DEPOSITED


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("withdrawn_by_applicant", DossierState.WITHDRAWN_BY_APPLICANT),
        ("inadmissible", DossierState.INADMISSIBLE),
    ],
)
class TestNotDecidedOnTheMerits:
    def test_returns_the_version_and_burns_its_reference(
        self, cast: Cast, outcome: str, state: str
    ) -> None:
        dossier = make_deposited(cast)

        record_decision(cast, dossier, outcome, reason="Quittance manquante.")

        version = Version.objects.with_asset().get(pk=dossier.version_id)
        assert version.state == State.APPROVED
        assert version.reference is None
        assert fresh(dossier).state == state
        assert fresh(dossier).reference.status == ReferenceStatus.BURNT
        assert not PlannedDeposit.objects.current().filter(version=version).exists()


class TestAfterTheGrant:
    def test_a_suspension_bars_use_and_keeps_the_dossier_granted(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)

        record_decision(cast, dossier, "suspended", decided_on=date(2026, 6, 12), reason="Risque.")

        found = Interruption.objects.get(version=dossier.version_id)
        assert (found.cause, found.starts_on) == (Cause.AUTHORITY_SUSPENDED, date(2026, 6, 15))
        assert fresh(dossier).state == DossierState.GRANTED

    def test_a_withdrawal_is_final(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)

        record_decision(cast, dossier, "withdrawn_by_authority", reason="Risque.")

        assert state_of(dossier.version) == State.WITHDRAWN
        with pytest.raises(StateConflict) as refused:
            record_decision(cast, dossier, "suspended", reason="Risque.")
        assert refused.value.code == "already_withdrawn"

    def test_the_same_suspension_is_not_recorded_twice(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        record_decision(cast, dossier, "suspended", reason="Risque.")

        with pytest.raises(StateConflict) as refused:
            record_decision(cast, dossier, "suspended", reason="Risque.")

        assert refused.value.code == "already_suspended"

    def test_needs_a_grant(self, cast: Cast) -> None:
        with pytest.raises(StateConflict) as refused:
            record_decision(cast, make_deposited(cast), "suspended", reason="Risque.")

        assert refused.value.code == "not_granted"


class TestDenials:
    def test_a_decision_dated_before_the_deposit(self, cast: Cast) -> None:
        dossier = make_deposited(cast)

        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, dossier, decided_on=date(2026, 4, 13))

        assert list(refused.value.errors) == ["decided_on"]
        assert not Decision.objects.exists()

    def test_a_decision_of_the_deposit_day_is_taken(self, cast: Cast) -> None:
        dossier = make_deposited(cast)

        record_decision(cast, dossier, decided_on=date(2026, 4, 14))

        assert state_of(dossier.version) == State.CLEARED

    def test_a_decision_in_the_future(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, make_deposited(cast), decided_on=date(2026, 6, 16))

        assert list(refused.value.errors) == ["decided_on"]

    def test_a_notification_before_the_decision(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, make_deposited(cast), notified_on=date(2026, 6, 9))

        assert list(refused.value.errors) == ["notified_on"]

    def test_a_second_decision(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)

        with pytest.raises(StateConflict) as refused:
            record_decision(cast, dossier, "refused", reason="Trop tard.")

        assert refused.value.code == "already_decided"

    def test_an_unknown_outcome(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, make_deposited(cast), "maybe")

        assert list(refused.value.errors) == ["outcome"]

    @pytest.mark.parametrize("person", ["pm", "medical", "pharmacist", "admin", "inspector"])
    def test_anybody_but_regulatory(self, cast: Cast, person: str) -> None:
        dossier = make_deposited(cast)
        by = getattr(cast, person)

        with pytest.raises(PolicyDenied) as refused:
            decide(
                dossier.pk,
                outcome="granted",
                decided_on=date(2026, 6, 10),
                credentials=proof_for(by, Meaning.DECISION, JUNE),
                by=by,
                now=JUNE,
            )

        assert refused.value.code == "role_missing"
        assert not Decision.objects.exists()

    def test_nothing_is_kept_when_the_last_write_fails(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dossier = make_deposited(cast)
        events = AuditEvent.objects.count()

        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError("the mail cannot be written")

        monkeypatch.setattr("approvals.submissions.actions.decisions.tell_decided", fail)
        with pytest.raises(RuntimeError):
            record_decision(cast, dossier)

        assert not Decision.objects.exists()
        assert fresh(dossier).state == DossierState.DEPOSITED
        assert state_of(dossier.version) == State.DEPOSITED
        assert AuditEvent.objects.count() == events
