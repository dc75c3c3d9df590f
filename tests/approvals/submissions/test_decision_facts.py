"""What is kept with a decision: its letter, a stated start, the proof of silence, an end."""

from datetime import UTC, date, datetime

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.people.actions import system_actor
from approvals.submissions.actions import add_piece, remind_of_clocks, tie_letter
from approvals.submissions.models import Dossier, DossierPiece
from content.assets.enums import VisaBasis
from content.assets.models import Version
from content.catalogue.models import VisaRule
from content.outbox.models import Message
from tests.factories import keep
from tests.factories.clearing import resume_it
from tests.factories.people import Cast
from tests.factories.releases import release_now
from tests.factories.submissions import make_deposited, record_decision, upload

pytestmark = pytest.mark.django_db

JUNE_15 = datetime(2026, 6, 15, 8, tzinfo=UTC)
# The window of April 2026 closes on the 24th: the evaluation ends on 25 June.
JUNE_25 = datetime(2026, 6, 25, 21, 59, tzinfo=UTC)
JUNE_26 = datetime(2026, 6, 25, 22, 0, tzinfo=UTC)


def letter(cast: Cast, dossier: Dossier, kind: str = "letter") -> DossierPiece:
    file = upload("decision.pdf")
    return add_piece(dossier.pk, kind=kind, file=file, by=cast.regulatory, now=JUNE_15)


class TestLetter:
    def test_a_letter_of_the_dossier_is_tied_to_the_decision(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        piece = letter(cast, dossier)
        assert record_decision(cast, dossier, letter=piece.pk).letter == piece

    def test_a_file_becomes_a_letter_of_the_dossier(self, cast: Cast) -> None:
        dossier = make_deposited(cast)

        decision = record_decision(cast, dossier, letter=upload("visa.pdf"))

        assert decision.letter is not None
        assert (decision.letter.kind, decision.letter.name) == ("letter", "visa.pdf")
        assert decision.letter.dossier == dossier

    @pytest.mark.parametrize("case", ["of another dossier", "of another kind", "none"])
    def test_only_a_letter_of_the_dossier(self, cast: Cast, case: str) -> None:
        dossier = make_deposited(cast)
        if case == "of another dossier":
            number = letter(cast, make_deposited(cast)).pk
        else:
            number = letter(cast, dossier, "other").pk if case == "of another kind" else 999_999
        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, dossier, letter=number)
        assert list(refused.value.errors) == ["letter"]
        assert not dossier.decisions.exists()

    def test_an_empty_file_is_refused_at_the_letter(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, dossier, letter=upload("visa.pdf", b""))
        assert list(refused.value.errors) == ["letter"]

    def test_it_is_added_later_once(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        decision = record_decision(cast, dossier)
        piece = letter(cast, dossier)

        tie_letter(decision.pk, letter=piece.pk, by=cast.regulatory, now=JUNE_15)

        assert dossier.decisions.get().letter == piece
        with pytest.raises(StateConflict) as refused:
            tie_letter(decision.pk, letter=piece.pk, by=cast.regulatory, now=JUNE_15)
        assert refused.value.code == "letter_there"

    def test_silence_has_none(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        silence = record_decision(cast, dossier, "tacit", decided_on=date(2026, 6, 26), now=JUNE_26)
        with pytest.raises(StateConflict) as refused:
            tie_letter(silence.pk, letter=upload(), by=cast.regulatory, now=JUNE_26)
        assert refused.value.code == "no_letter_exists"

    def test_nobody_but_regulatory_adds_it(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        decision = record_decision(cast, dossier)
        with pytest.raises(PolicyDenied) as refused:
            tie_letter(decision.pk, letter=upload(), by=cast.pm, now=JUNE_15)
        assert refused.value.code == "role_missing"


class TestStatedStart:
    def test_it_is_kept_with_its_reason(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        record_decision(
            cast, dossier, starts_on=date(2026, 6, 12), start_reason="Effet à réception."
        )
        visa = Version.objects.with_asset().get(pk=dossier.version_id).visa
        assert visa is not None
        assert (visa.basis, visa.starts_on) == (VisaBasis.STATED, date(2026, 6, 12))
        assert visa.ends_on == date(2028, 6, 12)
        assert visa.start_reason == "Effet à réception."

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"starts_on": date(2026, 6, 12)}, "start_reason"),
            ({"start_reason": "Effet."}, "starts_on"),
            ({"starts_on": date(2026, 6, 16), "start_reason": "Effet."}, "starts_on"),
            ({"starts_on": date(2026, 4, 13), "start_reason": "Effet."}, "starts_on"),
        ],
        ids=["no reason", "no day", "tomorrow", "before the deposit"],
    )
    def test_it_is_refused(self, cast: Cast, given: dict[str, object], field: str) -> None:
        dossier = make_deposited(cast)
        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, dossier, **given)
        assert list(refused.value.errors) == [field]
        assert not dossier.decisions.exists()

    def test_only_a_grant_has_one(self, cast: Cast) -> None:
        given = {"starts_on": date(2026, 6, 12), "start_reason": "Effet."}
        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, make_deposited(cast), "refused", reason="Non.", **given)
        assert list(refused.value.errors) == ["starts_on"]

    def test_silence_never_grants_before_the_evaluation_ended(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            record_decision(
                cast,
                make_deposited(cast),
                "tacit",
                decided_on=date(2026, 6, 26),
                starts_on=date(2026, 6, 24),
                start_reason="?",
                now=JUNE_26,
            )
        assert list(refused.value.errors) == ["starts_on"]


class TestSilence:
    def confirm(self, cast: Cast, dossier: Dossier, **given: object) -> str:
        day = date(2026, 6, 26)
        decision = record_decision(cast, dossier, "tacit", decided_on=day, now=JUNE_26, **given)
        return decision.silence_statement

    def test_what_was_stated_is_kept(self, cast: Cast) -> None:
        said = self.confirm(cast, make_deposited(cast), no_letter_received=True)
        assert "aucun courrier" in said

    def test_nothing_is_invented_where_nothing_was_stated(self, cast: Cast) -> None:
        assert self.confirm(cast, make_deposited(cast)) == ""

    def test_a_letter_that_came_confirms_nothing(self, cast: Cast) -> None:
        with pytest.raises(InvalidInput) as refused:
            self.confirm(cast, make_deposited(cast), no_letter_received=False)
        assert list(refused.value.errors) == ["no_letter_received"]


class TestDue:
    def test_from_the_day_after_the_evaluation_ended(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        assert not Dossier.objects.tacit_due(date(2026, 6, 25)).exists()
        assert list(Dossier.objects.tacit_due(date(2026, 6, 26))) == [dossier]

    def test_not_once_decided(self, cast: Cast) -> None:
        record_decision(cast, make_deposited(cast))
        assert not Dossier.objects.tacit_due(date(2026, 6, 26)).exists()

    def test_not_where_silence_grants_nothing(self, cast: Cast) -> None:
        make_deposited(cast)
        rule = VisaRule.objects.get(jurisdiction__code="FR", category="PM")
        rule.tacit_grant = False
        keep(rule, by=cast.admin)
        assert not Dossier.objects.tacit_due(date(2026, 6, 26)).exists()

    def test_regulatory_is_told_once(self, cast: Cast) -> None:
        make_deposited(cast)
        system = system_actor()
        assert remind_of_clocks(by=system, now=JUNE_25) == 0
        told = remind_of_clocks(by=system, now=JUNE_26)
        assert told == Message.objects.filter(topic="tacit.due").count() >= 1
        assert Message.objects.filter(topic="tacit.due", recipient=cast.regulatory).exists()
        assert remind_of_clocks(by=system, now=JUNE_26) == 0

    def test_only_the_system_reminds(self, cast: Cast) -> None:
        with pytest.raises(PolicyDenied) as refused:
            remind_of_clocks(by=cast.regulatory, now=JUNE_26)
        assert refused.value.code == "system_only"


class TestSuspensionUntil:
    def suspended(self, cast: Cast, until: date) -> Dossier:
        dossier = make_deposited(cast)
        record_decision(cast, dossier)
        release_now(
            dossier.version_id, by=cast.pharmacist, now=JUNE_15, expires_on=date(2028, 6, 10)
        )
        record_decision(cast, dossier, "suspended", reason="Risque.", until=until)
        return dossier

    def test_its_end_only_reminds_once_and_gives_nothing_back(self, cast: Cast) -> None:
        dossier = self.suspended(cast, date(2026, 6, 20))
        system = system_actor()
        before, after = datetime(2026, 6, 19, 8, tzinfo=UTC), datetime(2026, 6, 20, 8, tzinfo=UTC)
        assert remind_of_clocks(by=system, now=before) == 0

        assert remind_of_clocks(by=system, now=after) >= 2

        told = set(
            Message.objects.filter(topic="suspension.over").values_list(
                "recipient__username", flat=True
            )
        )
        assert {cast.pharmacist.username, cast.regulatory.username} <= told
        assert remind_of_clocks(by=system, now=after) == 0
        assert Version.objects.get(pk=dossier.version_id).state == "suspended"

    def test_nobody_is_reminded_once_it_was_lifted(self, cast: Cast) -> None:
        dossier = self.suspended(cast, date(2026, 6, 20))
        day = datetime(2026, 6, 18, 8, tzinfo=UTC)
        resume_it(dossier.version, cast.pharmacist, now=day, authority_proof="ANSM 12")
        later = datetime(2026, 6, 21, 8, tzinfo=UTC)
        assert remind_of_clocks(by=system_actor(), now=later) == 0

    def test_only_a_suspension_has_an_end_and_after_it_began(self, cast: Cast) -> None:
        dossier = make_deposited(cast)
        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, dossier, until=date(2026, 7, 1))
        assert list(refused.value.errors) == ["until"]
        record_decision(cast, dossier)
        with pytest.raises(InvalidInput) as refused:
            record_decision(cast, dossier, "suspended", reason="R.", until=date(2026, 6, 10))
        assert list(refused.value.errors) == ["until"]
