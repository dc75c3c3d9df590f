"""Editions: drawn up, signed."""

from datetime import datetime

from approvals.people.models import User
from approvals.release.actions import sign_edition
from approvals.signatures.enums import Meaning
from content.positive_list.actions import draft_edition
from content.positive_list.models import Edition
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.review import proof_of


def sign_it(edition: Edition, by: User, *, now: datetime = T0) -> Edition:
    """Sign an edition as the page does."""
    proof = proof_of(by, Meaning.EDITION, now=now)
    return sign_edition(edition.number, credentials=proof, by=by, now=now)


def make_edition(cast: Cast, *, now: datetime = T0) -> Edition:
    """Draw up the next edition and sign it."""
    return sign_it(draft_edition(by=cast.regulatory, now=now), cast.pharmacist, now=now)
