"""Editing a released asset changes neither what limits its versions nor what they are (§3)."""

import pytest

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets.actions.validity import work_out
from content.assets.models import AssetProduct, Version
from content.assets.validity import usable_on, why_not
from content.calendar import paris_day
from content.catalogue.models import Jurisdiction
from tests.factories import T0, keep
from tests.factories.catalogue import make_product
from tests.factories.clearing import freeze_it
from tests.factories.people import Cast
from tests.factories.releases import make_released

pytestmark = pytest.mark.django_db
TODAY = paris_day(T0)


@act("factory")
def move(version_id: int, *, to: object = None, by: User, now: object) -> None:
    link = AssetProduct.objects.get(asset__versions=version_id)
    link.delete()
    AssetProduct(asset=link.asset, product=to).save()


@act("factory")
def again(version_id: int, *, by: User, now: object) -> None:
    work_out([version_id], now=T0)


def test_rule_3_a_component_s_frozen_product_still_stops_its_dependents(cast: Cast) -> None:
    """A component is on no list; its product is remembered all the same."""
    old, new = make_product(), make_product()
    fragment = make_released(old, asset_type="email_fragment")
    template = make_released(cast.product, requires=[fragment])
    move(fragment.pk, to=new, by=system_actor(), now=T0)
    freeze_it(old, cast.pharmacist)
    assert not usable_on(fragment, TODAY, as_of=T0)
    assert not usable_on(template, TODAY, as_of=T0)
    assert why_not(template, TODAY)[0].code == "dependency"
    assert Version.objects.get(pk=fragment.pk).state == "suspended"


def test_rule_7_reads_the_jurisdiction_that_was_reviewed(cast: Cast) -> None:
    version = make_released(cast.product)
    revision = version.current_revision
    revision.metadata_text = revision.metadata_text.replace("{", '{"jurisdiction": "FR", ', 1)
    keep(revision, by=cast.admin)
    asset = version.asset
    asset.jurisdiction = Jurisdiction.objects.get(code="GLOBAL")
    keep(asset, by=cast.admin)
    again(version.pk, by=system_actor(), now=T0)
    assert usable_on(version, TODAY, as_of=T0)
    assert why_not(version, TODAY) == []
