"""Invariant 4, the digest's half: one byte or one regulated field changes the digest, else not."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.audit import act
from approvals.audit.chain import canonical
from approvals.audit.errors import WriteOutsideAct
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets.actions import (
    add_dependency,
    edit_asset,
    freeze_revision,
    set_minimum_components,
    transfer_asset,
    upload_revision,
)
from content.assets.digests import canonical_metadata, digest_of
from content.assets.enums import State
from content.assets.models import Asset, Revision, Version
from content.catalogue.enums import DocumentKind
from content.catalogue.models import SourceDocument
from tests.factories import T0, keep
from tests.factories.assets import PREPARED_ON, drive, make_asset, make_pdf, make_version
from tests.factories.people import Cast, make_person


@act("factory")
def freeze(version: Version, *, by: User, now: datetime) -> Revision:
    return freeze_revision(version, now=now)


def digest_now(pk: int) -> str:
    """Return the digest under which a version would be submitted now, twice the same."""
    version = Version.objects.get(pk=pk)
    digests = {freeze(version, by=system_actor(), now=T0).digest for _ in range(2)}
    assert len(digests) == 1
    return digests.pop()


@pytest.fixture
def version(cast: Cast) -> Version:
    asset = make_asset(
        by=cast.pm,
        products=[cast.product, cast.free_product],
        asset_type="email_template",
        jurisdiction="FR",
    )
    return make_version(asset, subject="Votre visite")


def change(**changes: Any) -> Callable[[Version], None]:
    def apply(version: Version) -> None:
        edit_asset(
            version.asset_id, changes=changes, by=version.asset.owner, now=T0, reason="essai"
        )

    return apply


REGULATED: dict[str, Callable[[Version], None]] = {
    "title": change(title="Autre titre"),
    "asset_type": change(asset_type="newsletter"),
    "nature": change(nature="institutional"),
    "audience": change(audience="internal"),
    "products": change(products=["60000001"]),
    "lead_product": change(lead_product="60000002"),
    "language": change(language="en"),
    "collects_personal_data": change(collects_personal_data=True),
    "third_party": change(third_party="Société Z"),
    "safety_information": change(safety_information=True),
    "jurisdiction": change(jurisdiction="GLOBAL"),
}


@pytest.mark.django_db
class TestInvariant4:
    @pytest.mark.parametrize("name", REGULATED)
    def test_each_regulated_field_changes_the_digest(self, version: Version, name: str) -> None:
        before = digest_now(version.pk)
        REGULATED[name](version)
        assert digest_now(version.pk) != before

    def test_each_regulated_field_of_the_asset_is_tried(self) -> None:
        from content.assets.policies import REGULATED as FIELDS

        assert set(REGULATED) == FIELDS

    def test_subject_and_preparation_date_change_it(self, cast: Cast) -> None:
        template = make_asset(by=cast.pm, products=[cast.product], asset_type="email_template")
        digests = set()
        for subject, prepared_on in (
            ("a", PREPARED_ON),
            ("b", PREPARED_ON),
            ("a", date(2026, 3, 2)),
        ):
            version = make_version(template, subject=subject, prepared_on=prepared_on)
            digests.add(digest_now(version.pk))
            drive(version, State.CANCELLED)
        assert len(digests) == 3

    def test_what_it_pins_and_how_many_change_it(self, cast: Cast, version: Version) -> None:
        component = make_asset(by=cast.pm, products=[cast.product], asset_type="email_fragment")
        fragment = drive(make_version(component), State.APPROVED)
        document = SourceDocument(
            product=cast.product,
            kind=DocumentKind.SMPC,
            title="RCP",
            dated=date(2026, 1, 1),
            sha256="a" * 64,
            file_name="rcp.pdf",
            size=1,
            added_by=cast.pm,
            added_at=T0,
        )
        keep(document, by=system_actor())
        digests = [digest_now(version.pk)]
        by: dict[str, Any] = {"by": cast.pm, "now": T0}
        add_dependency(version.pk, kind="requires", target=fragment.pk, **by)
        digests.append(digest_now(version.pk))
        set_minimum_components(version.pk, minimum=1, **by)
        digests.append(digest_now(version.pk))
        add_dependency(version.pk, kind="cites", document=document.pk, **by)
        digests.append(digest_now(version.pk))
        assert len(set(digests)) == 4
        # The pinned component's own digest is part of it.
        assert fragment.current_revision.digest in version.current_revision.metadata_text

    def test_a_new_revision_changes_it_and_leaves_the_old_one(self, cast: Cast) -> None:
        version = make_version(make_asset(by=cast.pm, products=[cast.product]))
        before = digest_now(version.pk)
        act_by: dict[str, Any] = {"prepared_on": PREPARED_ON, "by": cast.pm, "now": T0}
        upload_revision(version.pk, files=[make_pdf("CARDIOMED 10 mh")], **act_by)
        after = digest_now(version.pk)
        assert after != before
        assert version.revisions.get(number=1).digest == before
        upload_revision(version.pk, files=[make_pdf()], **act_by)
        # The same bytes and the same data are the same thing again.
        assert digest_now(version.pk) == before

    def test_owner_department_plan_and_visa_requirement_leave_it(
        self, cast: Cast, version: Version
    ) -> None:
        from approvals.people.enums import Role

        colleague = make_person(Role.PRODUCT_MANAGER, teams=[cast.cardiology])
        before = digest_now(version.pk)
        change(department="Marketing")(version)
        transfer_asset(version.asset_id, to=colleague, reason="congé", by=cast.pm, now=T0)
        row = Version.objects.get(pk=version.pk)
        row.needs_visa = not row.needs_visa
        keep(row, by=system_actor())
        assert digest_now(version.pk) == before

    def test_frozen_metadata_stay_when_the_asset_is_edited_later(self, cast: Cast) -> None:
        asset = make_asset(by=cast.pm, products=[cast.product], title="Avant")
        version = drive(make_version(asset), State.RELEASED)
        frozen = version.current_revision
        edit_asset(asset.pk, changes={"title": "Après"}, by=cast.pm, now=T0, reason="clarté")
        assert Asset.objects.get(pk=asset.pk).title == "Après"
        kept = Revision.objects.get(pk=frozen.pk)
        assert '"title":"Avant"' in kept.metadata_text
        assert kept.digest == frozen.digest

    def test_outside_an_act_nothing_is_frozen(self, version: Version) -> None:
        with pytest.raises(WriteOutsideAct):
            freeze_revision(version, now=T0)

    def test_the_text_names_exactly_the_regulated_metadata(self, version: Version) -> None:
        import json

        revision = version.current_revision
        text = canonical_metadata(version, revision)
        assert set(json.loads(text)) == {
            *("title", "asset_type", "nature", "audience", "products", "lead_product"),
            *("language", "collects_personal_data", "third_party", "safety_information"),
            *("jurisdiction", "subject", "prepared_on", "minimum_components", "dependencies"),
        }
        assert canonical(json.loads(text)) == text


HASHES = st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=4)


@settings(max_examples=40, deadline=None)
@given(text=st.text(min_size=1), hashes=HASHES, data=st.data())
def test_one_changed_character_of_text_or_hash_changes_the_digest(
    text: str, hashes: list[str], data: st.DataObject
) -> None:
    whole = canonical({"title": text})
    before = digest_of(whole, hashes)
    other = data.draw(st.text(min_size=1).filter(lambda value: value != text))
    assert digest_of(canonical({"title": other}), hashes) != before
    if hashes:
        at = data.draw(st.integers(0, len(hashes) - 1))
        place = data.draw(st.integers(0, 63))
        digit = data.draw(st.sampled_from("0123456789abcdef"))
        changed = hashes[at][:place] + digit + hashes[at][place + 1 :]
        assert (digest_of(whole, [*hashes[:at], changed, *hashes[at + 1 :]]) == before) is (
            changed == hashes[at]
        )
        assert digest_of(whole, hashes[:-1]) != before
    if hashes[::-1] != hashes:
        assert digest_of(whole, hashes[::-1]) != before
