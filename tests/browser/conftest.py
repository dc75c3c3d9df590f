"""Browsers of the cast, on a clock that stands in an open window."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from tests.browser.people import Person
from tests.factories import T0


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The application's clock: it starts at ``T0`` and runs."""
    with time_machine.travel(T0, tick=True) as traveller:
        yield traveller


@pytest.fixture
def sits_down(
    browser: Any, live_server: Any, clock: time_machine.Traveller
) -> Iterator[Callable[..., Person]]:
    """Open a browser for a person: ``sits_down("pm")``; all leave at the end, without trouble."""
    present: list[Person] = []

    def sit(name: str, **how: Any) -> Person:
        person = Person(browser, live_server.url, name, **how)
        present.append(person)
        return person

    yield sit
    for person in present:
        person.leave()
