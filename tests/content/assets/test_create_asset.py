"""Create an asset."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied
from approvals.audit.models import AuditEvent
from approvals.people.models import User
from content.assets.actions import create_asset
from content.assets.models import Asset, AssetNumber, AssetType
from tests.factories.assets import make_asset
from tests.factories.catalogue import make_gp_exception, make_team
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def create(by: User, now: datetime, cis: list[str], **fields: Any) -> Asset:
    given = {
        "title": "Brochure",
        "asset_type": "brochure",
        "nature": "promotional",
        "audience": "hcp",
        "products": cis,
        **fields,
    }
    return create_asset(by=by, now=now, **given)


class TestItWorks:
    def test_an_asset_has_its_code_owner_and_only_product_as_lead(
        self, cast: Cast, now: datetime
    ) -> None:
        asset = create(cast.pm, now, [cast.product.cis], title="  Brochure   cardio ")
        assert asset.code == "FR-2026-000001"
        assert asset.title == "Brochure cardio"
        assert asset.owner == cast.pm
        assert asset.lead_product == cast.product
        assert list(asset.products.all()) == [cast.product]
        assert asset.team is None
        assert asset.created_at == now

    def test_one_history_row_and_one_event(self, cast: Cast, now: datetime) -> None:
        by, cis = cast.pm, cast.product.cis
        before = AuditEvent.objects.count()
        asset = create(by, now, [cis])
        row = asset.history.get()
        assert (row.history_user_id, row.history_date) == (by.pk, now)
        event = AuditEvent.objects.in_order().last()
        assert AuditEvent.objects.count() == before + 1
        assert event is not None
        assert (event.kind, event.actor_id) == ("create_asset", by.pk)

    def test_codes_count_without_a_gap_per_jurisdiction_and_paris_year(
        self, cast: Cast, now: datetime
    ) -> None:
        codes = [create(cast.pm, now, [cast.product.cis]).code for _ in range(2)]
        with pytest.raises(InvalidInput):
            create(cast.pm, now, ["99999999"])
        codes.append(create(cast.pm, now, [cast.product.cis]).code)
        # 31 December, 23:30 UTC is next year in Paris.
        late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        codes.append(create(cast.pm, late, [cast.product.cis]).code)
        codes.append(create(cast.pm, now, [cast.product.cis], jurisdiction="GLOBAL").code)
        assert codes == [
            "FR-2026-000001",
            "FR-2026-000002",
            "FR-2026-000003",
            "FR-2027-000001",
            "GLOBAL-2026-000001",
        ]

    def test_a_medical_asset_without_product_belongs_to_a_team(
        self, cast: Cast, now: datetime
    ) -> None:
        team = cast.mpm.memberships.get().team
        asset = create(cast.mpm, now, [], nature="medical", team=team.pk)
        assert (asset.team, asset.lead_product) == (team, None)

    def test_a_team_is_not_kept_where_products_say_it(self, cast: Cast, now: datetime) -> None:
        pm = cast.pm
        asset = create(pm, now, [cast.product.cis], team=cast.respiratory.pk)
        assert asset.team is None
        assert Asset.objects.visible_to(pm).get() == asset


class TestTheRules:
    @pytest.mark.parametrize(
        ("field", "fields"),
        [
            ("title", {"title": "  "}),
            ("title", {"title": "x" * 201}),
            ("title", {"title": "a\x00b"}),
            ("asset_type", {"asset_type": "tattoo"}),
            ("nature", {"nature": "promotional "}),
            ("audience", {"audience": "everybody"}),
            ("jurisdiction", {"jurisdiction": "XX"}),
            ("language", {"language": "français"}),
            ("products", {"products": ["99999999"]}),
            ("products", {"products": ["60000001", "1"]}),
            ("products", {"products": []}),
            ("lead_product", {"lead_product": "60000003"}),
            ("lead_product", {"products": ["60000001", "60000002"]}),
            ("department", {"department": "x" * 101}),
            ("third_party", {"third_party": "x" * 201}),
        ],
    )
    def test_each_wrong_field_is_named_and_nothing_is_written(
        self, cast: Cast, now: datetime, field: str, fields: dict[str, Any]
    ) -> None:
        pm, product = cast.pm, cast.product
        before = AuditEvent.objects.count()
        with pytest.raises(InvalidInput) as refusal:
            create(pm, now, [product.cis], **fields)
        assert list(refusal.value.errors) == [field]
        assert not Asset.objects.exists()
        assert not AssetNumber.objects.exists()
        assert AuditEvent.objects.count() == before

    def test_an_unknown_team_is_named(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(InvalidInput) as refusal:
            create(cast.mpm, now, [], nature="medical", team=123456)
        assert list(refusal.value.errors) == ["team"]

    def test_without_product_a_team_is_owed(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(InvalidInput) as refusal:
            create(cast.mpm, now, [], nature="institutional")
        assert list(refusal.value.errors) == ["team"]

    def test_invariant_8_the_public_is_barred_for_a_prescription_medicine(
        self, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(InvalidInput) as refusal:
            create(cast.pm, now, [cast.product.cis], audience="public")
        assert refusal.value.code == "gp_not_allowed"
        assert list(refusal.value.errors) == ["audience"]
        assert cast.product.name in str(refusal.value.message)

    def test_invariant_8_one_barred_product_among_others_is_enough(
        self, cast: Cast, now: datetime
    ) -> None:
        both = [cast.free_product.cis, cast.product.cis]
        with pytest.raises(InvalidInput) as refusal:
            create(cast.pm, now, both, audience="public", lead_product=both[0])
        assert len(refusal.value.errors["audience"]) == 1

    def test_the_public_is_allowed_without_a_bar_or_under_an_exception(
        self, cast: Cast, now: datetime
    ) -> None:
        assert create(cast.pm, now, [cast.free_product.cis], audience="public").pk
        make_gp_exception(cast.product, starts_on=date(2026, 4, 14), ends_on=date(2026, 4, 15))
        assert create(cast.pm, now, [cast.product.cis], audience="public").pk
        tomorrow = datetime(2026, 4, 15, 8, 0, tzinfo=UTC)
        with pytest.raises(InvalidInput) as refusal:
            create(cast.pm, tomorrow, [cast.product.cis], audience="public")
        assert refusal.value.code == "gp_not_allowed"

    def test_what_is_not_advertising_may_be_for_the_public(self, cast: Cast, now: datetime) -> None:
        assert create(cast.pm, now, [cast.product.cis], nature="institutional", audience="public")


class TestWhoMay:
    def test_only_those_who_prepare_assets(self, cast: Cast, now: datetime) -> None:
        product = cast.product.cis
        for name, person in cast.everybody().items():
            if name in {"pm", "mpm"}:
                continue
            with pytest.raises(PolicyDenied) as refusal:
                create(person, now, [product])
            expected = "not_your_team" if name == "pm2" else "role_missing"
            assert refusal.value.code == expected, name
        assert not Asset.objects.exists()

    def test_marketing_does_not_prepare_medical_assets_nor_medical_promotional_ones(
        self, cast: Cast, now: datetime
    ) -> None:
        for person, nature in ((cast.pm, "medical"), (cast.mpm, "promotional")):
            with pytest.raises(PolicyDenied) as refusal:
                create(person, now, [cast.product.cis], nature=nature)
            assert refusal.value.code == "nature_not_yours"

    def test_a_named_team_must_be_ones_own(self, cast: Cast, now: datetime) -> None:
        team = make_team("Oncology")
        with pytest.raises(PolicyDenied) as refusal:
            create(cast.mpm, now, [], nature="medical", team=team.pk)
        assert refusal.value.code == "not_your_team"

    def test_marketing_never_sees_medical_assets_in_preparation(
        self, cast: Cast, now: datetime
    ) -> None:
        asset = make_asset(by=cast.mpm, products=[cast.product], nature="medical")
        assert not Asset.objects.visible_to(cast.pm).exists()
        assert Asset.objects.visible_to(cast.mpm).get() == asset
        for person in (cast.medical, cast.pharmacist, cast.inspector):
            assert Asset.objects.visible_to(person).get() == asset
        for person in (cast.pm2, cast.rep, cast.msl, cast.agency, cast.admin):
            assert not Asset.objects.visible_to(person).exists()


def test_the_types_of_the_domain_are_installed_once(system: User) -> None:
    from content.assets import setup

    types = AssetType.objects.in_bulk(field_name="code")
    assert len(types) == 24
    assert {code for code, row in types.items() if row.is_component} == {
        "slide",
        "email_fragment",
        "template_fragment",
    }
    assert all(row.formats and row.name_fr and row.name_en for row in types.values())
    before = AuditEvent.objects.count()
    setup.install()
    assert AssetType.objects.count() == 24
    assert AuditEvent.objects.count() == before
