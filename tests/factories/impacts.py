"""Source documents that versions cite, and the decisions on what a newer one makes wrong."""

import itertools
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.release.actions import decide_impact
from approvals.release.models import ImpactDecision, ImpactList
from approvals.signatures.enums import Meaning
from content.assets.enums import DependencyKind
from content.assets.models import Dependency, Version
from content.catalogue.actions import add_source_document
from content.catalogue.models import Product, SourceDocument
from tests.factories import T0, keep
from tests.factories.review import proof_of

_contents = itertools.count(1)


def add_document(
    product: Product,
    by: User,
    *,
    dated: date = date(2026, 1, 15),
    kind: str = "smpc",
    now: datetime = T0,
    file: Any = None,
) -> SourceDocument:
    """Keep a document of its own bytes, unless a file is given."""
    content = b"%%PDF-1.7\n%d\n%%%%EOF" % next(_contents)
    return add_source_document(
        product.pk,
        kind=kind,
        dated=dated,
        title=f"{kind} {dated}",
        file=file or SimpleUploadedFile("source.pdf", content),
        by=by,
        now=now,
    )


def cite(version: Version, document: SourceDocument) -> Version:
    """Let a version cite a document, whatever its state: as if it had when it was a draft."""
    row = Dependency(dependent=version, kind=DependencyKind.CITES, document=document)
    keep(row, by=system_actor())
    return version


def impact_on(
    product: Product, by: User, *citing: Version, kind: str = "smpc", now: datetime = T0
) -> ImpactList:
    """Return the list that a newer document opens about versions that cite the old one."""
    old = add_document(product, by, kind=kind, now=now)
    for version in citing:
        cite(version, old)
    new = add_document(product, by, kind=kind, dated=date(2026, 4, 1), now=now)
    impact: ImpactList = ImpactList.objects.get(document=new)
    return impact


def decide_on(
    impact: ImpactList, version: Version, by: User, *, now: datetime = T0, **given: Any
) -> ImpactDecision:
    proof = proof_of(by, Meaning.IMPACT_DECISION, now=now)
    values = {"outcome": "keep", "reason": "chiffres inchangés", **given}
    return decide_impact(impact.pk, version.pk, credentials=proof, by=by, now=now, **values)
