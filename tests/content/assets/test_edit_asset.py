"""Edit an asset, give it to a colleague; who is too involved to decide."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import system_actor
from approvals.people.enums import Role
from content.assets.actions import edit_asset, transfer_asset
from content.assets.actions.facts import give_reference
from content.assets.enums import METADATA_FROZEN, State
from content.assets.models import Asset, Version
from content.assets.policies import (
    OFFERED,
    REGULATED,
    can_edit,
    can_upload,
    check_four_eyes,
    involved,
    is_owner,
)
from content.calendar import paris_day
from content.catalogue.models import ListHead
from content.positive_list.queries import scope_for, valid_documents
from tests.factories import T0, keep
from tests.factories.assets import WAYS, drive, make_asset, make_version
from tests.factories.clearing import resume_it, suspend_it
from tests.factories.people import Cast, make_person

pytestmark = pytest.mark.django_db

CHANGES: dict[str, Any] = {
    "title": "Autre",
    "asset_type": "poster",
    "nature": "institutional",
    "audience": "internal",
    "products": ["60000001"],
    "lead_product": "60000002",
    "language": "en",
    "collects_personal_data": True,
    "third_party": "Société Z",
    "safety_information": True,
    "jurisdiction": "GLOBAL",
    "department": "Marketing",
}


@pytest.fixture
def asset(cast: Cast) -> Asset:
    return make_asset(by=cast.pm, products=[cast.product, cast.free_product], title="Avant")


class TestEdit:
    def test_only_what_changed_is_written_with_who_and_old_and_new(
        self, cast: Cast, asset: Asset, now: datetime
    ) -> None:
        before = AuditEvent.objects.count()
        edit_asset(asset.pk, changes={"title": "Après"}, by=cast.pm, now=now)
        kept = Asset.objects.get()
        assert (kept.title, kept.code, kept.owner) == ("Après", asset.code, cast.pm)
        assert kept.history.count() == 2
        event = AuditEvent.objects.in_order().last()
        assert AuditEvent.objects.count() == before + 1
        assert event is not None
        assert '"title":["Avant","Après"]' in event.payload

    def test_no_change_writes_nothing(self, cast: Cast, asset: Asset, now: datetime) -> None:
        before = AuditEvent.objects.count()
        same = {"title": "Avant", "team": None, "products": ["60000002", "60000001"]}
        edit_asset(asset.pk, changes=same, by=cast.pm, now=now)
        assert asset.history.count() == 1
        assert AuditEvent.objects.count() == before

    def test_products_are_replaced_and_the_lead_follows(
        self, cast: Cast, asset: Asset, now: datetime
    ) -> None:
        changes = {"products": [cast.free_product.cis]}
        edit_asset(asset.pk, changes=changes, by=cast.pm, now=now)
        kept = Asset.objects.get()
        assert list(kept.products.all()) == [cast.free_product]
        assert kept.lead_product == cast.free_product

    @pytest.mark.parametrize("state", list(WAYS))
    def test_regulated_data_stay_while_a_review_or_the_authority_reads_them(
        self, cast: Cast, asset: Asset, now: datetime, state: State
    ) -> None:
        drive(make_version(asset), state)
        for name, value in CHANGES.items():
            change = {"changes": {name: value}, "by": cast.pm, "now": now, "reason": "essai"}
            if state in METADATA_FROZEN and name in REGULATED:
                with pytest.raises(StateConflict) as refusal:
                    edit_asset(asset.pk, **change)
                assert refusal.value.code == "metadata_frozen", name
        if state in METADATA_FROZEN:
            assert asset.history.count() == 1
        edit_asset(asset.pk, changes={"department": "Médical"}, by=cast.pm, now=now, reason="essai")
        assert Asset.objects.get().department == "Médical"

    def test_a_reason_is_owed_once_anything_was_submitted(
        self, cast: Cast, asset: Asset, now: datetime
    ) -> None:
        drive(make_version(asset), State.CHANGES_REQUESTED)
        for reason in ("", "  "):
            with pytest.raises(InvalidInput) as refusal:
                edit_asset(asset.pk, changes={"title": "x"}, reason=reason, by=cast.pm, now=now)
            assert list(refusal.value.errors) == ["reason"]
        edit_asset(asset.pk, changes={"title": "x"}, reason="clarté", by=cast.pm, now=now)
        row = asset.history.first()
        assert row is not None
        assert row.history_change_reason == "clarté"

    @pytest.mark.parametrize(
        ("field", "changes"),
        [
            ("title", {"title": ""}),
            ("products", {"products": ["99999999"]}),
            ("products", {"products": []}),
            ("audience", {"audience": "public"}),
            ("lead_product", {"lead_product": "60000003"}),
            ("owner", {"owner": 1}),
            ("code", {"code": "FR-2026-999999"}),
            ("state", {"state": "released"}),
        ],
    )
    def test_the_rules_of_creation_hold(
        self, cast: Cast, asset: Asset, now: datetime, field: str, changes: dict[str, Any]
    ) -> None:
        with pytest.raises(InvalidInput) as refusal:
            edit_asset(asset.pk, changes=changes, by=cast.pm, now=now)
        assert list(refusal.value.errors) == [field]
        assert asset.history.count() == 1

    def test_it_does_not_leave_the_owners_teams_nor_their_natures(
        self, cast: Cast, asset: Asset, now: datetime
    ) -> None:
        cast.pm2  # noqa: B018 another team's product exists
        for changes, code in (
            ({"products": [cast.other_product.cis]}, "not_your_team"),
            ({"nature": "medical"}, "nature_not_yours"),
        ):
            with pytest.raises(PolicyDenied) as refusal:
                edit_asset(asset.pk, changes=changes, by=cast.pm, now=now)
            assert refusal.value.code == code

    def test_only_the_owner(self, cast: Cast, asset: Asset, now: datetime) -> None:
        for name, person in cast.everybody().items():
            if name == "pm":
                continue
            with pytest.raises(PolicyDenied) as refusal:
                edit_asset(asset.pk, changes={"title": "x"}, by=person, now=now)
            assert refusal.value.code == "not_owner", name

    def test_the_open_version_follows_with_the_visa_that_it_needs(
        self, cast: Cast, asset: Asset, now: datetime
    ) -> None:
        version = make_version(asset)
        edit_asset(asset.pk, changes={"nature": "institutional"}, by=cast.pm, now=now)
        kept = Version.objects.get()
        assert (kept.visa_category, kept.needs_visa) == ("", False)
        assert version.involvements.filter(user=cast.pm, kind="edited").exists()

    def test_not_when_a_reference_of_the_old_category_is_printed(
        self, cast: Cast, asset: Asset, now: datetime
    ) -> None:
        version = make_version(asset)
        give_reference(
            Version.objects.get(pk=version.pk),
            value="26/04/60000001/PM/001",
            cis="60000001",
            category="PM",
            year=2026,
            month=4,
            number=1,
            by=cast.pm,
            now=now,
        )
        with pytest.raises(StateConflict) as refusal:
            edit_asset(asset.pk, changes={"audience": "internal"}, by=cast.pm, now=now)
        assert refusal.value.code == "window_planned"
        assert Asset.objects.get().audience == "hcp"


class TestTransfer:
    def test_both_owners_stay_involved(self, cast: Cast, asset: Asset, now: datetime) -> None:
        version = make_version(asset)
        colleague = make_person(Role.PRODUCT_MANAGER, teams=[cast.cardiology])
        transfer_asset(asset.pk, to=colleague, reason="congé", by=cast.pm, now=now)
        kept = Version.objects.get(pk=version.pk)
        assert kept.asset.owner == colleague
        assert is_owner(kept, colleague)
        assert not is_owner(kept, cast.pm)
        for person in (cast.pm, colleague):
            assert involved(kept, person)
            with pytest.raises(PolicyDenied) as refusal:
                check_four_eyes(kept, person)
            assert refusal.value.code == "four_eyes"

    def test_an_administrator_moves_the_assets_of_who_left(
        self, cast: Cast, asset: Asset, now: datetime
    ) -> None:
        colleague = make_person(Role.PRODUCT_MANAGER, teams=[cast.cardiology])
        transfer_asset(asset.pk, to=colleague, reason="départ", by=cast.admin, now=now)
        assert Asset.objects.get().owner == colleague

    def test_to_whom_it_cannot_go(self, cast: Cast, asset: Asset, now: datetime) -> None:
        gone = make_person(Role.PRODUCT_MANAGER, teams=[cast.cardiology])
        gone.is_active = False
        keep(gone, by=system_actor())
        for person in (cast.pm, cast.pm2, cast.mpm, cast.medical, cast.rep, gone):
            with pytest.raises(InvalidInput) as refusal:
                transfer_asset(asset.pk, to=person, reason="congé", by=cast.pm, now=now)
            assert list(refusal.value.errors) == ["to"]

    def test_a_reason_is_owed(self, cast: Cast, asset: Asset, now: datetime) -> None:
        colleague = make_person(Role.PRODUCT_MANAGER, teams=[cast.cardiology])
        with pytest.raises(InvalidInput) as refusal:
            transfer_asset(asset.pk, to=colleague, reason=" ", by=cast.pm, now=now)
        assert list(refusal.value.errors) == ["reason"]

    def test_nobody_else_gives_it_away(self, cast: Cast, asset: Asset, now: datetime) -> None:
        colleague = make_person(Role.PRODUCT_MANAGER, teams=[cast.cardiology])
        for name, person in cast.everybody().items():
            if name in {"pm", "admin"}:
                continue
            with pytest.raises(PolicyDenied) as refusal:
                transfer_asset(asset.pk, to=colleague, reason="congé", by=person, now=now)
            assert refusal.value.code == "not_owner", name


class TestPolicies:
    def test_whoever_did_nothing_may_decide(self, cast: Cast, asset: Asset) -> None:
        version = make_version(asset)
        assert not involved(version, cast.medical)
        check_four_eyes(version, cast.medical)

    def test_what_is_offered_is_what_would_be_accepted(self, cast: Cast, now: datetime) -> None:
        for state, expected in (
            (State.DRAFT, {"upload", "edit", "invite"}),
            (State.IN_REVIEW, {"edit", "invite"}),
            (State.CHANGES_REQUESTED, {"upload", "edit", "invite"}),
            (State.RELEASED, {"edit", "new_version"}),
        ):
            version = make_version(make_asset(by=cast.pm, products=[cast.product]))
            version = drive(version, state)
            offered = {verb for verb, offer in OFFERED.items() if offer(version, cast.pm, now)}
            assert offered == expected, state
            for person in (cast.medical, cast.pm2, cast.admin):
                assert not any(offer(version, person, now) for offer in OFFERED.values())

    def test_a_deactivated_owner_does_nothing(self, cast: Cast, asset: Asset) -> None:
        version = make_version(asset)
        gone = cast.pm
        gone.is_active = False
        keep(gone, by=system_actor())
        fresh = Version.objects.get(pk=version.pk)
        assert not can_edit(fresh, gone, T0)
        assert not can_upload(fresh, gone, T0)
        assert not is_owner(fresh, gone, day=date(2026, 4, 14))


class TestItsTeam:
    """Where no product is named, what is valid is listed by team (§9); a team is not frozen."""

    @pytest.fixture
    def released(self, cast: Cast) -> Version:
        teams = [cast.cardiology, cast.respiratory]
        owner = make_person(Role.PRODUCT_MANAGER, teams=teams)
        asset = make_asset(by=owner, nature="institutional", team=cast.cardiology.pk)
        return drive(make_version(asset), State.RELEASED)

    def listed(self, cast: Cast, now: datetime) -> tuple[int, int]:
        """Return on how many lines of each team's list it is."""
        pages = [
            valid_documents(scope_for(person), day=paris_day(now), as_of=now).rows
            for person in (cast.rep, cast.rep2)
        ]
        return len(pages[0]), len(pages[1])

    def test_what_is_released_follows_to_the_new_team(
        self, cast: Cast, released: Version, now: datetime
    ) -> None:
        assert self.listed(cast, now) == (1, 0)
        version, then = ListHead.objects.get(pk=1).version, now + timedelta(hours=1)
        self.edit(released, {"team": cast.respiratory.pk}, then)
        assert self.listed(cast, then) == (0, 1)
        assert self.listed(cast, now) == (1, 0)  # as known before
        assert ListHead.objects.get(pk=1).version == version + 1

    def test_naming_a_product_for_the_next_version_takes_it_from_nobody(
        self, cast: Cast, released: Version, now: datetime
    ) -> None:
        self.edit(released, {"products": [cast.product.cis]}, now)
        suspend_it(released, cast.pharmacist, now=now + timedelta(hours=1))
        resume_it(released, cast.pharmacist, now=now + timedelta(hours=2))
        assert self.listed(cast, now + timedelta(hours=2)) == (1, 0)

    def edit(self, version: Version, changes: dict[str, Any], now: datetime) -> None:
        owner = version.asset.owner
        edit_asset(version.asset_id, changes=changes, reason="Réseau", by=owner, now=now)
