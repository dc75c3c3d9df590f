"""A chain of corrections leaves one answer standing, whatever was taken back on the way."""

from datetime import date

import pytest

from approvals.signatures.enums import Meaning
from approvals.submissions.actions import correct_decision, decide
from approvals.submissions.enums import DossierState
from approvals.submissions.models import Dossier
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import make_deposited, proof_for

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 14)


def test_only_the_last_answer_stands(cast: Cast) -> None:
    dossier = make_deposited(cast)
    for meaning, act, outcome in (
        (Meaning.DECISION, decide, "granted"),
        (Meaning.DECISION, decide, "withdrawn_by_authority"),
        (Meaning.CORRECTION, correct_decision, "granted"),
        (Meaning.CORRECTION, correct_decision, "refused"),
        (Meaning.CORRECTION, correct_decision, "inadmissible"),
    ):
        act(
            dossier.pk,
            outcome=outcome,
            decided_on=DAY,
            reason="" if outcome == "granted" and act is decide else "Courrier du 14 avril.",
            credentials=proof_for(cast.regulatory, meaning),
            by=cast.regulatory,
            now=T0,
        )
    found = Dossier.objects.get(pk=dossier.pk)
    assert found.state == DossierState.INADMISSIBLE
    assert [one.outcome for one in found.decisions.standing()] == ["inadmissible"]
    assert [one.outcome for one in found.decisions.order_by("pk") if one.is_standing] == [
        "inadmissible"
    ]
