"""Two at once on an impact list: one decides, one document is kept."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.audit import InvalidInput, StateConflict
from approvals.people.models import User
from approvals.release.actions import decide_impact
from approvals.release.models import ImpactDecision, ImpactList
from approvals.signatures.enums import Meaning
from content.catalogue.models import SourceDocument
from tests.factories import T0
from tests.factories.impacts import add_document, impact_on
from tests.factories.people import Cast
from tests.factories.releases import make_released
from tests.factories.review import proof_of
from tests.races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return Cast()


def test_of_two_pharmacists_one_decides(cast: Cast) -> None:
    version = make_released(cast.product)
    impact = impact_on(cast.product, cast.regulatory, version)

    def deciding(by: User) -> Any:
        proof = proof_of(by, Meaning.IMPACT_DECISION)
        given = {"outcome": "keep", "reason": "?", "by": by, "now": T0}
        return lambda: decide_impact(impact.pk, version.pk, credentials=proof, **given)

    outcomes = at_once(*[deciding(by) for by in (cast.pharmacist, cast.pharmacist2)])
    refused = [one for one in outcomes if isinstance(one, StateConflict)]
    assert [one.code for one in refused] == ["already_decided"], outcomes
    assert ImpactDecision.objects.count() == 1


def test_a_document_sent_twice_at_once_is_kept_once(cast: Cast) -> None:
    product, by, content = cast.product, cast.regulatory, b"%PDF-1.7\nnew\n%%EOF"
    add_document(product, by)

    def send() -> SourceDocument:
        file = SimpleUploadedFile("rcp.pdf", content)
        return add_document(product, by, dated=date(2026, 4, 1), file=file)

    outcomes = at_once(send, send)
    refused = [one for one in outcomes if isinstance(one, InvalidInput)]
    assert [one.code for one in refused] == ["already_kept"], outcomes
    assert ImpactList.objects.count() == 1
