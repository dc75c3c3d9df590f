"""The stories: each asset lives, act by act, until the state in which it is shown.

A story is a generator that yields the instant of its next act; ``tell`` runs them together in
the order of time, so that the trail reads as it would have been written.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from approvals.desk.demo.world import Piece, World, at
from approvals.submissions.models import DepositWindow, Dossier
from content.assets.models import Version
from content.calendar import paris_day

Story = Iterator[datetime]
Ending = Callable[[World, Version, Dossier], Story]


def tell(world: World, stories: Iterable[Story]) -> None:
    """Run the stories together, each act at its instant, none later than the present."""
    for when in together(stories):
        world.now = min(when, world.present)


def together(stories: Iterable[Story]) -> Story:
    """Yield the instants of several stories in the order of time, running each at its own."""
    line = [(when, number, story) for number, story in enumerate(stories) for when in _first(story)]
    heapq.heapify(line)
    while line:
        when, number, story = heapq.heappop(line)
        yield when
        for following in _first(story):
            heapq.heappush(line, (max(following, when), number, story))


def _first(story: Story) -> list[datetime]:
    return [when] if (when := next(story, None)) is not None else []


@dataclass
class Entry:
    """One version meant for a window, and what becomes of it once deposited."""

    piece: Piece | None
    end: Ending | None = None
    after: "Entry | None" = None
    version: Version | None = None
    summary: str = ""


def begun(world: World, entry: Entry) -> Version:
    """Open the entry's version: of a new asset, or the next one of an earlier entry."""
    if entry.piece is not None:
        return world.create(entry.piece)
    assert entry.after is not None
    assert entry.after.version is not None
    return world.next_version(entry.after.version, change_kind="content", summary=entry.summary)


def prepared(
    world: World, entry: Entry, window: DepositWindow, start: date, deposit_on: date
) -> Story:
    """From creation to approval, over three weeks."""
    yield at(start, 9, 20)
    entry.version = version = begun(world, entry)
    yield at(start, 9, 40)
    world.plan(version, window, deposit_on)
    yield at(start + timedelta(days=2), 15, 5)
    world.upload(version, note=entry.summary)
    yield at(start + timedelta(days=2), 15, 30)
    world.submit(version)
    yield at(start + timedelta(days=6), 11, 10)
    world.approve(version, only=["medical", "compliance"])
    yield at(start + timedelta(days=7), 14, 45)
    world.approve(version, only=["regulatory"])
    yield at(start + timedelta(days=9), 16, 20)
    world.approve(version)


def deposited(
    world: World, entries: list[Entry], window: DepositWindow, start: date, deposit_on: date
) -> Story:
    """One batch for a window: filled, frozen, deposited dossier by dossier."""
    yield at(start, 10, 0)
    batch = world.batch(window)
    dossiers: list[tuple[Entry, Dossier]] = []
    for entry in entries:
        assert entry.version is not None
        dossiers.append((entry, world.add(batch, entry.version)))
    yield at(start + timedelta(days=1), 11, 0)
    for _entry, dossier in dossiers:
        world.complete(dossier)
    yield at(start + timedelta(days=1), 17, 0)
    world.freeze(batch)
    yield at(deposit_on, 9, 0)
    sequels = []
    for entry, dossier in dossiers:
        world.deposit(dossier)
        assert entry.version is not None
        if entry.end is not None:
            sequels.append(entry.end(world, entry.version, dossier))
    yield from together(sequels)


def decided(outcome: str, on: date, reason: str = "", then: Ending | None = None) -> Ending:
    """Return an ending: the authority decides on a day, then what follows."""

    def story(world: World, version: Version, dossier: Dossier) -> Story:
        yield at(on, 14, 30)
        world.authority_decides(dossier, outcome, reason)
        if then is not None:
            yield from then(world, version, dossier)

    return story


def released(after: int = 1, then: Ending | None = None) -> Ending:
    """Return an ending: the pharmacist releases so many days later, then what follows."""

    def story(world: World, version: Version, dossier: Dossier) -> Story:
        yield at(paris_day(world.now) + timedelta(days=after), 9, 15)
        world.release(version)
        if then is not None:
            yield from then(world, version, dossier)

    return story


def suspended(reason: str, after: int = 10) -> Ending:
    def story(world: World, version: Version, dossier: Dossier) -> Story:
        yield at(paris_day(world.now) + timedelta(days=after), 11, 0)
        world.suspend(version, reason)

    return story


def withdrawn(reason: str, after: int = 12) -> Ending:
    def story(world: World, version: Version, dossier: Dossier) -> Story:
        yield at(paris_day(world.now) + timedelta(days=after), 11, 30)
        world.withdraw(version, reason)

    return story
