"""The cast at the API, under a clock that the test moves."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories import T0
from tests.factories.people import Cast
from tests.scenarios.api_walk import People


@pytest.fixture
def people(cast: Cast) -> Iterator[People]:
    cast.everybody()
    with time_machine.travel(T0, tick=False) as clock:
        yield People(cast, clock)
