"""Corrections that are refused, each with its code and nothing kept (§3, §4)."""

from datetime import UTC, date, datetime

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.signatures.enums import Meaning
from approvals.submissions.actions import correct_decision
from approvals.submissions.enums import DossierState
from approvals.submissions.models import Dossier
from content.assets.enums import State
from content.assets.models import Version
from tests.factories import keep
from tests.factories.people import Cast
from tests.factories.submissions import (
    make_deposited,
    proof_for,
    record_correction,
    record_decision,
    state_of,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
JUNE_10 = date(2026, 6, 10)


class TestDenials:
    def test_nothing_was_decided(self, cast: Cast) -> None:
        with pytest.raises(StateConflict) as refused:
            record_correction(cast, make_deposited(cast), "granted")
        assert refused.value.code == "not_decided"

    def test_nothing_changes(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier, decided_on=JUNE_10)

        with pytest.raises(StateConflict) as refused:
            record_correction(cast, dossier, "granted", decided_on=JUNE_10)

        assert refused.value.code == "nothing_corrected"
        assert dossier.decisions.count() == 1

    def test_no_reason(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        with pytest.raises(InvalidInput) as refused:
            record_correction(cast, dossier, "refused", reason=" ")
        assert list(refused.value.errors) == ["reason"]

    def test_a_corrected_entry_is_corrected_through_its_correction(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        first = record_decision(cast, dossier)
        record_correction(cast, dossier, "refused")

        with pytest.raises(StateConflict) as refused:
            record_correction(cast, dossier, "inadmissible", decision=first.pk)
        assert refused.value.code == "already_corrected"

        record_correction(cast, dossier, "inadmissible")
        chain = [entry.corrects_id for entry in dossier.decisions.order_by("pk")]
        assert chain[0] is None
        assert chain[1] == first.pk
        assert chain[2] is not None

    def test_a_suspension_is_not_a_correction_of_a_grant(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        with pytest.raises(StateConflict) as refused:
            record_correction(cast, dossier, "suspended", decided_on=date(2026, 6, 20))
        assert refused.value.code == "nothing_to_correct"

    def test_a_decision_of_another_dossier(self, cast: Cast) -> None:
        dossier, other = make_deposited(cast), make_deposited(cast)
        record_decision(cast, dossier)
        elsewhere = record_decision(cast, other)
        with pytest.raises(InvalidInput) as refused:
            record_correction(cast, dossier, "refused", decision=elsewhere.pk)
        assert list(refused.value.errors) == ["decision"]

    def test_a_version_that_went_another_way_since(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier, "inadmissible", reason="Quittance.")
        version = Version.objects.with_asset().get(pk=dossier.version_id)
        version.send_back(at=NOW)
        keep(version, by=cast.regulatory)

        with pytest.raises(StateConflict) as refused:
            record_correction(cast, dossier, "granted", decided_on=JUNE_10)
        assert refused.value.code == "version_moved_on"

        # What changes nothing of it can still be recorded as it was.
        record_correction(cast, dossier, "withdrawn_by_applicant")
        assert state_of(version) == State.CHANGES_REQUESTED
        kept = Dossier.objects.get(pk=dossier.pk)
        assert kept.state == DossierState.WITHDRAWN_BY_APPLICANT

    def test_silence_before_its_day(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        with pytest.raises(StateConflict) as refused:
            record_correction(
                cast,
                dossier,
                "tacit",
                decided_on=date(2026, 6, 25),
                now=datetime(2026, 6, 25, 8, tzinfo=UTC),
            )
        assert refused.value.code == "evaluation_not_over"

    @pytest.mark.parametrize("person", ["pm", "medical", "pharmacist", "admin", "inspector"])
    def test_anybody_but_regulatory(self, cast: Cast, person: str) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        by = getattr(cast, person)
        with pytest.raises(PolicyDenied) as refused:
            correct_decision(
                dossier.pk,
                outcome="refused",
                decided_on=JUNE_10,
                reason="?",
                credentials=proof_for(by, Meaning.CORRECTION, NOW),
                by=by,
                now=NOW,
            )
        assert refused.value.code == "role_missing"

    def test_it_is_not_signed_with_the_meaning_of_a_decision(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        with pytest.raises(StateConflict) as refused:
            correct_decision(
                dossier.pk,
                outcome="refused",
                decided_on=JUNE_10,
                reason="?",
                credentials=proof_for(cast.regulatory, Meaning.DECISION, NOW),
                by=cast.regulatory,
                now=NOW,
            )
        assert refused.value.code == "proof_invalid"
        assert dossier.decisions.count() == 1
