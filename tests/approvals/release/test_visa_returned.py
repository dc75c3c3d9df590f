"""A visa that several versions stand under: suspended together, given back once (§3, §8)."""

from datetime import UTC, datetime, timedelta

import pytest

from approvals.audit import StateConflict
from approvals.submissions.models import Dossier
from content.assets.actions.facts import carry_visa
from content.assets.enums import State
from content.assets.models import Version
from tests.factories import keep
from tests.factories.clearing import resume_it, withdraw_it
from tests.factories.people import Cast
from tests.factories.submissions import make_deposited, record_decision, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def granted(cast: Cast) -> tuple[Dossier, Version, Version]:
    """Return a dossier, its cleared version, and a minor modification under the same visa."""
    dossier = make_deposited(cast)
    record_decision(cast, dossier, now=NOW)
    first = Version.objects.get(pk=dossier.version_id)
    second = Version(
        asset=first.asset,
        number=2,
        change_kind="minor_modification",
        created_by=cast.pm,
        created_at=NOW,
        state_since=NOW,
        state=State.CLEARED,
        needs_visa=True,
        visa_category="PM",
    )
    keep(second, by=cast.pm)
    revision = first.current_revision
    revision.pk, revision.version, revision.digest = None, second, "2" * 64
    keep(revision, by=cast.pm)
    carry_visa(second, first, by=cast.pm, now=NOW)
    return dossier, first, second


def suspend_visa(cast: Cast, dossier: Dossier, now: datetime) -> None:
    record_decision(cast, dossier, "suspended", reason="Risque.", now=now)


def test_it_is_back_once_one_version_is_resumed_whatever_became_of_the_other(cast: Cast) -> None:
    dossier, first, second = granted(cast)
    suspend_visa(cast, dossier, NOW)
    assert first.visa is not None
    assert first.visa.is_suspended
    withdraw_it(first, cast.pharmacist, now=NOW + HOUR)
    assert first.visa.is_suspended
    resume_it(second, cast.pharmacist, authority_proof="ANSM 2026-12", now=NOW + 2 * HOUR)
    assert not first.visa.is_suspended


def test_the_authority_may_suspend_it_again_after_its_first_version_is_gone(cast: Cast) -> None:
    dossier, first, second = granted(cast)
    suspend_visa(cast, dossier, NOW)
    with pytest.raises(StateConflict) as refused:
        suspend_visa(cast, dossier, NOW + HOUR)
    assert refused.value.code == "already_suspended"
    withdraw_it(first, cast.pharmacist, now=NOW + HOUR)
    resume_it(second, cast.pharmacist, authority_proof="ANSM 2026-12", now=NOW + 2 * HOUR)
    suspend_visa(cast, dossier, NOW + 3 * HOUR)
    assert second.interruptions.not_lifted().count() == 1


def test_a_visa_of_which_only_the_modification_is_left_is_suspended_once(cast: Cast) -> None:
    dossier, first, second = granted(cast)
    withdraw_it(first, cast.pharmacist, now=NOW)
    suspend_visa(cast, dossier, NOW + HOUR)
    with pytest.raises(StateConflict) as refused:
        suspend_visa(cast, dossier, NOW + 2 * HOUR)
    assert refused.value.code == "already_suspended"
    record_decision(cast, dossier, "withdrawn_by_authority", reason="Risque.", now=NOW + 3 * HOUR)
    assert second.visa is not None
    assert second.visa.is_withdrawn
    assert state_of(second) == State.WITHDRAWN
