"""Versions that only wait for the pharmacist: reviewed by the whole route, cleared where needed."""

from datetime import date, datetime
from typing import Any

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.release.actions import freeze_product, release, resume, suspend, withdraw
from approvals.release.models import ProductFreezeAct, ReleaseAct
from approvals.review.actions import submit
from approvals.signatures.enums import Meaning
from content.assets.actions.facts import grant_visa
from content.assets.enums import VisaBasis
from content.assets.models import Version
from content.catalogue.models import Product
from tests.factories import T0
from tests.factories.assets import make_asset, make_version
from tests.factories.people import Cast
from tests.factories.review import approved, give_all, proof_of, reserve

VISA_STARTS, VISA_ENDS = date(2026, 4, 10), date(2028, 4, 10)


def make_cleared(
    cast: Cast,
    *,
    now: datetime = T0,
    starts_on: date = VISA_STARTS,
    ends_on: date = VISA_ENDS,
    **fields: Any,
) -> Version:
    """Return a promotional version of ``pm`` with its verdicts and a visa on its digest."""
    version = approved(cast, now=now, **fields)
    return _clear(version.pk, starts_on, ends_on, by=system_actor(), now=now)


@act("factory")
def _clear(version_id: int, starts_on: date, ends_on: date, *, by: User, now: datetime) -> Version:
    version: Version = Version.objects.get(pk=version_id)
    for transition in (version.add_to_batch, version.deposit):
        transition(at=now)
    grant_visa(
        version,
        category=version.visa_category,
        digest=version.current_revision.digest,
        basis=VisaBasis.EXPRESS,
        starts_on=starts_on,
        ends_on=ends_on,
        by=by,
        now=now,
    )
    version.grant(at=now)
    version.save()
    return version


def next_cleared(
    cast: Cast,
    old: Version,
    *,
    now: datetime = T0,
    change_kind: str = "renewal",
    starts_on: date = VISA_STARTS,
    ends_on: date = VISA_ENDS,
) -> Version:
    """Return the next version of the same asset, cleared too."""
    version = reserve(make_version(old.asset, now=now, change_kind=change_kind), now=now)
    cycle = submit(version.pk, by=version.asset.owner, now=now)
    give_all(cycle, _signers(cast, cycle), now=now)
    return _clear(version.pk, starts_on, ends_on, by=system_actor(), now=now)


def make_ready(cast: Cast, *, now: datetime = T0, **fields: Any) -> Version:
    """Return an approved version that needs no visa: by default about a disease only."""
    given = {"nature": "environment", "by": cast.pm, "products": [cast.product], **fields}
    version = make_version(make_asset(now=now, **given), now=now)
    cycle = submit(version.pk, by=version.asset.owner, now=now)
    give_all(cycle, _signers(cast, cycle), now=now)
    return Version.objects.get(pk=version.pk)  # type: ignore[no-any-return]


def _signers(cast: Cast, cycle: Any) -> list[tuple[str, User]]:
    """Return who signs each task of a cycle, stage by stage."""
    people = {
        "medical_reviewer": cast.medical,
        "regulatory_reviewer": cast.regulatory,
        "compliance_reviewer": cast.compliance,
        "responsible_pharmacist": cast.pharmacist,
    }
    return [(role["role"], people[role["role"]]) for stage in cycle.stages for role in stage]


def release_it(version: Version, by: User, *, now: datetime = T0, **given: Any) -> ReleaseAct:
    proof = proof_of(by, Meaning.RELEASE, now=now)
    return release(version.pk, credentials=proof, by=by, now=now, **given)


def suspend_it(
    version: Version, by: User, *, now: datetime = T0, reason: str = "doute", **given: Any
) -> ReleaseAct:
    proof = proof_of(by, Meaning.SUSPENSION, now=now)
    return suspend(version.pk, reason=reason, credentials=proof, by=by, now=now, **given)


def resume_it(
    version: Version, by: User, *, now: datetime = T0, reason: str = "levée", **given: Any
) -> ReleaseAct:
    proof = proof_of(by, Meaning.RESUMPTION, now=now)
    return resume(version.pk, reason=reason, credentials=proof, by=by, now=now, **given)


def withdraw_it(
    version: Version, by: User, *, now: datetime = T0, reason: str = "erreur", **given: Any
) -> ReleaseAct:
    proof = proof_of(by, Meaning.WITHDRAWAL, now=now)
    return withdraw(version.pk, reason=reason, credentials=proof, by=by, now=now, **given)


def freeze_it(
    product: Product, by: User, *, now: datetime = T0, reason: str = "PRAC", **given: Any
) -> ProductFreezeAct:
    proof = proof_of(by, Meaning.PRODUCT_FREEZE, now=now)
    return freeze_product(product.cis, reason=reason, credentials=proof, by=by, now=now, **given)
