"""Versions under review: submitted, decided, approved, through the actions."""

import itertools
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from approvals.people.models import User
from approvals.review.actions import answer_changes, carry, decide, submit
from approvals.review.enums import MEANINGS, Outcome
from approvals.review.models import Carry, RequestedChange, ReviewCycle, ReviewTask, Verdict
from approvals.signatures.actions import prove
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from content.assets.actions import upload_revision
from content.assets.actions.facts import give_reference
from content.assets.models import Version
from content.catalogue.models import Product
from tests.factories import T0
from tests.factories.assets import PREPARED_ON, make_asset, make_pdf, make_version
from tests.factories.people import PASSWORD, Cast

_numbers = itertools.count(1)


def reserve(version: Version, *, by: User | None = None, now: datetime = T0) -> Version:
    """Give a version its reference, as planning a window does; return the version."""
    number = next(_numbers)
    cis = version.asset.lead_product.cis
    category = version.visa_category or "PM"
    give_reference(
        version,
        value=f"26/04/{cis}/{category}/{number:03d}",
        cis=cis,
        category=category,
        year=2026,
        month=4,
        number=number,
        by=by or version.asset.owner,
        now=now,
    )
    return version


def draft(
    cast: Cast,
    *,
    planned: bool = True,
    files: list[Any] | None = None,
    product: Product | None = None,
    **fields: Any,
) -> Version:
    """Return a brochure of the cast's ``pm``, a draft with its window planned."""
    asset = make_asset(by=cast.pm, products=[product or cast.product], **fields)
    version = make_version(asset, files=files)
    return reserve(version) if planned and version.needs_visa else version


def in_review(cast: Cast, *, now: datetime = T0, **fields: Any) -> ReviewCycle:
    """Return the first cycle of a brochure that ``pm`` just submitted."""
    version = draft(cast, **fields)
    return submit(version.pk, by=version.asset.owner, now=now)


def task_of(cycle: ReviewCycle, role: str) -> ReviewTask:
    task: ReviewTask = ReviewTask.objects.get(cycle=cycle, role=role)
    return task


def proof_of(by: User, meaning: Meaning, *, now: datetime = T0) -> Proof:
    return prove(by=by, now=now, password=PASSWORD, meaning=meaning)


def yes_to_all(task: ReviewTask) -> dict[str, dict[str, str]]:
    """Answer every question of a task's checklist with yes."""
    return {question["key"]: {"answer": "yes"} for question in task.questions}


def give(
    task: ReviewTask,
    by: User,
    verdict: str = Outcome.APPROVED,
    *,
    now: datetime = T0,
    **fields: Any,
) -> Verdict:
    """Sign a verdict, with a full checklist and what the verdict owes unless said otherwise."""
    fields.setdefault("checklist", yes_to_all(task))
    if verdict == Outcome.CHANGES_REQUIRED:
        fields.setdefault("comment", "Revoir la page 2.")
    if verdict == Outcome.APPROVED_WITH_CHANGES:
        fields.setdefault("changes", ["Corriger la posologie."])
    proof = proof_of(by, MEANINGS[task.role], now=now)
    return decide(task.pk, verdict=verdict, credentials=proof, by=by, now=now, **fields)


def give_all(cycle: ReviewCycle, people: Iterable[tuple[str, User]], *, now: datetime = T0) -> None:
    """Approve in turn, each by who is named for the role."""
    for role, person in people:
        give(task_of(cycle, role), person, now=now)


def first_stage(cast: Cast) -> list[tuple[str, User]]:
    return [
        ("medical_reviewer", cast.medical),
        ("regulatory_reviewer", cast.regulatory),
        ("compliance_reviewer", cast.compliance),
    ]


def everyone(cast: Cast) -> list[tuple[str, User]]:
    """Who signs a promotional brochure, in order."""
    return [*first_stage(cast), ("responsible_pharmacist", cast.pharmacist)]


def approved(cast: Cast, *, now: datetime = T0, **fields: Any) -> Version:
    """Return a version that the whole route approved."""
    cycle = in_review(cast, now=now, **fields)
    give_all(cycle, everyone(cast), now=now)
    version: Version = Version.objects.get(pk=cycle.version_id)
    return version


def sign_carry(version: Version, by: User, *, now: datetime = T0, **fields: Any) -> Carry:
    """Sign a carry on a version."""
    fields.setdefault("reason", "Corrigé comme demandé.")
    proof = proof_of(by, Meaning.CARRY, now=now)
    return carry(version.pk, credentials=proof, by=by, now=now, **fields)


def correct(version: Version, *, text: str = "CORRIGE", now: datetime = T0) -> Version:
    """Upload a corrected revision as the owner; return the version as it is then."""
    upload_revision(
        version.pk,
        files=[make_pdf(text)],
        prepared_on=PREPARED_ON,
        by=version.asset.owner,
        now=now,
    )
    kept: Version = Version.objects.get(pk=version.pk)
    return kept


def answer_all(version: Version, *, now: datetime = T0) -> None:
    """Answer every standing change as the owner."""
    asked = RequestedChange.objects.standing().unconfirmed().filter(verdict__cycle__version=version)
    answers = [{"change": change.pk, "evidence": "page 2"} for change in asked]
    answer_changes(version.pk, answers=answers, by=version.asset.owner, now=now)


def resubmitted(version: Version, *, now: datetime = T0, text: str = "CORRIGE") -> ReviewCycle:
    """Correct, answer and submit again."""
    correct(version, text=text, now=now)
    answer_all(version, now=now)
    return submit(version.pk, by=version.asset.owner, now=now)
