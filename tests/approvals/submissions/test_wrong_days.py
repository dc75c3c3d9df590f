"""Which days of use the corrected facts take back: what required a version is wrong with it."""

from datetime import UTC, date, datetime

import pytest

from approvals.submissions.wrong_days import wrongly_usable
from content.catalogue.models import Product
from tests.factories.catalogue import make_product
from tests.factories.releases import make_released

pytestmark = pytest.mark.django_db
JUNE_15 = datetime(2026, 6, 15, 8, tzinfo=UTC)


@pytest.fixture
def product() -> Product:
    return make_product()


def days(rows: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(row["name"], row["first"], row["last"]) for row in rows]


def test_nothing_is_wrong_where_the_facts_hold(product: Product) -> None:
    version = make_released(product, now=JUNE_15)
    entitled = [(date(2026, 6, 10), date(2028, 6, 10))]
    assert wrongly_usable([version.pk], entitled, date(2026, 7, 1)) == []


def test_what_required_it_was_wrongly_usable_with_it(product: Product) -> None:
    version = make_released(product, now=JUNE_15)
    above = make_released(product, now=datetime(2026, 6, 18, 8, tzinfo=UTC), requires=[version])

    rows = wrongly_usable([version.pk], [], date(2026, 6, 20))

    assert days(rows) == [
        (str(version), "2026-06-15", "2026-06-20"),
        (str(above), "2026-06-18", "2026-06-20"),
    ]


def test_only_the_days_outside_count(product: Product) -> None:
    version = make_released(product, now=JUNE_15)
    entitled = [(date(2026, 6, 17), date(2026, 6, 19))]

    rows = wrongly_usable([version.pk], entitled, date(2026, 6, 20))

    assert days(rows) == [
        (str(version), "2026-06-15", "2026-06-16"),
        (str(version), "2026-06-19", "2026-06-20"),
    ]


def test_what_was_to_come_was_not_used_yet(product: Product) -> None:
    version = make_released(product, now=JUNE_15, valid_from=date(2026, 7, 1))
    assert wrongly_usable([version.pk], [], date(2026, 6, 20)) == []
