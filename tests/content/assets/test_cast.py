"""The fixed cast stands for the demonstration's."""

import pytest

from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def test_everybody_of_the_demonstration_is_there(cast: Cast) -> None:
    everybody = cast.everybody()
    assert len(everybody) == 19
    assert {person.username for person in everybody.values()} == set(everybody)
    assert cast.pm.memberships.get().team == cast.cardiology
    assert cast.rep2.memberships.get().team == cast.respiratory
    assert all(person.accountability_accepted_at for person in everybody.values())
