"""An act against another at the same instant: who looked first never writes over who was faster.

Each race is run as it is, and once more with its lock taken away, where it does harm.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from approvals.people.enums import Role
from approvals.review.actions import decide, decisions, lifecycle, recall, submit
from approvals.review.enums import MEANINGS
from approvals.review.models import ReviewCycle, ReviewTask, Verdict
from approvals.signatures.models import Proof
from content.access.actions import delegate
from content.assets.actions import assets, edit_asset
from content.assets.enums import State
from content.assets.models import Asset, Version
from content.assets.models.versions import VersionQuerySet
from tests.factories.people import Cast, make_person
from tests.factories.review import (
    draft,
    first_stage,
    give,
    in_review,
    proof_of,
    task_of,
    yes_to_all,
)
from tests.races import Meeting, Overtaken, at_once

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


def signing(task: ReviewTask, person: Any, now: datetime, **more: Any) -> Job:
    """Return the act of approving a task, its password given already."""
    proof: Proof = proof_of(person, MEANINGS[task.role])
    checklist = yes_to_all(task)
    return lambda: decide(
        task.pk,
        verdict="approved",
        checklist=checklist,
        credentials=proof,
        by=person,
        now=now,
        **more,
    )


def unlocked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(VersionQuerySet, "locked", lambda self: self.order_by("pk"))


class TestDecideAgainstRecall:
    @pytest.fixture
    def acts(
        self, cast: Cast, now: datetime, overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[ReviewCycle, Job, Job]:
        """The last verdict of a stage, and its owner who recalls the version meanwhile."""
        cycle = in_review(cast)
        *before, (role, last) = first_stage(cast)
        for other, person in before:
            give(task_of(cycle, other), person)
        sign = signing(task_of(cycle, role), last, now)
        owner = cast.pm
        overtaken.after(monkeypatch, decisions, "check_can_decide")
        return cycle, sign, lambda: recall(cycle.version_id, reason="Erreur", by=owner, now=now)

    def test_what_is_recalled_is_not_in_review(
        self, acts: tuple[ReviewCycle, Job, Job], overtaken: Overtaken
    ) -> None:
        cycle, sign, take_back = acts
        done = overtaken.run(sign, take_back)
        assert [type(answer).__name__ for answer in done] == ["Verdict", "Version"]
        assert Version.objects.get(pk=cycle.version_id).state == State.DRAFT
        assert not ReviewCycle.objects.open().filter(version=cycle.version_id).exists()
        assert not ReviewTask.objects.open().filter(cycle=cycle).exists()

    def test_without_the_lock_the_race_exists(
        self,
        acts: tuple[ReviewCycle, Job, Job],
        overtaken: Overtaken,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The verdict opens the next stage of a draft."""
        cycle, sign, take_back = acts
        overtaken.insist()
        unlocked(monkeypatch)
        overtaken.run(sign, take_back)
        assert Version.objects.get(pk=cycle.version_id).state == State.DRAFT
        assert ReviewCycle.objects.open().filter(version=cycle.version_id).exists()


class TestEditAgainstSign:
    @pytest.fixture
    def acts(
        self, cast: Cast, now: datetime, overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[Version, Job, Job]:
        """The owner changes the title of a draft that is submitted and signed meanwhile."""
        version = draft(cast, nature="environment")
        owner, reviewer = cast.pm, cast.medical

        def send_and_sign() -> Verdict:
            cycle = submit(version.pk, by=owner, now=now)
            return give(task_of(cycle, "medical_reviewer"), reviewer)

        def edit() -> Asset:
            changes = {"title": "Autre titre"}
            return edit_asset(version.asset_id, changes=changes, reason="?", by=owner, now=now)

        overtaken.after(monkeypatch, assets, "check_can_edit_asset")
        return version, edit, send_and_sign

    @staticmethod
    def titles(version: Version) -> tuple[str, str]:
        """Return the title that was signed, and the asset's."""
        signed = json.loads(Verdict.objects.get().revision.metadata_text)["title"]
        return signed, Asset.objects.get(pk=version.asset_id).title

    def test_what_is_signed_is_what_is_kept(
        self, acts: tuple[Version, Job, Job], overtaken: Overtaken
    ) -> None:
        version, edit, send_and_sign = acts
        done = overtaken.run(edit, send_and_sign)
        assert [type(answer).__name__ for answer in done] == ["Asset", "Verdict"]
        assert self.titles(version) == ("Autre titre", "Autre titre")

    def test_without_the_lock_the_race_exists(
        self,
        acts: tuple[Version, Job, Job],
        overtaken: Overtaken,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The title changes under a verdict that was signed on the old one."""
        version, edit, send_and_sign = acts
        overtaken.insist()
        unlocked(monkeypatch)
        for module in (assets, lifecycle):
            monkeypatch.setattr(module, "lock_list_head", lambda: None)
        before = version.asset.title
        overtaken.run(edit, send_and_sign)
        assert self.titles(version) == (before, "Autre titre")


class TestTwoDelegates:
    @pytest.fixture
    def acts(
        self, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[ReviewCycle, Meeting, list[Job]]:
        """Two who stand in for the same person, each on another task of one review."""
        lender = make_person(Role.MEDICAL_REVIEWER, Role.REGULATORY_REVIEWER)
        cycle = in_review(cast)
        jobs = []
        for role, person in (("medical_reviewer", cast.legal), ("regulatory_reviewer", cast.dpo)):
            delegate(
                person.pk,
                roles=[role],
                starts_on=date(2026, 4, 14),
                ends_on=date(2026, 5, 1),
                by=lender,
                now=now,
            )
            jobs.append(signing(task_of(cycle, role), person, now, on_behalf_of=lender))
        return cycle, Meeting().after(monkeypatch, decisions, "check_can_decide"), jobs

    def test_nobody_decides_twice_through_others(
        self, acts: tuple[ReviewCycle, Meeting, list[Job]]
    ) -> None:
        cycle, _meeting, jobs = acts
        done = at_once(*jobs)
        assert sorted(type(answer).__name__ for answer in done) == ["PolicyDenied", "Verdict"]
        (refusal,) = [answer for answer in done if not isinstance(answer, Verdict)]
        assert refusal.code == "already_decided"
        assert Verdict.objects.filter(cycle=cycle).count() == 1

    def test_without_the_lock_the_race_exists(
        self, acts: tuple[ReviewCycle, Meeting, list[Job]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both are kept: one person gave two verdicts of a review."""
        cycle, meeting, jobs = acts
        meeting.insist()
        unlocked(monkeypatch)
        at_once(*jobs)
        assert Verdict.objects.filter(cycle=cycle).count() == 2


def test_two_delegates_of_one_task_decide_it_once(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lender, cycle = cast.medical, in_review(cast)
    task = task_of(cycle, "medical_reviewer")
    jobs = []
    for person in (cast.legal, cast.dpo):
        days = {"starts_on": date(2026, 4, 14), "ends_on": date(2026, 5, 1)}
        delegate(person.pk, roles=["medical_reviewer"], by=lender, now=now, **days)
        jobs.append(signing(task, person, now, on_behalf_of=lender))
    Meeting().after(monkeypatch, decisions, "check_can_decide")
    done = at_once(*jobs)
    assert sorted(type(answer).__name__ for answer in done) == ["StateConflict", "Verdict"]
    assert Verdict.objects.get(task=task).on_behalf_of == lender
