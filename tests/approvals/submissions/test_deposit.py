"""Deposits as stated facts, inside their window; dossiers missed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.signatures.enums import Meaning
from approvals.submissions.actions import (
    add_piece,
    add_to_batch,
    create_batch,
    deposit,
    edit_dossier,
    edit_window,
    miss,
    plan,
    record_window,
)
from approvals.submissions.enums import BatchState, DossierState
from approvals.submissions.models import Dossier
from content.assets.enums import ChangeKind, ReferenceStatus, State
from content.assets.models import Version
from content.outbox.models import Message
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import (
    approve,
    fill_in,
    freeze,
    make_approved,
    make_batch,
    make_deposited,
    make_draft,
    pm_window,
    proof_for,
    proof_piece,
    record_decision,
    record_deposit,
    state_of,
    upload,
)

pytestmark = pytest.mark.django_db
OPENING = datetime(2026, 4, 6, 22, 0, tzinfo=UTC)  # 7 April, 0:00 in Paris
CLOSING = datetime(2026, 4, 24, 21, 59, 59, tzinfo=UTC)  # 24 April, 23:59:59 in Paris
CLOSED = datetime(2026, 4, 24, 22, 0, tzinfo=UTC)


def fresh(dossier: Dossier) -> Dossier:
    found: Dossier = Dossier.objects.with_page().get(pk=dossier.pk)
    return found


def frozen(cast: Cast, **fields: Any) -> Dossier:
    version = make_approved(cast, **fields)
    found: Dossier = freeze(cast, make_batch(cast, version)).dossiers.get(version=version)
    return found


class TestDeposit:
    def test_is_a_signed_fact_with_its_proof(self, cast: Cast) -> None:
        dossier = frozen(cast)
        piece = proof_piece(cast, dossier)
        events = AuditEvent.objects.count()
        credentials = proof_for(cast.regulatory, Meaning.DEPOSIT)

        deposit(
            dossier.pk,
            deposited_at=T0 - timedelta(hours=1),
            portal_number=" DS-42 ",
            proof=piece.pk,
            credentials=credentials,
            by=cast.regulatory,
            now=T0,
        )

        kept = fresh(dossier)
        assert kept.state == DossierState.DEPOSITED
        assert kept.deposited_at == T0 - timedelta(hours=1)
        assert kept.deposit_recorded_at == T0
        assert (kept.portal_number, kept.deposit_proof) == ("DS-42", piece)
        assert kept.deposit_signature is not None
        assert kept.deposit_signature.covers[0]["digest"] == kept.digest
        assert kept.evaluation_ends_on == date(2026, 6, 25)
        assert kept.reference.status == ReferenceStatus.USED
        assert state_of(kept.version) == State.DEPOSITED
        assert AuditEvent.objects.count() == events + 1
        assert Message.objects.get(topic="deposited").recipient == cast.pm

    def test_the_batch_is_deposited_with_its_last_dossier(self, cast: Cast) -> None:
        first, second = make_approved(cast), make_approved(cast)
        batch = freeze(cast, make_batch(cast, first, second))

        record_deposit(cast, batch.dossiers.get(version=first))
        assert fresh(batch.dossiers.get(version=first)).batch.state == BatchState.FROZEN
        miss(
            batch.dossiers.get(version=second).pk,
            reason="Portail fermé.",
            by=cast.regulatory,
            now=T0,
        )

        assert fresh(batch.dossiers.get(version=first)).batch.state == BatchState.DEPOSITED

    def test_may_be_recorded_after_the_closing(self, cast: Cast) -> None:
        dossier = frozen(cast)
        later = CLOSED + timedelta(days=3)

        record_deposit(cast, dossier, deposited_at=CLOSING, now=later)

        assert fresh(dossier).deposit_recorded_at == later

    def test_the_evaluation_follows_a_corrected_window(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        changes = {"evaluation_ends_on": date(2026, 6, 26), "overridden_reason": "Publié ainsi."}

        edit_window(pm_window().pk, changes=changes, reason="ANSM", by=cast.regulatory, now=T0)

        assert fresh(dossier).evaluation_ends_on == date(2026, 6, 26)


class TestDenials:
    def refused(self, cast: Cast, dossier: Dossier, **given: Any) -> Any:
        now = given.pop("now", T0)
        body = {"deposited_at": now, "portal_number": "DS-1"} | given
        by = body.pop("by", cast.regulatory)
        if "proof" not in body:
            body["proof"] = proof_piece(cast, dossier, now=now).pk
        with pytest.raises((InvalidInput, PolicyDenied, StateConflict)) as refused:
            deposit(
                dossier.pk,
                **body,
                credentials=proof_for(by, Meaning.DEPOSIT, now),
                by=by,
                now=now,
            )
        assert fresh(dossier).deposited_at is None
        return refused.value

    def test_in_the_future(self, cast: Cast) -> None:
        error = self.refused(cast, frozen(cast), deposited_at=T0 + timedelta(seconds=1))
        assert (error.code, list(error.errors)) == ("in_the_future", ["deposited_at"])

    def test_without_a_portal_number(self, cast: Cast) -> None:
        error = self.refused(cast, frozen(cast), portal_number=" ")
        assert list(error.errors) == ["portal_number"]

    def test_without_a_proof(self, cast: Cast) -> None:
        assert list(self.refused(cast, frozen(cast), proof=999_999).errors) == ["proof"]

    def test_with_a_piece_that_is_no_proof(self, cast: Cast) -> None:
        dossier = frozen(cast)
        error = self.refused(cast, dossier, proof=dossier.pieces.get(kind="receipt").pk)
        assert list(error.errors) == ["proof"]

    def test_with_the_proof_of_another_dossier(self, cast: Cast) -> None:
        other = proof_piece(cast, frozen(cast))
        assert list(self.refused(cast, frozen(cast), proof=other.pk).errors) == ["proof"]

    def test_received_in_the_future(self, cast: Cast) -> None:
        error = self.refused(cast, frozen(cast), received_on=date(2026, 4, 15))
        assert list(error.errors) == ["received_on"]

    def test_from_a_batch_that_is_not_frozen(self, cast: Cast) -> None:
        version = make_approved(cast)
        dossier = make_batch(cast, version).dossiers.get()
        assert self.refused(cast, dossier).code == "batch_not_frozen"

    def test_twice(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        with pytest.raises(StateConflict) as refused:
            record_deposit(cast, dossier)
        assert refused.value.code == "dossier_not_preparing"

    @pytest.mark.parametrize("person", ["pm", "pharmacist", "medical", "admin"])
    def test_by_anybody_but_regulatory(self, cast: Cast, person: str) -> None:
        error = self.refused(cast, frozen(cast), by=getattr(cast, person))
        assert error.code == "role_missing"

    def test_in_another_month_than_the_references(self, cast: Cast) -> None:
        window = record_window(
            category="PM",
            opens_on=date(2026, 4, 27),
            closes_on=date(2026, 5, 6),
            by=cast.regulatory,
            now=T0,
        )
        version = make_approved(cast, window)
        assert version.reference is not None
        batch = freeze(cast, make_batch(cast, version, window=window))
        dossier, now = batch.dossiers.get(), datetime(2026, 4, 28, 8, tzinfo=UTC)
        assert self.refused(cast, dossier, now=now).code == "reference_month"

        edit_dossier(
            dossier.pk,
            changes={"month_override_reason": "Déposé le premier jour."},
            by=cast.regulatory,
            now=now,
        )
        record_deposit(cast, dossier, now=now)

        assert fresh(dossier).state == DossierState.DEPOSITED

    def test_nothing_is_kept_when_the_last_write_fails(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dossier = frozen(cast)

        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError("the mail cannot be written")

        monkeypatch.setattr("approvals.submissions.actions.deposits.tell_deposited", fail)
        with pytest.raises(RuntimeError):
            record_deposit(cast, dossier)

        kept = fresh(dossier)
        assert (kept.state, kept.deposit_signature) == (DossierState.PREPARING, None)
        assert state_of(kept.version) == State.IN_BATCH
        assert kept.reference.status == ReferenceStatus.RESERVED


class TestInvariant7:
    """Nothing is deposited outside its window, except under R.5122-2-1."""

    @pytest.mark.parametrize("instant", [OPENING, CLOSING])
    def test_the_first_and_the_last_second_are_inside(self, cast: Cast, instant: datetime) -> None:
        dossier = frozen(cast)
        record_deposit(cast, dossier, deposited_at=instant, now=CLOSED)
        assert fresh(dossier).deposited_at == instant

    @pytest.mark.parametrize("instant", [OPENING - timedelta(seconds=1), CLOSED])
    def test_a_second_before_and_after_are_outside(self, cast: Cast, instant: datetime) -> None:
        dossier = frozen(cast)
        with pytest.raises(StateConflict) as refused:
            record_deposit(cast, dossier, deposited_at=instant, now=CLOSED)
        assert refused.value.code == "outside_window"
        assert state_of(dossier.version) == State.IN_BATCH

    def test_a_provisional_window_takes_nothing(self, cast: Cast) -> None:
        dossier = frozen(cast)
        edit_window(
            pm_window().pk,
            changes={"provisional": True},
            reason="Non publiée.",
            by=cast.regulatory,
            now=T0,
        )
        with pytest.raises(StateConflict) as refused:
            record_deposit(cast, dossier)
        assert refused.value.code == "window_provisional"

    NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
    STATED = {
        "reason": "Réévaluation du rapport bénéfice/risque.",
        "proof": "Courrier ANSM du 2 juin 2026",
        "planned_on": date(2026, 6, 20),
    }

    def outside(self, cast: Cast) -> Dossier:
        """A second version of what has a visa, in a batch outside the windows."""
        first = make_deposited(cast)
        record_decision(cast, first, now=self.NOW)
        version = make_draft(cast, asset=first.version.asset, change_kind=ChangeKind.SAFETY)
        reference = plan(version.pk, out_of_window=self.STATED, by=cast.pm, now=self.NOW)
        approve(version, text=reference.value, now=self.NOW)
        batch = create_batch(out_of_window="PM", by=cast.regulatory, now=self.NOW)
        dossier = add_to_batch(batch.pk, version=version.pk, by=cast.regulatory, now=self.NOW)
        fill_in(cast, dossier, now=self.NOW)
        return dossier

    def test_under_r_5122_2_1_the_letter_is_owed(self, cast: Cast) -> None:
        dossier = self.outside(cast)
        with pytest.raises(StateConflict) as refused:
            freeze(cast, dossier.batch, now=self.NOW)
        assert refused.value.code == "batch_incomplete"

    def test_under_r_5122_2_1_it_is_deposited_and_evaluated_from_its_receipt(
        self, cast: Cast
    ) -> None:
        dossier = self.outside(cast)
        add_piece(dossier.pk, kind="letter", file=upload(), by=cast.regulatory, now=self.NOW)
        freeze(cast, dossier.batch, now=self.NOW)
        deposit(
            dossier.pk,
            deposited_at=self.NOW,
            portal_number="DS-2",
            proof=proof_piece(cast, dossier, now=self.NOW).pk,
            received_on=date(2026, 6, 15),
            credentials=proof_for(cast.regulatory, Meaning.DEPOSIT, self.NOW),
            by=cast.regulatory,
            now=self.NOW,
        )

        assert fresh(dossier).evaluation_ends_on == date(2026, 8, 15)
        tacit = {"decided_on": date(2026, 8, 16), "now": datetime(2026, 8, 16, 8, tzinfo=UTC)}
        record_decision(cast, dossier, "tacit", **tacit)
        version = Version.objects.with_asset().get(pk=dossier.version_id)
        assert version.visa is not None
        assert version.visa.starts_on == date(2026, 8, 15)

    def test_silence_outside_the_windows_needs_the_day_of_receipt(self, cast: Cast) -> None:
        dossier = self.outside(cast)
        add_piece(dossier.pk, kind="letter", file=upload(), by=cast.regulatory, now=self.NOW)
        freeze(cast, dossier.batch, now=self.NOW)
        record_deposit(cast, dossier, now=self.NOW)

        with pytest.raises(StateConflict) as refused:
            record_decision(
                cast,
                dossier,
                "tacit",
                decided_on=date(2026, 9, 1),
                now=datetime(2026, 9, 1, 8, tzinfo=UTC),
            )

        assert refused.value.code == "receipt_day_missing"


class TestMiss:
    def test_gives_the_version_back_while_the_window_is_open(self, cast: Cast) -> None:
        dossier = frozen(cast)

        miss(dossier.pk, reason="Budget.", by=cast.regulatory, now=T0)

        assert fresh(dossier).state == DossierState.MISSED
        assert state_of(dossier.version) == State.APPROVED
        assert fresh(dossier).reference.status == ReferenceStatus.RESERVED
        assert "Budget" in Message.objects.get(topic="missed").body

    def test_burns_the_reference_once_it_closed(self, cast: Cast) -> None:
        dossier = frozen(cast)

        miss(dossier.pk, reason="Oubli.", by=cast.regulatory, now=CLOSED)

        assert fresh(dossier).reference.status == ReferenceStatus.BURNT
        assert Version.objects.get(pk=dossier.version_id).reference_id is None

    def test_owes_a_reason(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            miss(frozen(cast).pk, reason="", by=cast.regulatory, now=T0)
        assert list(refused.value.errors) == ["reason"]

    def test_what_is_deposited(self, cast: Cast) -> None:
        with pytest.raises(StateConflict) as refused:
            miss(make_deposited(cast).pk, reason="x", by=cast.regulatory, now=T0)
        assert refused.value.code == "dossier_not_preparing"

    def test_anybody_but_regulatory(self, cast: Cast) -> None:
        with pytest.raises(PolicyDenied):
            miss(frozen(cast).pk, reason="x", by=cast.pm, now=T0)
