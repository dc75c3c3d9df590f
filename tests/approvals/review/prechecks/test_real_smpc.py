"""The real SmPC of the shared data: real text is found on real pages."""

from datetime import date
from pathlib import Path

import pytest

from approvals.review.prechecks.reading import boxes_of, read_revision
from approvals.review.prechecks.rules import CHECKS
from approvals.review.prechecks.subject import Named, Subject
from tests.factories.assets import make_asset, make_version, upload
from tests.factories.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # Fifty real pages are read.


def test_the_real_smpc_is_found_on_its_real_pages(cast: Cast, shared_data: Path) -> None:
    smpc = upload("rcp.pdf", (shared_data / "pdf" / "spc_zypadhera_fr.pdf").read_bytes())
    version = make_version(make_asset(by=cast.pm, products=[cast.product]), files=[smpc])
    reading = read_revision(version.current_revision)
    (file,) = reading.files
    assert (file.fault, len(file.pages), file.is_read) == ("", 50, True)
    subject = Subject(
        prepared_on=date(2026, 3, 1),
        products=(Named("ZYPADHERA", ("OLANZAPINE",)),),
        mentions="hcp",
    )
    named = CHECKS["product_named"](subject, reading)
    assert named is not None
    assert (named.outcome, named.values["found"]) == ("pass", ["ZYPADHERA", "OLANZAPINE"])
    assert {place.page for place in named.places} == {2}
    boxes = boxes_of(named.places)
    for place in named.places:
        x, y, width, height = boxes[id(place)] or (0, 0, 0, 0)
        # In the upper half of the page, under its title, and no taller than a line or two.
        assert 0 < x < 1 - width
        assert 0 < y < 0.5
        assert 0 < height < 0.05 < width + 0.05
    for check in ("text", "opens", "no_script", "hcp_safety", "hcp_prescription"):
        finding = CHECKS[check](subject, reading)
        assert finding is not None
        assert finding.outcome == "pass", check
    safety = CHECKS["hcp_safety"](subject, reading)
    assert safety is not None
    assert all(place.page and place.page > 1 for place in safety.places)
