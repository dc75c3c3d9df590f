"""The source of an e-mail in the workspace: lines that no page is too small for."""

import pytest

from approvals.review.views.document import MAX_LINE, papers_of
from tests.factories.assets import make_asset, make_html, make_version
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def test_a_line_that_holds_a_picture_is_cut(cast: Cast) -> None:
    asset = make_asset(by=cast.pm, products=[cast.product], asset_type="email_template")
    mail = make_html("<p>" + "x" * 3 * MAX_LINE + "</p>")
    version = make_version(asset, files=[mail])
    [paper] = papers_of(version.current_revision, cast.medical)
    assert [len(line) for line in paper["lines"]] == [MAX_LINE]
