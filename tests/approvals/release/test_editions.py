"""The pharmacist's signature of an edition: over its digest, once, of the lists of today."""

from datetime import timedelta

import pytest
from django.db import transaction

from approvals.audit import PolicyDenied, StateConflict
from approvals.people.models import User
from approvals.release.actions import sign_edition
from approvals.release.models import EditionAct
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Signature
from content.access.actions import revoke_delegation
from content.positive_list.actions import draft_edition
from content.positive_list.models import Edition
from tests.factories import T0
from tests.factories.editions import make_edition, sign_it
from tests.factories.people import Cast
from tests.factories.releases import make_released
from tests.factories.review import proof_of

pytestmark = pytest.mark.django_db


def refused(edition: Edition, by: User, code: str, *, now: object = T0) -> None:
    proof = proof_of(by, Meaning.EDITION, now=now)  # type: ignore[arg-type]
    with pytest.raises((PolicyDenied, StateConflict)) as told, transaction.atomic():
        sign_edition(edition.number, credentials=proof, by=by, now=now)  # type: ignore[arg-type]
    assert told.value.code == code


def test_the_signature_is_over_the_digest(cast: Cast) -> None:
    make_released(cast.product)
    edition = make_edition(cast)
    done = EditionAct.objects.get()
    assert done.digest == edition.digest
    assert done.signature.meaning == Meaning.EDITION
    assert done.signature.covers == [
        {"label": "positive_list.edition", "id": str(edition.pk), "digest": edition.digest}
    ]
    assert (edition.state, edition.signed_name) == ("signed", str(cast.pharmacist))


def test_a_deputy_signs_under_a_delegation_of_the_whole_house_only(cast: Cast) -> None:
    edition = draft_edition(by=cast.regulatory, now=T0)
    deputy = cast.pharmacist2
    assert sign_it(edition, deputy).signed_for == str(cast.pharmacist)
    again = draft_edition(by=cast.regulatory, now=T0)
    lent = deputy.delegations_received.get().pk
    revoke_delegation(lent, reason="retour", by=cast.pharmacist, now=T0)
    refused(again, deputy, "no_delegation")


@pytest.mark.parametrize("name", ["regulatory", "pm", "rep", "inspector", "admin"])
def test_nobody_else_signs(cast: Cast, name: str) -> None:
    refused(draft_edition(by=cast.regulatory, now=T0), getattr(cast, name), "role_missing")
    assert not Signature.objects.exists()


def test_signed_twice(cast: Cast) -> None:
    refused(make_edition(cast), cast.pharmacist, "already_signed")
    assert EditionAct.objects.count() == 1


def test_a_draft_of_older_lists_or_of_yesterday_is_drawn_up_again_first(cast: Cast) -> None:
    edition = draft_edition(by=cast.regulatory, now=T0)
    refused(edition, cast.pharmacist, "outdated_draft", now=T0 + timedelta(days=1))
    make_released(cast.product)
    refused(edition, cast.pharmacist, "outdated_draft")
    assert sign_it(draft_edition(by=cast.pharmacist, now=T0), cast.pharmacist).is_signed
