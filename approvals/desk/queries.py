"""What the desk asks of several apps at once about one version."""

from typing import Any

from django.db.models import QuerySet

from approvals.people.enums import Role
from approvals.people.models import User
from approvals.release.models import ImpactDecision, ReleaseAct
from approvals.review.models import Carry, ReviewTask, Verdict
from approvals.signatures.models import Signature
from approvals.submissions.models import BatchSeal, Decision, Dossier
from content.assets.models import AssetProduct, Dependency, Version
from content.catalogue.models import Product, ProductAlert


def signatures_on(version: Version) -> list[Any]:
    """Return the signatures of every act on a version, oldest first, each with its revision.

    An act points to its signature (ARCHITECTURE.md): they are found through the acts.
    """
    acts = (
        Verdict.objects.filter(cycle__version=version).values_list("signature"),
        Carry.objects.filter(version=version).values_list("signature"),
        ReleaseAct.objects.filter(version=version).values_list("signature"),
        ImpactDecision.objects.filter(version=version).values_list("signature"),
        BatchSeal.objects.filter(batch__dossiers__version=version).values_list("signature"),
        Decision.objects.filter(dossier__version=version).values_list("signature"),
        Dossier.objects.filter(version=version, deposit_signature__isnull=False).values_list(
            "deposit_signature"
        ),
    )
    first, *others = (rows.order_by() for rows in acts)
    found = Signature.objects.filter(pk__in=[pk for (pk,) in first.union(*others)])
    revisions = {str(revision.pk): revision.number for revision in version.revisions.all()}
    lines: list[Any] = list(found.order_by("signed_at", "pk"))
    for line in lines:
        covered = [c for c in line.covers if c["id"] in revisions and "revision" in c["label"]]
        line.revision = revisions[covered[0]["id"]] if covered else None
        line.digest = covered[0]["digest"] if covered else ""
        # A carry names two: the digest that was decided on, and the one that it holds for.
        line.covered = [(revisions[c["id"]], c["digest"]) for c in covered]
        line.role_label = Role(line.role).label if line.role in Role.values else line.role
    return lines


def tasks_of(version: Version) -> list[ReviewTask]:
    """Return the tasks of the version's last cycle, in the order of its stages."""
    last = version.cycles.order_by("-number").values("pk")[:1]
    tasks = ReviewTask.objects.filter(cycle__in=list(last.values_list("pk", flat=True)))
    return list(
        tasks.select_related("assignee", "cycle")
        .prefetch_related("verdicts__decided_by", "verdicts__on_behalf_of")
        .order_by("stage", "pk")
    )


def in_materials() -> QuerySet[Product]:
    """Return the products that an asset names, or ever named."""
    named = AssetProduct.history.values("product")  # type: ignore[attr-defined]
    return Product.objects.filter(pk__in=named)


def facts_to_confirm() -> QuerySet[ProductAlert]:
    """Return what waits to be confirmed about the products of materials, the oldest first."""
    alerts = ProductAlert.objects.open().filter(product__in=in_materials())
    return alerts.select_related("product").order_by("noticed_at", "pk")


def needs(version: Version) -> list[Dependency]:
    """Return what a version needs, may include or cites."""
    rows = version.dependencies.select_related("target__asset", "document__product")
    return list(rows.order_by("kind", "pk"))


def needed_by(version: Version, by: User) -> list[Dependency]:
    """Return what needs, may include or replaces a version, as far as a person may see."""
    seen = Version.objects.visible_to(by)
    rows = version.dependents.filter(dependent__in=seen).select_related("dependent__asset")
    return list(rows.order_by("kind", "pk"))
