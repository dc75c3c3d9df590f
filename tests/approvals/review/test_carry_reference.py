"""The carry of all verdicts where nothing but the reference changed (DOMAIN.md §6)."""

from datetime import datetime
from typing import Any

import pytest

from approvals.audit import PolicyDenied, StateConflict
from approvals.review import policies
from approvals.review.actions import send_back, submit
from approvals.review.enums import CarryKind
from approvals.review.models import ReviewCycle, ReviewTask
from approvals.review.policies import check_verdicts_hold
from content.assets.actions.facts import burn_reference
from content.assets.enums import State
from content.assets.models import Version
from tests.factories.people import Cast
from tests.factories.review import (
    approved,
    correct,
    draft,
    everyone,
    give,
    give_all,
    in_review,
    reserve,
    sign_carry,
    task_of,
)
from tests.security.conftest import client_of

# Each walks a whole review, every step of it a signed act.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def fresh(version: Version) -> Version:
    kept: Version = Version.objects.get(pk=version.pk)
    return kept


def approve_all(cast: Cast, cycle: ReviewCycle) -> Version:
    give_all(cycle, everyone(cast))
    return fresh(cycle.version)


class TestReferenceOnly:
    def sent_back(
        self, cast: Cast, now: datetime, text: str = "CARDIOMED 10 mg", **fields: Any
    ) -> Version:
        """A version whose reference was burnt, corrected and submitted again."""
        draft_ = draft(cast)
        printed = f"CARDIOMED 10 mg\n{draft_.reference.value}\nPrepare le 01/04/2026"
        correct(draft_, text=printed)
        version = approve_all(cast, submit(draft_.pk, by=cast.pm, now=now))
        send_back(version.pk, reason="Période manquée", by=cast.regulatory, now=now)
        if fields.get("new_reference", True):
            burn_reference(fresh(version), reason="Manquée", by=cast.regulatory, now=now)
            reserve(fresh(version))
        reference = fresh(version).reference
        assert reference is not None
        correct(version, text=f"{text}\n{reference.value}\nPrepare le 01/04/2026")
        submit(version.pk, by=cast.pm, now=now)
        return fresh(version)

    def test_not_where_a_word_of_the_file_changed(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now, text="CARDIOMED 20 mg")
        # It is offered: what the files show is compared only once somebody asks.
        assert policies.can_carry(version, cast.regulatory2, now)
        with pytest.raises(StateConflict) as refusal:
            sign_carry(version, cast.regulatory2)
        assert refusal.value.code == "more_than_reference"
        assert "− “10” + “20”" in str(refusal.value.message)
        assert fresh(version).state == State.IN_REVIEW

    def test_the_page_shows_what_changed_before_one_signs(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now)
        page = client_of(cast.regulatory2).get(f"/admin/review/versions/{version.pk}/carry/")
        assert page.status_code == 200
        shown = page.content.decode()
        (difference,) = page.context["differences"]
        (place,) = difference.changed_places
        assert place["regions"]
        assert f"<ins>{version.reference.value}" in shown
        assert "data-regions" in shown
        assert "/pages/1.png" in shown

    def test_the_page_that_refuses_shows_it_too(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now, text="CARDIOMED 20 mg")
        page = client_of(cast.regulatory2).get(f"/admin/review/versions/{version.pk}/carry/")
        assert page.status_code == 409
        assert "<ins>20" in page.content.decode()
        assert 'type="password"' not in page.content.decode()

    def test_regulatory_alone_carries_all_verdicts(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now)
        assert policies.can_carry(version, cast.regulatory2, now)
        kept = sign_carry(version, cast.regulatory2)
        assert (kept.kind, kept.carried.count()) == (CarryKind.REFERENCE_ONLY, 4)
        version = fresh(version)
        assert version.state == State.APPROVED
        check_verdicts_hold(version)
        assert not ReviewTask.objects.open().filter(cycle__version=version).exists()

    def test_nobody_else(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now)
        for person in (cast.medical, cast.pharmacist, cast.pm):
            with pytest.raises(PolicyDenied) as refusal:
                sign_carry(version, person)
            assert refusal.value.code == "role_missing"

    def test_not_where_the_reference_is_the_same(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now, new_reference=False)
        with pytest.raises(StateConflict) as refusal:
            sign_carry(version, cast.regulatory)
        assert refusal.value.code == "reference_unchanged"

    def test_not_where_more_changed(self, cast: Cast, now: datetime) -> None:
        from content.assets.actions import edit_asset

        version = approved(cast)
        send_back(version.pk, reason="x", by=cast.regulatory, now=now)
        burn_reference(fresh(version), reason="Manquée", by=cast.regulatory, now=now)
        reserve(fresh(version))
        edit_asset(version.asset_id, changes={"title": "Neuf"}, reason="x", by=cast.pm, now=now)
        correct(version)
        submit(version.pk, by=cast.pm, now=now)
        with pytest.raises(StateConflict) as refusal:
            sign_carry(version, cast.regulatory)
        assert refusal.value.code == "more_than_reference"
        assert "titre" in str(refusal.value.message) or "title" in str(refusal.value.message)

    def test_not_on_a_first_review_nor_a_draft(self, cast: Cast, now: datetime) -> None:
        cycle = in_review(cast)
        with pytest.raises(StateConflict) as first:
            sign_carry(cycle.version, cast.regulatory)
        assert first.value.code == "nothing_to_carry"
        version = approved(cast)
        with pytest.raises(StateConflict) as state:
            sign_carry(version, cast.regulatory)
        assert state.value.code == "wrong_state"

    def test_not_once_somebody_decided(self, cast: Cast, now: datetime) -> None:
        version = self.sent_back(cast, now)
        cycle = ReviewCycle.objects.open().get(version=version)
        give(task_of(cycle, "medical_reviewer"), cast.medical)
        with pytest.raises(StateConflict) as refusal:
            sign_carry(version, cast.regulatory)
        assert refusal.value.code == "review_started"
