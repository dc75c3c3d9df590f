"""Two at once on one dossier: one decision stands, and no release slips past a withdrawal."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from approvals.audit import StateConflict
from approvals.release.actions import release
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.submissions.actions import correct_decision, decide
from approvals.submissions.models import Decision, Dossier
from content.assets.enums import State
from content.assets.models import Version
from content.assets.validity import usable_on
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import make_deposited, pm_window, proof_for, record_decision
from tests.races import at_once
from tests.scenarios.walk import Walk

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def deciding(
    cast: Cast, dossier: int, outcome: str, meaning: Meaning, now: Any, **given: Any
) -> Callable[[], Decision]:
    proof: Proof = proof_for(cast.regulatory, meaning, now)
    act: Any = correct_decision if meaning == Meaning.CORRECTION else decide
    given |= {"outcome": outcome, "decided_on": T0.date()}
    return lambda: act(
        dossier, reason="Motif.", **given, credentials=proof, by=cast.regulatory, now=now
    )


def test_two_decisions_at_once_leave_one(cast: Cast) -> None:
    dossier = make_deposited(cast)
    jobs = [
        deciding(cast, dossier.pk, outcome, Meaning.DECISION, T0)
        for outcome in ("granted", "refused")
    ]

    answers = at_once(*jobs)

    assert dossier.decisions.count() == 1
    refused = [answer for answer in answers if isinstance(answer, StateConflict)]
    assert [conflict.code for conflict in refused] == ["already_decided"]
    kept = dossier.decisions.get()
    state = Version.objects.get(pk=dossier.version_id).state
    assert state == {"granted": State.CLEARED, "refused": State.REFUSED}[kept.outcome]


def test_two_corrections_at_once_form_a_chain_or_leave_one(cast: Cast) -> None:
    dossier = make_deposited(cast)
    first = record_decision(cast, dossier, decided_on=T0.date(), now=T0)
    jobs = [
        deciding(cast, dossier.pk, outcome, Meaning.CORRECTION, T0, decision=first.pk)
        for outcome in ("refused", "inadmissible")
    ]

    answers = at_once(*jobs)

    refused = [answer for answer in answers if isinstance(answer, StateConflict)]
    assert [conflict.code for conflict in refused] == ["already_corrected"]
    assert dossier.decisions.standing().count() == 1


@pytest.mark.parametrize("outcome", ["withdrawn_by_authority", "refused"])
def test_a_release_and_what_ends_the_visa_at_once(cast: Cast, outcome: str) -> None:
    walk = Walk(cast, T0)
    version = walk.cleared(cast.product, window=pm_window())
    dossier = Dossier.objects.get(version=version)
    corrects = outcome == "refused"
    meaning = Meaning.CORRECTION if corrects else Meaning.DECISION
    proof = proof_for(cast.pharmacist, Meaning.RELEASE, T0)

    ended, released = at_once(
        deciding(cast, dossier.pk, outcome, meaning, T0),
        lambda: release(version.pk, credentials=proof, by=cast.pharmacist, now=T0),
    )

    assert isinstance(ended, Decision), ended
    kept = Version.objects.get(pk=version.pk)
    assert kept.state == (State.REFUSED if corrects else State.WITHDRAWN)
    # Whichever came first, nobody may use it afterwards.
    after = T0 + timedelta(hours=1)
    assert not usable_on(kept, date(2026, 4, 14), as_of=after), released
