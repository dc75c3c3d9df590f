"""What the stories of the demonstration act with: people, windows, and every act at its hour."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.desk.demo.cast import PASSWORD
from approvals.desk.demo.papers import Paper, letter, upload
from approvals.people.models import User
from approvals.release import actions as releasing
from approvals.review import actions as review
from approvals.review.enums import MEANINGS
from approvals.review.models import Comment, ReviewTask
from approvals.signatures.actions import prove
from approvals.signatures.enums import Meaning
from approvals.submissions import actions as submissions
from approvals.submissions.models import Batch, DepositWindow, Dossier
from content.access.models import Team
from content.assets import actions as assets
from content.assets.models import Version
from content.calendar import PARIS, paris_day
from content.catalogue.actions import add_source_document
from content.catalogue.models import Product

REVIEWERS = {
    "medical_reviewer": "medical",
    "regulatory_reviewer": "regulatory",
    "compliance_reviewer": "compliance",
    "legal_reviewer": "legal",
    "dpo": "dpo",
    "therapeutic_area_director": "director",
    "responsible_pharmacist": "pharmacist",
}


@dataclass(frozen=True)
class Piece:
    """What a story makes: an asset's identity and who owns it."""

    title: str
    asset_type: str = "brochure"
    owner: str = "pm"
    nature: str = "promotional"
    audience: str = "hcp"
    product: Product | None = None
    team: str = ""


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """Return an instant of a Paris day."""
    return datetime.combine(day, time(hour, minute), tzinfo=PARIS)


@dataclass
class World:
    """The people and teams, and the hour at which the next act happens."""

    people: dict[str, User]
    teams: dict[str, Team]
    present: datetime
    now: datetime = field(init=False)
    receipts: int = 24_000_000_000

    def __post_init__(self) -> None:
        self.now = self.present

    @property
    def today(self) -> date:
        return paris_day(self.present)

    def days(self, count: int) -> date:
        """Return the day that is so many days from today (negative: before)."""
        return self.today + timedelta(days=count)

    def _by(self, who: str) -> dict[str, Any]:
        return {"by": self.people[who], "now": self.now}

    def _signed(self, who: str, meaning: Meaning) -> dict[str, Any]:
        proof = prove(password=PASSWORD, meaning=meaning, **self._by(who))
        return {"credentials": proof, **self._by(who)}

    def name_leads(self) -> None:
        """Let somebody share out the tasks of each of the first roles."""
        for role, who in (("medical_reviewer", "medical2"), ("regulatory_reviewer", "regulatory2")):
            review.name_lead(
                self.people[who], role, reason="Organisation du service.", **self._by("admin")
            )

    # The owner's acts.

    def create(self, piece: Piece) -> Version:
        """Create an asset and open its first version, without a file yet."""
        asset = assets.create_asset(
            title=piece.title,
            asset_type=piece.asset_type,
            nature=piece.nature,
            audience=piece.audience,
            products=[piece.product.cis] if piece.product else [],
            lead_product=piece.product.cis if piece.product else None,
            team=self.teams[piece.team].pk if piece.team else None,
            department="Marketing",
            **self._by(piece.owner),
        )
        return assets.create_version(asset.pk, **self._by(piece.owner))

    def next_version(self, before: Version, *, change_kind: str, summary: str) -> Version:
        """Open the next version of an asset."""
        owner = before.asset.owner.username
        return assets.create_version(
            before.asset_id, change_kind=change_kind, change_summary=summary, **self._by(owner)
        )

    def plan(self, version: Version, window: DepositWindow, day: date) -> None:
        who = version.asset.owner.username
        submissions.plan(version.pk, window=window.pk, planned_on=day, **self._by(who))

    def upload(self, version: Version, *, note: str = "") -> None:
        """Upload the document, with its reference printed where it has one."""
        fresh = Version.objects.with_asset().get(pk=version.pk)
        asset = fresh.asset
        paper = Paper(
            title=asset.title,
            products=list(asset.products.order_by("cis")),
            prepared_on=paris_day(self.now),
            reference=fresh.reference.value if fresh.reference else "",
            public=asset.audience == "public",
            promotional=asset.is_promotional,
            note=note,
        )
        assets.upload_revision(
            version.pk,
            files=[upload(paper, f"{asset.code}-v{fresh.number}.pdf")],
            prepared_on=paper.prepared_on,
            change_summary=note,
            **self._by(asset.owner.username),
        )

    def invite(self, version: Version, agency: str) -> None:
        """Let an agency see the version, and upload to it."""
        who = version.asset.owner.username
        assets.invite(version.pk, self.people[agency], **self._by(who))

    def submit(self, version: Version) -> None:
        review.submit(version.pk, **self._by(version.asset.owner.username))

    def cancel(self, version: Version, reason: str) -> None:
        review.cancel(version.pk, reason=reason, **self._by(version.asset.owner.username))

    # The reviewers' acts.

    def open_tasks(self, version: Version) -> list[ReviewTask]:
        return list(ReviewTask.objects.open().filter(cycle__version=version.pk).order_by("pk"))

    def approve(self, version: Version, *, only: Iterable[str] = ()) -> None:
        """Let each reviewer whose task is open approve; ``only``: just these people."""
        wanted = set(only)
        for task in self.open_tasks(version):
            who = REVIEWERS[task.role]
            if not wanted or who in wanted:
                self.decide(task, who)

    def require_changes(self, version: Version, who: str, comment: str) -> None:
        """Let one reviewer require changes, and the others of the stage approve."""
        for task in self.open_tasks(version):
            if REVIEWERS[task.role] == who:
                self.decide(task, who, "changes_required", comment=comment)
            else:
                self.decide(task, REVIEWERS[task.role])

    def comment(
        self,
        version: Version,
        who: str,
        body: str,
        anchor: dict[str, Any],
        *,
        severity: str = "suggestion",
    ) -> Comment:
        """Draw a comment on the document."""
        said: dict[str, Any] = {"body": body, "severity": severity, "anchor": anchor}
        return review.comment(version.pk, **said, **self._by(who))

    def reply(self, comment: Comment, who: str, body: str) -> None:
        review.reply(comment.pk, body=body, **self._by(who))

    def decide(self, task: ReviewTask, who: str, verdict: str = "approved", **more: Any) -> None:
        answers = {item["key"]: {"answer": "yes", "note": ""} for item in task.checklist}
        signed = self._signed(who, MEANINGS[task.role])
        review.decide(task.pk, verdict=verdict, checklist=answers, **more, **signed)

    # Regulatory's acts.

    def window(self, category: str, opens_on: date, closes_on: date) -> DepositWindow:
        """Record a window, labelled as made up for the demonstration."""
        return submissions.record_window(
            category=category,
            opens_on=opens_on,
            closes_on=closes_on,
            made_up=True,
            source="made up for the demonstration",
            **self._by("regulatory"),
        )

    def keep_smpc(self, product: Product) -> None:
        """Keep the SmPC of a product: a made-up one of a few lines."""
        content = letter(
            "Résumé des caractéristiques du produit",
            product.name,
            f"Composition : {product.substances or 'voir la notice'}.",
            "4.1 Indications thérapeutiques : traitement de fond chez l'adulte.",
            "4.2 Posologie : un comprimé par jour, à heure fixe.",
            "4.3 Contre-indications : hypersensibilité à l'un des composants.",
            "4.8 Effets indésirables : céphalées, nausées.",
            "Document inventé pour la démonstration.",
        )
        add_source_document(
            product.pk,
            kind="smpc",
            dated=self.days(-400),
            title=f"RCP {product.name}"[:200],
            file=SimpleUploadedFile("rcp.pdf", content, content_type="application/pdf"),
            **self._by("regulatory"),
        )

    def batch(self, window: DepositWindow) -> Batch:
        return submissions.create_batch(window=window.pk, **self._by("regulatory"))

    def add(self, batch: Batch, version: Version) -> Dossier:
        return submissions.add_to_batch(batch.pk, version=version.pk, **self._by("regulatory"))

    def complete(self, dossier: Dossier) -> None:
        """Give a dossier its context, its fee receipt and the SmPC."""
        self.receipts += 1
        number = str(self.receipts)
        changes = {"receipt_number": number, "context": dossier.context or "campaign"}
        if dossier.former_reference:
            changes["modified_elements"] = "Mise à jour des données et des mentions."
        submissions.edit_dossier(dossier.pk, changes=changes, **self._by("regulatory"))
        text = letter("Quittance", f"Redevance de publicité, quittance {number}.", "510 EUR")
        self._piece(dossier, "receipt", f"{number}.pdf", text)
        self._piece(dossier, "smpc", "rcp.pdf", letter("Résumé des caractéristiques du produit"))

    def _piece(self, dossier: Dossier, kind: str, name: str, content: bytes) -> int:
        file = SimpleUploadedFile(name, content, content_type="application/pdf")
        piece = submissions.add_piece(dossier.pk, kind=kind, file=file, **self._by("regulatory"))
        return piece.pk

    def freeze(self, batch: Batch) -> None:
        submissions.freeze_batch(batch.pk, **self._signed("regulatory", Meaning.BATCH_FREEZE))

    def deposit(self, dossier: Dossier) -> None:
        number = f"DEMO-{dossier.pk:06d}"
        text = letter("Accusé de réception", f"Démarche {number} déposée.", str(self.now))
        submissions.deposit(
            dossier.pk,
            deposited_at=self.now,
            portal_number=number,
            proof=self._piece(dossier, "proof", f"{number}.pdf", text),
            **self._signed("regulatory", Meaning.DEPOSIT),
        )

    def authority_decides(self, dossier: Dossier, outcome: str, reason: str = "") -> None:
        """Record what the authority decided on the story's day."""
        tacit = outcome == "tacit"
        meaning = Meaning.TACIT_GRANT_CONFIRMED if tacit else Meaning.DECISION
        submissions.decide(
            dossier.pk,
            outcome=outcome,
            decided_on=paris_day(self.now),
            reason=reason,
            **self._signed("regulatory", meaning),
        )

    # The pharmacist's acts.

    def release(self, version: Version) -> None:
        releasing.release(version.pk, **self._signed("pharmacist", Meaning.RELEASE))

    def suspend(self, version: Version, reason: str) -> None:
        signed = self._signed("pharmacist", Meaning.SUSPENSION)
        releasing.suspend(version.pk, reason=reason, **signed)

    def withdraw(self, version: Version, reason: str) -> None:
        signed = self._signed("pharmacist", Meaning.WITHDRAWAL)
        releasing.withdraw(version.pk, reason=reason, **signed)
