"""What passes no gate of a review, on whichever path it comes."""

from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from approvals.audit import PolicyDenied, StateConflict
from approvals.people.enums import Role
from approvals.review.actions import comment, submit
from approvals.review.actions.lifecycle import send_back
from approvals.review.policies import can_resolve_some, can_send_back
from content.access.models import TeamProduct
from content.assets.actions import edit_asset, transfer_asset
from content.assets.enums import State
from content.assets.models import Version
from tests.factories import T0, keep
from tests.factories.assets import make_version
from tests.factories.catalogue import make_product
from tests.factories.clearing import make_cleared
from tests.factories.people import Cast, make_person
from tests.factories.review import (
    answer_all,
    approved,
    correct,
    draft,
    first_stage,
    give,
    give_all,
    in_review,
    sign_carry,
    task_of,
)

pytestmark = pytest.mark.django_db


def fresh(version: Version) -> Version:
    found: Version = Version.objects.get(pk=version.pk)
    return found


class TestAnOpenBlockingComment:
    def test_blocks_the_last_confirmation(self, cast: Cast) -> None:
        cycle = in_review(cast)
        give_all(cycle, first_stage(cast))
        give(task_of(cycle, "responsible_pharmacist"), cast.pharmacist, "approved_with_changes")
        version = correct(fresh(cycle.version))
        answer_all(version)
        submit(version.pk, by=cast.pm, now=T0)
        comment(version.pk, body="Faux", severity="blocking", by=cast.medical, now=T0)
        with pytest.raises(StateConflict) as refused:
            sign_carry(version, cast.pharmacist)
        assert refused.value.code == "blocking_comment_open"
        assert fresh(version).state == State.IN_REVIEW

    def test_blocks_the_carries_of_a_minor_modification(self, cast: Cast) -> None:
        before = make_cleared(cast)
        version = make_version(before.asset, change_kind="minor_modification")
        submit(version.pk, by=cast.pm, now=T0)
        comment(version.pk, body="Faux", severity="blocking", by=cast.medical, now=T0)
        with pytest.raises(StateConflict) as refused:
            sign_carry(version, cast.regulatory, category="layout")
        assert refused.value.code == "blocking_comment_open"


class TestAMinorModification:
    def test_keeps_no_visa_of_another_category(self, cast: Cast) -> None:
        """A visa for professionals never covers a material for the public."""
        before = make_cleared(cast)
        version = make_version(before.asset, change_kind="minor_modification")
        version.visa_category = "GP"
        keep(version, by=cast.admin)
        with pytest.raises(StateConflict) as refused:
            submit(version.pk, by=cast.pm, now=T0)
        assert refused.value.code == "no_visa_to_carry"

    def test_keeps_no_reference_of_another_product(self, cast: Cast) -> None:
        before = make_cleared(cast)
        version = make_version(before.asset, change_kind="minor_modification")
        asset = version.asset
        asset.lead_product = make_product()
        keep(asset, by=cast.admin)
        with pytest.raises(StateConflict) as refused:
            submit(version.pk, by=cast.pm, now=T0)
        assert refused.value.code == "no_visa_to_carry"


class TestSendBack:
    def test_waits_while_a_later_version_is_being_prepared(self, cast: Cast, now: datetime) -> None:
        """One version in preparation at a time: a clear sentence, not a broken constraint."""
        version = approved(cast)
        version.add_to_batch(at=now)
        keep(version, by=cast.regulatory)
        make_version(version.asset)
        version.leave_batch(at=now)
        keep(version, by=cast.regulatory)
        assert not can_send_back(fresh(version), cast.regulatory, now)
        with pytest.raises(StateConflict) as refused:
            send_back(version.pk, reason="référence", by=cast.regulatory, now=now)
        assert refused.value.code == "later_version_open"


class TestAReservedReference:
    def test_keeps_its_lead_product(self, cast: Cast) -> None:
        """The reference is printed and names the lead product's CIS (DOMAIN.md §8)."""
        other = make_product()
        version = draft(cast)
        team = TeamProduct.objects.get(product=cast.product).team
        keep(TeamProduct(team=team, product=other), by=cast.admin)
        with pytest.raises(StateConflict) as refused:
            edit_asset(
                version.asset_id,
                changes={"products": [cast.product.cis, other.cis], "lead_product": other.cis},
                by=cast.pm,
                now=T0,
            )
        assert refused.value.code == "window_planned"


class TestInvariant3TheOtherWayRound:
    def test_whoever_decided_does_not_come_to_own_it(self, cast: Cast, now: datetime) -> None:
        assert cast.pm  # Makes the team.
        team = TeamProduct.objects.get(product=cast.product).team
        both = make_person(Role.PRODUCT_MANAGER, Role.MEDICAL_REVIEWER, teams=[team])
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), both)
        with pytest.raises(PolicyDenied) as refused:
            transfer_asset(cycle.version.asset_id, to=both, reason="congé", by=cast.pm, now=now)
        assert refused.value.code == "four_eyes"
        assert fresh(cycle.version).asset.owner == cast.pm


class TestResolvingOnThePage:
    def test_the_owner_settles_what_blocks(self, cast: Cast, client: Client) -> None:
        cycle = in_review(cast)
        version = cycle.version
        kept = comment(version.pk, body="Faux", severity="blocking", by=cast.medical, now=T0)
        client.force_login(cast.pm)
        page = reverse("review:resolve", args=[version.pk])
        with time_machine.travel(T0, tick=False):
            assert "Faux" in client.get(page).content.decode()
            assert client.post(page, {"comment": kept.pk}).status_code == 302
            assert can_resolve_some(fresh(version), cast.medical, T0) is False
            assert can_resolve_some(fresh(version), cast.pm, T0) is False
        kept.refresh_from_db()
        assert kept.resolved_by == cast.pm
