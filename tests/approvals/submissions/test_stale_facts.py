"""A reference that was burnt, or that names another product, never reaches the authority."""

from datetime import date

import pytest

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.review.models import Comment
from approvals.submissions.actions import add_to_batch, create_batch, edit_dossier
from approvals.submissions.models import Dossier
from approvals.submissions.policies.deposits import check_received_on
from content.assets.actions.facts import burn_reference
from content.assets.models import Version
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import (
    later,
    make_approved,
    make_deposited,
    pm_window,
    record_decision,
)

pytestmark = pytest.mark.django_db


@act("factory")
def burn(version_id: int, *, by: User, now: object) -> None:
    version = Version.objects.select_related("reference").get(pk=version_id)
    burn_reference(version, reason="exemption", by=by, now=T0)


def test_invariant_5_a_burnt_reference_is_never_put_in_a_dossier(cast: Cast) -> None:
    """An exemption burns the reference; once it lapses, the plan still names the burnt one."""
    version = make_approved(cast)
    burn(version.pk, by=system_actor(), now=T0)
    batch = create_batch(window=pm_window().pk, by=cast.regulatory, now=T0)
    with pytest.raises(StateConflict) as refused:
        add_to_batch(batch.pk, version=version.pk, by=cast.regulatory, now=T0)
    assert refused.value.code == "not_planned_for_window"


def test_the_authority_cannot_receive_what_was_not_yet_deposited() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_received_on(date(2026, 4, 13), deposited_at=T0, now=T0)
    assert set(refused.value.errors) == {"received_on"}
    check_received_on(date(2026, 4, 14), deposited_at=T0, now=T0)


def test_the_reasons_of_a_refusal_block_the_next_version(cast: Cast) -> None:
    dossier = make_deposited(cast)
    record_decision(cast, dossier, "refused", reason="Allégation non étayée.")
    comment = Comment.objects.concerning(dossier.version).blocking().get()
    assert comment.body == "Allégation non étayée."
    assert comment.author == cast.regulatory


def test_the_day_of_receipt_is_entered_once_it_is_known(cast: Cast) -> None:
    """Without it a dossier outside the windows could never be granted by silence."""
    dossier = make_deposited(cast)
    changes = {"received_on": date(2026, 4, 15)}
    edit_dossier(dossier.pk, changes=changes, by=cast.regulatory, now=later(2))
    assert Dossier.objects.get(pk=dossier.pk).received_on == date(2026, 4, 15)
    for day in (date(2026, 4, 13), date(2026, 4, 20)):
        with pytest.raises(InvalidInput) as refused:
            edit_dossier(dossier.pk, changes={"received_on": day}, by=cast.regulatory, now=later(2))
        assert set(refused.value.errors) == {"received_on"}
    record_decision(cast, dossier)
    with pytest.raises(StateConflict) as over:
        edit_dossier(dossier.pk, changes=changes, by=cast.regulatory, now=later(70))
    assert over.value.code == "not_deposited"


def test_a_visa_is_not_suspended_before_it_was_granted(cast: Cast) -> None:
    dossier = make_deposited(cast)
    record_decision(cast, dossier, decided_on=date(2026, 6, 10))
    with pytest.raises(InvalidInput) as refused:
        record_decision(
            cast, dossier, "suspended", decided_on=date(2026, 6, 9), reason="Réévaluation."
        )
    assert set(refused.value.errors) == {"decided_on"}
