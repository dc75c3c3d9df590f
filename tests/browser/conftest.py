"""Browsers of the cast, on a clock that stands in an open window."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from approvals.people.actions import choose_language
from tests.browser.people import Person
from tests.factories import T0
from tests.factories.people import Cast


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The application's clock: it starts at ``T0`` and runs."""
    with time_machine.travel(T0, tick=True) as traveller:
        yield traveller


@pytest.fixture
def sits_down(
    browser: Any, live_server: Any, clock: time_machine.Traveller, cast: Cast
) -> Iterator[Callable[..., Person]]:
    """Open a browser for a person: ``sits_down("pm")``; all leave at the end, without trouble.

    The tests read English labels, hence each of them chose English.
    """
    present: list[Person] = []

    def sit(name: str, **how: Any) -> Person:
        choose_language(language="en", by=getattr(cast, name), now=T0)
        person = Person(browser, live_server.url, name, **how)
        present.append(person)
        return person

    yield sit
    for person in present:
        person.leave()
