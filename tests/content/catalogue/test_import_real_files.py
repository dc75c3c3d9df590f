"""The real extraction of the public medicines database, all of it."""

from datetime import datetime

import pytest

from approvals.audit.verification import Verification
from approvals.people.models import User
from content.catalogue.actions import import_public_database
from content.catalogue.bdpm import read_extract
from content.catalogue.models import Presentation, Product, ProductCondition
from tests.services import SHARED_DATA

FOLDER = SHARED_DATA / "bdpm"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.usefixtures("shared_data"),
]


def test_all_products_are_imported_once_and_four_orphan_packs_are_named(
    system: User, now: datetime
) -> None:
    extract = read_extract(FOLDER)
    report = import_public_database(extract, by=system, now=now)
    assert (report.added, report.changed, report.unchanged) == (15_848, 0, 0)
    assert [(fault.file, fault.line) for fault in report.skipped] == [
        ("CIS_CIP_bdpm.txt", 6237),
        ("CIS_CIP_bdpm.txt", 6905),
        ("CIS_CIP_bdpm.txt", 10264),
        ("CIS_CIP_bdpm.txt", 20729),
    ]
    assert Product.objects.count() == 15_848
    assert Presentation.objects.count() == 20_903 - 4
    assert ProductCondition.objects.count() == 28_151
    assert Product.objects.get(cis="67421348").holder == ""
    assert Product.objects.filter(authorisation_status="suspended").count() == 2
    assert Product.objects.filter(authorisation_ends_on__isnull=False).count() == 998
    assert Product.objects.filter(name="ANASTROZOLE ACCORD 1 mg, comprimé pelliculé").exists()
    again = import_public_database(extract, by=system, now=now)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 15_848)
    assert Verification().run().fault is None
