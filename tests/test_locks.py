"""The watch over locks sees what it must, and the acts that lock several versions pass it."""

from datetime import datetime

import pytest

from approvals.audit import act
from approvals.people.models import User
from content.assets.models import Version
from content.catalogue.actions import lock_list_head
from content.catalogue.models import Product
from tests.factories.people import Cast
from tests.factories.releases import make_released
from tests.locks import OutOfOrder

pytestmark = pytest.mark.django_db


@act("test")
def _take(*steps: str, by: User, now: datetime) -> None:
    for step in steps:
        if step == "list head":
            lock_list_head()
        elif step == "product":
            list(Product.objects.locked())
        elif step == "write":
            for version in Version.objects.order_by("pk"):
                version.save()
        else:
            Version.objects.locked().get(asset__title=step)


@pytest.fixture
def two(cast: Cast) -> None:
    for title in ("A", "B"):
        make_released(cast.product, title=title)


@pytest.mark.parametrize(
    "steps",
    [
        ["list head", "product", "A", "B"],
        ["list head", "B", "A", "B", "list head"],
        ["product", "A"],
    ],
)
def test_the_house_s_order_passes(two: None, system: User, now: datetime, steps: list[str]) -> None:
    _take(*steps, by=system, now=now)


@pytest.mark.parametrize(
    "steps",
    [
        ["A", "list head"],
        ["A", "product"],
        ["product", "list head"],
        ["A", "B"],
        ["A", "write"],
    ],
)
def test_another_order_fails_the_test(
    two: None, system: User, now: datetime, steps: list[str]
) -> None:
    with pytest.raises(OutOfOrder):
        _take(*steps, by=system, now=now)
