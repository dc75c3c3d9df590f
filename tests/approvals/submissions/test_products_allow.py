"""What is checked again about products before something is deposited for them."""

from datetime import date, timedelta

import pytest

from approvals.audit import StateConflict
from approvals.people.models import User
from approvals.submissions.policies import check_products_allow
from content.catalogue.enums import AuthorisationStatus
from content.catalogue.models import Product
from tests.factories import keep
from tests.factories.assets import make_asset, make_version
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 14)


@pytest.mark.parametrize(
    ("status", "ends_on", "refused"),
    [
        (AuthorisationStatus.ACTIVE, None, False),
        (AuthorisationStatus.ACTIVE, TODAY + timedelta(days=1), False),
        (AuthorisationStatus.ACTIVE, TODAY, True),
        (AuthorisationStatus.ABROGATED, TODAY - timedelta(days=1), True),
        # A suspended authorisation has no end, and does not stand either.
        (AuthorisationStatus.SUSPENDED, None, True),
    ],
)
def test_the_authorisation_must_stand(
    cast: Cast, system: User, status: str, ends_on: date | None, refused: bool
) -> None:
    version = make_version(make_asset(by=cast.pm, products=[cast.product]))
    product = Product.objects.get(pk=cast.product.pk)
    product.authorisation_status = status
    product.authorisation_ends_on = ends_on
    keep(product, by=system)
    if not refused:
        check_products_allow(version, [product], TODAY)
        return
    with pytest.raises(StateConflict) as conflict:
        check_products_allow(version, [product], TODAY)
    assert conflict.value.code == "authorisation_ended"
