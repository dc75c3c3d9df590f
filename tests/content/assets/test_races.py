"""Two people at the same instant, on two real connections (ARCHITECTURE.md, lock order)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from approvals.audit import InvalidInput, StateConflict
from content.assets.actions import add_dependency, create_version, dependencies
from content.assets.models import AssetNumber, Dependency, Version
from tests.factories.assets import PREPARED_ON, make_asset, make_pdf, make_version
from tests.factories.people import Cast
from tests.races import Meeting, at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


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
    def together(self) -> Meeting:
        return Meeting()

    @pytest.fixture
    def crossing(
        self, cast: Cast, now: datetime, together: Meeting, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """A needs B and B needs A, each checked before the other is written."""
        slides = [
            make_version(make_asset(by=cast.pm, products=[cast.product], asset_type="slide"))
            for _ in range(2)
        ]
        together.after(monkeypatch, dependencies, "_check_no_cycle")

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
        together: Meeting,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        together.insist()
        monkeypatch.setattr(dependencies, "lock_list_head", lambda: None)
        assert [type(answer) for answer in at_once(*crossing)] == [Dependency, Dependency]
