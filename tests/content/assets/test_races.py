"""Two people at the same instant, on two real connections (ARCHITECTURE.md, lock order)."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from approvals.audit import InvalidInput, StateConflict
from content.assets.actions import add_dependency, create_version, dependencies
from content.assets.models import AssetNumber, Dependency, Version
from tests.factories.assets import PREPARED_ON, make_asset, make_pdf, make_version
from tests.factories.people import Cast

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run jobs each on its own connection, and return what they returned or raised."""

    def run(job: Callable[[], Any]) -> Any:
        try:
            return job()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return Cast()


def test_codes_are_given_once_and_without_a_gap(cast: Cast) -> None:
    pm, product = cast.pm, cast.product

    def create() -> str:
        return make_asset(by=pm, products=[product]).code

    codes = at_once(*[create] * 4)
    assert sorted(codes) == [f"FR-2026-00000{number}" for number in range(1, 5)]
    assert AssetNumber.objects.get().last == 4


def test_invariant_6_two_versions_opened_at_once_are_one(cast: Cast, now: datetime) -> None:
    asset = make_asset(by=cast.pm, products=[cast.product])

    def open_one() -> Version:
        return create_version(
            asset.pk, files=[make_pdf()], prepared_on=PREPARED_ON, by=cast.pm, now=now
        )

    done = at_once(open_one, open_one)
    assert sorted(type(answer).__name__ for answer in done) == ["StateConflict", "Version"]
    refusal = next(answer for answer in done if isinstance(answer, StateConflict))
    assert refusal.code == "open_version"
    assert Version.objects.count() == 1


class TestNoLoopIsClosedFromBothSides:
    @pytest.fixture
    def crossing(
        self, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """A needs B and B needs A, each checked before the other is written."""
        slides = [
            make_version(make_asset(by=cast.pm, products=[cast.product], asset_type="slide"))
            for _ in range(2)
        ]
        barrier, real = threading.Barrier(2), dependencies._check_no_cycle

        def check_then_wait(*args: Any) -> None:
            real(*args)
            # With the lock, the second cannot come so far before the first has committed.
            with contextlib.suppress(threading.BrokenBarrierError):
                barrier.wait(timeout=2)

        monkeypatch.setattr(dependencies, "_check_no_cycle", check_then_wait)

        def needing(dependent: Version, target: Version) -> Callable[[], Any]:
            return lambda: add_dependency(
                dependent.pk, kind="requires", target=target.pk, by=cast.pm, now=now
            )

        return needing(*slides), needing(*reversed(slides))

    def test_one_of_them_is_refused(
        self, crossing: tuple[Callable[[], Any], Callable[[], Any]]
    ) -> None:
        done = at_once(*crossing)
        assert sorted(type(answer).__name__ for answer in done) == ["Dependency", "InvalidInput"]
        refusal = next(answer for answer in done if isinstance(answer, InvalidInput))
        assert refusal.code == "cycle"
        assert Dependency.objects.count() == 1

    def test_without_the_lock_the_race_exists(
        self,
        crossing: tuple[Callable[[], Any], Callable[[], Any]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(dependencies, "lock_list_head", lambda: None)
        assert [type(answer) for answer in at_once(*crossing)] == [Dependency, Dependency]
