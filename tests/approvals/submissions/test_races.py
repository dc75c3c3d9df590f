"""Invariants 6, 7 and 8 when two act at once: who looked first never goes on over who was faster.

Each race is run as it is, and once more with its lock taken away: then it does harm, or a
constraint of the database is the last to hold.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError

from approvals.audit import StateConflict
from approvals.release.actions import acts as releasing
from approvals.release.models import ReleaseAct
from approvals.review.actions import lifecycle, submit
from approvals.review.models import ReviewCycle
from approvals.signatures.enums import Meaning
from approvals.submissions.actions import (
    add_to_batch,
    batches,
    deposit,
    deposits,
    edit_window,
    freeze_batch,
    windows,
)
from approvals.submissions.models import Batch, DepositWindow, Dossier
from approvals.submissions.models.windows import DepositWindowQuerySet
from content.assets.models import Version
from content.assets.models.versions import VersionQuerySet
from content.assets.validity import usable_on
from content.calendar import paris_day
from content.catalogue.actions import public_database
from content.catalogue.models import Product, ProductQuerySet
from tests.factories import T0
from tests.factories.catalogue import import_rate
from tests.factories.clearing import make_cleared, release_it
from tests.factories.people import Cast
from tests.factories.review import draft
from tests.factories.submissions import (
    freeze,
    make_approved,
    make_batch,
    pm_window,
    proof_for,
    proof_piece,
    window_of,
)
from tests.races import Overtaken

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
Job = Callable[[], Any]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return Cast()


@pytest.fixture
def overtaken() -> Overtaken:
    return Overtaken()


def without_lock(patch: pytest.MonkeyPatch, queryset: type) -> None:
    patch.setattr(queryset, "locked", lambda self: self.order_by("pk"))


def names(answers: list[Any]) -> list[str]:
    """Say what became of each: its code where it was refused."""
    return [
        answer.code if isinstance(answer, StateConflict) else type(answer).__name__
        for answer in answers
    ]


def depositing(cast: Cast, dossier: Dossier, *, now: datetime = T0) -> Job:
    """Return the act of recording a deposit, its password given and its proof added already."""
    by, piece = cast.regulatory, proof_piece(cast, dossier, now=now).pk
    credentials = proof_for(by, Meaning.DEPOSIT, now)
    return lambda: deposit(
        dossier.pk,
        deposited_at=now,
        portal_number="DS-1",
        proof=piece,
        credentials=credentials,
        by=by,
        now=now,
    )


class TestInvariant6OneVersionTwoBatches:
    @pytest.fixture
    def acts(
        self, cast: Cast, overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[Job, Job]:
        version, by = make_approved(cast), cast.regulatory
        slow, quick = make_batch(cast), make_batch(cast)
        overtaken.after(monkeypatch, batches, "check_can_add")

        def adding(batch: Batch) -> Job:
            return lambda: add_to_batch(batch.pk, version=version.pk, by=by, now=T0)

        return adding(slow), adding(quick)

    def test_the_second_is_told(self, acts: tuple[Job, Job], overtaken: Overtaken) -> None:
        assert names(overtaken.run(*acts)) == ["Dossier", "already_in_batch"]
        assert Dossier.objects.undecided().count() == 1

    def test_without_the_lock_the_database_is_the_last_to_hold(
        self, acts: tuple[Job, Job], overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        without_lock(monkeypatch, VersionQuerySet)
        overtaken.insist()
        first, second = overtaken.run(*acts)
        assert isinstance(first, IntegrityError)
        assert isinstance(second, Dossier)
        assert Dossier.objects.undecided().count() == 1


class TestInvariant6OneOpenCycle:
    @pytest.fixture
    def acts(
        self, cast: Cast, overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[Job, Job]:
        version, by = draft(cast), cast.pm
        overtaken.after(monkeypatch, lifecycle, "check_can_submit")

        def submitting() -> Any:
            return submit(version.pk, by=by, now=T0)

        return submitting, submitting

    def test_the_second_is_told(self, acts: tuple[Job, Job], overtaken: Overtaken) -> None:
        assert names(overtaken.run(*acts)) == ["ReviewCycle", "wrong_state"]
        assert ReviewCycle.objects.open().count() == 1

    def test_without_the_locks_the_race_exists(
        self, acts: tuple[Job, Job], overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        without_lock(monkeypatch, VersionQuerySet)
        monkeypatch.setattr(lifecycle, "lock_list_head", lambda: None)
        overtaken.insist()
        # The slow one finds the other's cycle, which its own copy of the version cannot explain.
        assert names(overtaken.run(*acts)) == ["TransitionNotAllowed", "ReviewCycle"]
        assert ReviewCycle.objects.open().count() == 1


class TestInvariant7TheWindowMovesMeanwhile:
    """``T0`` is the 14th; regulatory corrects the window to open on the 15th."""

    @pytest.fixture
    def acts(self, cast: Cast) -> tuple[Job, Job]:
        batch = freeze(cast, make_batch(cast, make_approved(cast)))
        changes = {"opens_on": date(2026, 4, 15)}
        window, by = pm_window().pk, cast.regulatory
        move = lambda: edit_window(window, changes=changes, reason="JO", by=by, now=T0)  # noqa: E731
        return depositing(cast, batch.dossiers.get()), move

    def test_a_recorded_deposit_holds_the_window(
        self, acts: tuple[Job, Job], overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        record, move = acts
        overtaken.after(monkeypatch, deposits, "check_deposit_time")
        assert names(overtaken.run(record, move)) == ["Dossier", "window_has_deposits"]
        assert self.inside()

    def test_a_moved_window_refuses_the_deposit(
        self, acts: tuple[Job, Job], overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        record, move = acts
        overtaken.after(monkeypatch, windows, "_check_deposits_stay_inside")
        assert names(overtaken.run(move, record)) == ["DepositWindow", "outside_window"]
        assert self.inside()

    @pytest.mark.parametrize("slow", ["deposit", "move"])
    def test_without_the_lock_the_deposit_is_outside(
        self,
        acts: tuple[Job, Job],
        overtaken: Overtaken,
        monkeypatch: pytest.MonkeyPatch,
        slow: str,
    ) -> None:
        record, move = acts
        without_lock(monkeypatch, DepositWindowQuerySet)
        overtaken.insist()
        if slow == "deposit":
            overtaken.after(monkeypatch, deposits, "check_deposit_time")
            assert names(overtaken.run(record, move)) == ["Dossier", "DepositWindow"]
        else:
            overtaken.after(monkeypatch, windows, "_check_deposits_stay_inside")
            assert names(overtaken.run(move, record)) == ["DepositWindow", "Dossier"]
        assert not self.inside()

    def inside(self) -> bool:
        window = DepositWindow.objects.get(pk=pm_window().pk)
        instants = Dossier.objects.values_list("deposited_at", flat=True)
        return all(instant is None or window.admits(instant) for instant in instants)


class TestInvariant8TheProductIsReimbursedMeanwhile:
    """An import that began first wins over who freezes a batch or deposits for the public."""

    NOW = datetime(2026, 5, 5, 8, tzinfo=UTC)

    @pytest.fixture
    def reimburse(self, cast: Cast, overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch) -> Job:
        product = cast.free_product
        overtaken.after(monkeypatch, public_database, "_compare")
        return lambda: import_rate(product, "65%", now=self.NOW)

    @pytest.fixture
    def batch(self, cast: Cast) -> Batch:
        window = window_of(date(2026, 5, 7), "GP")
        version = make_approved(cast, window, product=cast.free_product, audience="public")
        return make_batch(cast, version, window=window)

    @pytest.fixture
    def freezing(self, cast: Cast, batch: Batch) -> Job:
        by = cast.regulatory
        credentials = proof_for(by, Meaning.BATCH_FREEZE, self.NOW)
        return lambda: freeze_batch(batch.pk, credentials=credentials, by=by, now=self.NOW)

    @pytest.fixture
    def recording(self, cast: Cast, batch: Batch) -> Job:
        return depositing(cast, freeze(cast, batch).dossiers.get(), now=self.NOW)

    @pytest.mark.parametrize("act", ["freezing", "recording"])
    def test_what_became_reimbursed_is_refused(
        self, reimburse: Job, overtaken: Overtaken, act: str, request: pytest.FixtureRequest
    ) -> None:
        answers = overtaken.run(reimburse, request.getfixturevalue(act))
        assert names(answers) == ["NoneType", "public_not_allowed"]

    @pytest.mark.parametrize("act", ["freezing", "recording"])
    def test_without_the_locks_the_race_exists(
        self,
        reimburse: Job,
        overtaken: Overtaken,
        monkeypatch: pytest.MonkeyPatch,
        act: str,
        request: pytest.FixtureRequest,
    ) -> None:
        job = request.getfixturevalue(act)
        without_lock(monkeypatch, ProductQuerySet)
        monkeypatch.setattr(batches, "lock_list_head", lambda: None)
        overtaken.insist()
        answers = overtaken.run(reimburse, job)
        assert names(answers) == ["NoneType", "Batch" if act == "freezing" else "Dossier"]
        assert Product.objects.get(cis=Dossier.objects.get().cis).reimbursed


class TestInvariant8TheReleaseMeetsAnImport:
    """A release worked out on a product that an import changes meanwhile."""

    @pytest.fixture
    def acts(
        self, cast: Cast, overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[Version, Job, Job]:
        product, by = cast.free_product, cast.pharmacist
        version = make_cleared(cast, product=product, audience="public")
        credentials = proof_for(by, Meaning.RELEASE)
        overtaken.after(monkeypatch, releasing, "first_usable_day")

        def release() -> ReleaseAct:
            return releasing.release(version.pk, credentials=credentials, by=by, now=T0)

        return version, release, lambda: import_rate(product, "65%", now=T0)

    def test_what_was_released_leaves_the_list(
        self, acts: tuple[Version, Job, Job], overtaken: Overtaken
    ) -> None:
        version, release, reimburse = acts
        assert names(overtaken.run(release, reimburse)) == ["ReleaseAct", "NoneType"]
        assert not usable_on(version, paris_day(T0), as_of=T0)

    def test_without_the_list_head_it_would_stay(
        self,
        acts: tuple[Version, Job, Job],
        overtaken: Overtaken,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        version, release, reimburse = acts
        monkeypatch.setattr(public_database, "lock_list_head", lambda: None)
        overtaken.insist()
        assert names(overtaken.run(release, reimburse)) == ["ReleaseAct", "NoneType"]
        assert usable_on(version, paris_day(T0), as_of=T0)

    def test_after_the_import_nothing_is_released(self, cast: Cast) -> None:
        version = make_cleared(cast, product=cast.free_product, audience="public")
        import_rate(cast.free_product, "65%")
        with pytest.raises(StateConflict) as refused:
            release_it(version, cast.pharmacist)
        assert refused.value.code == "never_usable"
