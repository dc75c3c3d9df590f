"""Windows, planned versions, and batches at every step, through the actions."""

import io
import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.audit import act
from approvals.people.models import User
from approvals.signatures.actions import prove
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.submissions.actions import (
    add_piece,
    add_to_batch,
    correct_decision,
    create_batch,
    decide,
    deposit,
    edit_dossier,
    freeze_batch,
    plan,
)
from approvals.submissions.actions.decisions import meaning_of
from approvals.submissions.models import Batch, Decision, DepositWindow, Dossier, DossierPiece
from content import files as storage
from content.assets.digests import canonical_metadata, digest_of
from content.assets.enums import ChangeKind, FileFormat, State
from content.assets.models import Asset, AssetProduct, AssetType, Revision, RevisionFile, Version
from content.catalogue.models import Jurisdiction, Product, VisaRule
from tests.factories import T0
from tests.factories.people import PASSWORD, Cast

_numbers = itertools.count(1)
_receipts = itertools.count(10_000_000_001)


def text_pdf(text: str) -> bytes:
    """Return a small PDF of one page that shows a line of text."""
    stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(
        b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    )
    return out.getvalue()


def upload(name: str = "piece.pdf", content: bytes = b"%PDF-1.4 piece") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def window_of(closes_on: date, category: str = "PM") -> DepositWindow:
    """Return the shipped window that closes on a day."""
    found: DepositWindow = DepositWindow.objects.get(category=category, closes_on=closes_on)
    return found


def pm_window() -> DepositWindow:
    """The PM window of April 2026 (7 to 24), in which ``T0`` lies."""
    return window_of(date(2026, 4, 24))


def proof_for(by: User, meaning: Meaning, now: datetime = T0) -> Proof:
    """Prove a person's password for one signature."""
    return prove(by=by, now=now, password=PASSWORD, meaning=meaning)


def make_draft(
    cast: Cast,
    *,
    product: Product | None = None,
    audience: str = "hcp",
    nature: str = "promotional",
    change_kind: str = ChangeKind.CONTENT,
    support_kind: str = "brochure",
    asset: Asset | None = None,
    owner: User | None = None,
    safety_information: bool = False,
    now: datetime = T0,
) -> Version:
    """Create a draft without files; its need of a visa follows the jurisdiction's rules."""
    fields: dict[str, Any] = {
        "product": product or cast.product,
        "audience": audience,
        "nature": nature,
        "change_kind": change_kind,
        "support_kind": support_kind,
        "asset": asset,
        "safety_information": safety_information,
    }
    return _draft(fields, by=owner or cast.pm, now=now)


@act("factory")
def _draft(fields: dict[str, Any], *, by: User, now: datetime) -> Version:
    jurisdiction = Jurisdiction.objects.get(code="FR")
    asset = fields["asset"] or _asset(fields, jurisdiction, by, now)
    rule = VisaRule.objects.filter(
        jurisdiction=jurisdiction, nature=asset.nature, audience=asset.audience
    ).first()
    version = Version(
        asset=asset,
        number=asset.versions.count() + 1,
        change_kind=fields["change_kind"],
        created_by=by,
        created_at=now,
        state_since=now,
        needs_visa=rule is not None,
        visa_category=rule.category if rule else "",
    )
    version.save()
    return version


def _asset(fields: dict[str, Any], jurisdiction: Jurisdiction, by: User, now: datetime) -> Asset:
    code = f"test_{fields['support_kind'].replace(' ', '_')}"
    asset_type = AssetType.objects.filter(code=code).first()
    if asset_type is None:
        asset_type = AssetType(
            code=code, name_fr=code, name_en=code, support_kind=fields["support_kind"]
        )
        asset_type.save()
    asset = Asset(
        code=f"FR-2026-9{next(_numbers):05d}",
        title="Brochure",
        asset_type=asset_type,
        nature=fields["nature"],
        audience=fields["audience"],
        lead_product=fields["product"],
        jurisdiction=jurisdiction,
        safety_information=fields["safety_information"],
        owner=by,
        created_at=now,
    )
    asset.save()
    AssetProduct(asset=asset, product=fields["product"]).save()
    return asset


def approve(
    version: Version,
    *,
    text: str = "Bonjour",
    content: bytes | None = None,
    file_format: str = FileFormat.PDF,
    now: datetime = T0,
) -> Version:
    """Give a draft a frozen file that shows a text, and walk it to approved."""
    return _approve(
        version.pk, content or text_pdf(text), file_format, by=version.created_by, now=now
    )


@act("factory")
def _approve(
    version_id: int, content: bytes, file_format: str, *, by: User, now: datetime
) -> Version:
    version = Version.objects.with_asset().get(pk=version_id)
    stored = storage.keep(ContentFile(content))
    revision = Revision(
        version=version,
        number=1,
        prepared_on=date(2026, 4, 1),
        uploaded_by=by,
        uploaded_at=now,
        frozen_at=now,
    )
    revision.metadata_text = canonical_metadata(version, revision)
    revision.digest = digest_of(revision.metadata_text, [stored.sha256])
    revision.save()
    RevisionFile(
        revision=revision,
        position=1,
        name=f"file.{file_format}",
        format=file_format,
        size=stored.size,
        sha256=stored.sha256,
    ).save()
    version.submit(at=now)
    version.save()
    version.approve(at=now)
    version.save()
    return version


def make_approved(
    cast: Cast, window: DepositWindow | None = None, *, now: datetime = T0, **fields: Any
) -> Version:
    """Create an approved version, planned for a window, whose file shows its reference."""
    version = make_draft(cast, now=now, **fields)
    reference = plan(version.pk, window=(window or pm_window()).pk, by=version.asset.owner, now=now)
    return approve(version, text=f"Ref. {reference.value}", now=now)


def make_batch(
    cast: Cast,
    *versions: Version,
    window: DepositWindow | None = None,
    complete: bool = True,
    now: datetime = T0,
) -> Batch:
    """Open a batch that holds versions, each with all it owes where ``complete``."""
    batch = create_batch(window=(window or pm_window()).pk, by=cast.regulatory, now=now)
    for version in versions:
        dossier = add_to_batch(batch.pk, version=version.pk, by=cast.regulatory, now=now)
        if complete:
            fill_in(cast, dossier, now=now)
    return batch


def fill_in(cast: Cast, dossier: Dossier, *, now: datetime = T0) -> None:
    """Give a dossier its receipt, its SmPC, and the context where nothing tells it."""
    number = str(next(_receipts))
    for kind, name in (("receipt", f"{number}.pdf"), ("smpc", "rcp.pdf")):
        add_piece(dossier.pk, kind=kind, file=upload(name), by=cast.regulatory, now=now)
    changes = {"receipt_number": number, "context": dossier.context or "campaign"}
    if dossier.former_reference:
        changes["modified_elements"] = "Mise à jour des mentions."
    edit_dossier(dossier.pk, changes=changes, by=cast.regulatory, now=now)


def freeze(cast: Cast, batch: Batch, *, now: datetime = T0) -> Batch:
    credentials = proof_for(cast.regulatory, Meaning.BATCH_FREEZE, now)
    return freeze_batch(batch.pk, credentials=credentials, by=cast.regulatory, now=now)


def proof_piece(cast: Cast, dossier: Dossier, *, now: datetime = T0) -> DossierPiece:
    return add_piece(dossier.pk, kind="proof", file=upload("ar.pdf"), by=cast.regulatory, now=now)


def record_deposit(
    cast: Cast, dossier: Dossier, *, deposited_at: datetime | None = None, now: datetime = T0
) -> Dossier:
    """Record a dossier's deposit with its proof."""
    return deposit(
        dossier.pk,
        deposited_at=deposited_at or now,
        portal_number="DS-123456",
        proof=proof_piece(cast, dossier, now=now).pk,
        credentials=proof_for(cast.regulatory, Meaning.DEPOSIT, now),
        by=cast.regulatory,
        now=now,
    )


def make_deposited(cast: Cast, *, now: datetime = T0, **fields: Any) -> Dossier:
    """Create a version and bring its dossier to the authority."""
    window = fields.pop("window", None)
    version = make_approved(cast, window, now=now, **fields)
    batch = freeze(cast, make_batch(cast, version, window=window, now=now), now=now)
    dossier: Dossier = batch.dossiers.get(version=version)
    return record_deposit(cast, dossier, now=now)


def record_decision(
    cast: Cast,
    dossier: Dossier,
    outcome: str = "granted",
    *,
    decided_on: date = date(2026, 6, 10),
    now: datetime = datetime(2026, 6, 15, 8, tzinfo=UTC),
    **fields: Any,
) -> Decision:
    """Record the authority's decision on a dossier."""
    return decide(
        dossier.pk,
        outcome=outcome,
        decided_on=decided_on,
        credentials=proof_for(cast.regulatory, meaning_of(outcome), now),
        by=cast.regulatory,
        now=now,
        **fields,
    )


def record_correction(
    cast: Cast,
    dossier: Dossier,
    outcome: str,
    *,
    decided_on: date = date(2026, 6, 11),
    reason: str = "Mal lu.",
    now: datetime = datetime(2026, 7, 1, 8, tzinfo=UTC),
    **fields: Any,
) -> Decision:
    """Correct the decision on a dossier."""
    return correct_decision(
        dossier.pk,
        outcome=outcome,
        decided_on=decided_on,
        reason=reason,
        credentials=proof_for(cast.regulatory, Meaning.CORRECTION, now),
        by=cast.regulatory,
        now=now,
        **fields,
    )


def later(days: int, now: datetime = T0) -> datetime:
    return now + timedelta(days=days)


def state_of(version: Version) -> State:
    return State(Version.objects.values_list("state", flat=True).get(pk=version.pk))
