"""The jobs of the house, each done by the person whose job it is, through the actions alone."""

import functools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from approvals.people.models import User
from approvals.release import actions as releasing
from approvals.review import actions as reviewing
from approvals.review.enums import MEANINGS
from approvals.review.models import ReviewTask
from approvals.signatures.actions import prove
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.submissions import actions as submitting
from approvals.submissions.actions.decisions import meaning_of
from approvals.submissions.models import Batch, DepositWindow, Dossier, DossierPiece
from content.assets import actions as preparing
from content.assets.models import Version
from content.calendar import paris_day
from content.catalogue.models import Product
from tests.factories.assets import make_pdf, pdf_bytes, upload
from tests.factories.people import PASSWORD, Cast


@functools.cache
def pdf_of(text: str) -> bytes:
    """Return the bytes of a PDF that says no more than its kind: made once."""
    return pdf_bytes(text)


class Walk:
    """A clock and a cast; every method is one job at the clock's instant."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast = cast
        self.now = now
        self._receipts = 0

    @property
    def today(self) -> date:
        return paris_day(self.now)

    def wait(self, **duration: int) -> None:
        self.now += timedelta(**duration)

    def proof(self, by: User, meaning: Meaning) -> Proof:
        """Return fresh credentials of a person for one meaning."""
        return prove(by=by, now=self.now, password=PASSWORD, meaning=meaning)

    def signed(self, by: User, meaning: Meaning) -> dict[str, Any]:
        """Return what every signed action asks for besides its own parameters."""
        return {"by": by, "now": self.now, "credentials": self.proof(by, meaning)}

    # Preparation and review.

    def brochure(
        self, *products: Product, nature: str = "promotional", audience: str = "hcp"
    ) -> Version:
        """``pm`` creates a brochure and the first version of it, without a file yet."""
        by = self.cast.pm if nature != "medical" else self.cast.mpm
        asset = preparing.create_asset(
            title="Brochure de consultation",
            asset_type="brochure",
            nature=nature,
            audience=audience,
            products=[product.cis for product in products],
            lead_product=products[0].cis if products else None,
            team=None if products else self.cast.cardiology.pk,
            by=by,
            now=self.now,
        )
        return preparing.create_version(asset.pk, files=[], prepared_on=None, by=by, now=self.now)

    def upload(self, version: Version, *lines: str) -> None:
        """The owner uploads a PDF that prints its reference and preparation date."""
        version = Version.objects.get(pk=version.pk)
        reference = version.reference.value if version.reference else ""
        names = version.asset.products.values_list("name", flat=True)
        file = make_pdf("\n".join([*names, reference, str(self.today), *lines]))
        preparing.upload_revision(
            version.pk,
            files=[file],
            prepared_on=self.today,
            by=version.asset.owner,
            now=self.now,
        )

    def plan(self, version: Version, window: DepositWindow) -> None:
        submitting.plan(version.pk, window=window.pk, by=version.asset.owner, now=self.now)

    def submit(self, version: Version) -> None:
        reviewing.submit(version.pk, by=version.asset.owner, now=self.now)

    def decide(self, task: ReviewTask, by: User, verdict: str = "approved", **more: Any) -> None:
        checklist = {item["key"]: {"answer": "yes", "note": ""} for item in task.checklist}
        reviewing.decide(
            task.pk,
            verdict=verdict,
            checklist=checklist,
            **more,
            **self.signed(by, MEANINGS[task.role]),
        )

    def reviewer(self, role: str) -> User:
        """The one of the cast who holds a role of the French routes."""
        names = {
            "medical_reviewer": "medical",
            "regulatory_reviewer": "regulatory",
            "compliance_reviewer": "compliance",
            "responsible_pharmacist": "pharmacist",
        }
        person: User = getattr(self.cast, names[role])
        return person

    def approve(self, version: Version) -> None:
        """Every reviewer of every stage signs ``approved``."""
        for _stage in range(4):
            tasks: Sequence[ReviewTask] = list(
                ReviewTask.objects.filter(cycle__version=version, state="open").order_by("pk")
            )
            for task in tasks:
                self.decide(task, self.reviewer(task.role))

    def approved(
        self, *products: Product, window: DepositWindow | None = None, **kind: str
    ) -> Version:
        """A version walked from creation to approval."""
        version = self.brochure(*products, **kind)
        if window is not None:
            self.plan(version, window)
        self.upload(version)
        self.submit(version)
        self.approve(version)
        return Version.objects.get(pk=version.pk)

    # The authority.

    def deposit(self, version: Version, window: DepositWindow) -> int:
        """``regulatory`` batches, freezes and deposits a version; return its dossier's id."""
        by = self.cast.regulatory
        batch: Batch = submitting.create_batch(window=window.pk, by=by, now=self.now)
        dossier = self.add(batch, version)
        self.freeze_batch(batch)
        self.record_deposit(dossier)
        return int(dossier.pk)

    def add(self, batch: Batch, version: Version) -> Dossier:
        """``regulatory`` puts a version into a batch and completes its dossier."""
        by = self.cast.regulatory
        dossier = submitting.add_to_batch(batch.pk, version=version.pk, by=by, now=self.now)
        self._receipts += 1
        receipt = f"{self._receipts:011d}"
        context = dossier.context or "campaign"
        changes = {"receipt_number": receipt, "context": context}
        if context == "renewal":
            changes["modified_elements"] = "Rien d’autre que les dates."
        submitting.edit_dossier(
            dossier.pk,
            changes=changes,
            by=by,
            now=self.now,
        )
        for kind in ("receipt", "smpc"):
            self.add_piece(dossier, kind, f"{receipt}.pdf")
        return dossier

    def add_piece(self, dossier: Dossier, kind: str, name: str) -> DossierPiece:
        return submitting.add_piece(
            dossier.pk,
            kind=kind,
            file=upload(name, pdf_of(kind)),
            by=self.cast.regulatory,
            now=self.now,
        )

    def freeze_batch(self, batch: Batch) -> None:
        by = self.cast.regulatory
        submitting.freeze_batch(batch.pk, **self.signed(by, Meaning.BATCH_FREEZE))

    def record_deposit(self, dossier: Dossier, *, at: datetime | None = None) -> None:
        """``regulatory`` records a deposit, made now unless said otherwise, with its proof."""
        proof = self.add_piece(dossier, "proof", "accuse.pdf")
        submitting.deposit(
            dossier.pk,
            deposited_at=at or self.now,
            portal_number=f"P-{dossier.pk:011d}",
            proof=proof.pk,
            **self.signed(self.cast.regulatory, Meaning.DEPOSIT),
        )

    def decision(
        self,
        dossier: int,
        outcome: str = "granted",
        reason: str = "",
        *,
        decided_on: date | None = None,
    ) -> None:
        submitting.decide(
            dossier,
            outcome=outcome,
            decided_on=decided_on or self.today,
            reason=reason,
            **self.signed(self.cast.regulatory, meaning_of(outcome)),
        )

    def cleared(self, *products: Product, window: DepositWindow) -> Version:
        """A promotional version walked from creation to the authority's grant."""
        version = self.approved(*products, window=window)
        self.decision(self.deposit(version, window))
        return Version.objects.get(pk=version.pk)

    # The pharmacist.

    def release(self, version: Version, **more: Any) -> Version:
        releasing.release(version.pk, **more, **self.signed(self.cast.pharmacist, Meaning.RELEASE))
        return Version.objects.get(pk=version.pk)

    def suspend(self, version: Version, **more: Any) -> None:
        releasing.suspend(
            version.pk,
            reason="doute",
            **more,
            **self.signed(self.cast.pharmacist, Meaning.SUSPENSION),
        )

    def resume(self, version: Version, **more: Any) -> None:
        releasing.resume(
            version.pk,
            reason="doute levé",
            **more,
            **self.signed(self.cast.pharmacist, Meaning.RESUMPTION),
        )

    def withdraw(self, version: Version, **more: Any) -> None:
        releasing.withdraw(
            version.pk,
            reason="obsolète",
            **more,
            **self.signed(self.cast.pharmacist, Meaning.WITHDRAWAL),
        )

    def freeze(self, product: Product, **more: Any) -> None:
        releasing.freeze_product(
            product.cis,
            reason="réévaluation du bénéfice/risque",
            **more,
            **self.signed(self.cast.pharmacist, Meaning.PRODUCT_FREEZE),
        )

    def unfreeze(self, product: Product) -> None:
        releasing.unfreeze_product(
            product.cis,
            reason="réévaluation close",
            **self.signed(self.cast.pharmacist, Meaning.PRODUCT_UNFREEZE),
        )
