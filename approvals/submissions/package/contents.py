"""What goes into a package, told in the freeze as plain JSON values: everything is made from it.

In French whatever the language of who freezes: the authority reads it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.utils import translation

from approvals.submissions.enums import Context, PieceKind
from approvals.submissions.form import form_answers
from approvals.submissions.models import Batch, BatchSeal, Dossier, DossierPiece
from approvals.submissions.package.names import Names
from content.files import keep, open_stored

FORMAT = "imprimatur-package-1"
LANGUAGE = "fr"
SUPPORT_FOLDER = "support"
# Where each kind of piece lies in its dossier's folder. The proof of a deposit comes after it.
FOLDERS: dict[str, str] = {
    PieceKind.RECEIPT: "",
    PieceKind.REFERENCE: "references",
    PieceKind.SMPC: "rcp",
    PieceKind.SCRIPT: "script",
    PieceKind.LETTER: "lettres",
    PieceKind.OTHER: "autres",
}


def keep_contents(seal: BatchSeal, dossiers: Sequence[Dossier]) -> str:
    """Write down what a freeze covers, keep the text as files are kept, return its SHA-256."""
    found = Dossier.objects.filter(pk__in=[dossier.pk for dossier in dossiers]).with_page()
    found = found.select_related("version__asset__lead_product").prefetch_related(
        "revision__files", "version__asset__products", "pieces"
    )
    with translation.override(LANGUAGE):
        contents = contents_of(seal, list(found))
    return keep(ContentFile(as_json(contents))).sha256


def read_contents(sha256: str) -> dict[str, Any]:
    """Return what was written in the freeze.

    :raises StoredFileFault: if it is absent or altered.
    """
    with open_stored(sha256) as stored:
        told: dict[str, Any] = json.load(stored)
    return told


def as_json(told: Any) -> bytes:
    """Return JSON as a person reads it; the same values give the same bytes."""
    return (json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def contents_of(seal: BatchSeal, dossiers: Sequence[Dossier]) -> dict[str, Any]:
    """Return the whole of a package as JSON values, its dossiers by their references."""
    folders = Names()
    in_order = sorted(dossiers, key=lambda dossier: dossier.reference.value)
    return {
        "format": FORMAT,
        "batch": _batch(seal.batch),
        "frozen_at": _utc(seal.sealed_at),
        "signature": _signature(seal),
        "dossiers": [_dossier(one, folders) for one in in_order],
    }


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def _batch(batch: Batch) -> dict[str, Any]:
    window = batch.window
    return {
        "number": batch.pk,
        "name": str(batch),
        "category": batch.category,
        "window": None
        if window is None
        else {
            "authority": window.authority,
            "opens_on": window.opens_on.isoformat(),
            "closes_on": window.closes_on.isoformat(),
            "evaluation_ends_on": window.evaluation_ends_on.isoformat(),
        },
    }


def _signature(seal: BatchSeal) -> dict[str, Any]:
    """Return who froze it, with name and role as they were then."""
    signature = seal.signature
    return {
        "number": signature.pk,
        "name": signature.name,
        "username": signature.username,
        "role": signature.role,
        "meaning": str(signature.get_meaning_display()),
    }


def _dossier(dossier: Dossier, folders: Names) -> dict[str, Any]:
    version, asset = dossier.version, dossier.version.asset
    folder = folders.give(dossier.reference.value.replace("/", "-"))
    lead = asset.lead_product
    return {
        "folder": folder,
        "number": dossier.pk,
        "reference": dossier.reference.value,
        "title": asset.title,
        "code": asset.code,
        "version": version.number,
        "change_kind": str(version.get_change_kind_display()),
        "cis": dossier.cis,
        "product": lead.name if lead else "",
        "products": [
            {"cis": one.cis, "name": one.name}
            for one in sorted(asset.products.all(), key=lambda product: str(product.cis))
        ],
        "support_kind": dossier.support_kind,
        "context": str(Context(dossier.context).label) if dossier.context else "",
        "former_reference": dossier.former_reference,
        "modified_elements": dossier.modified_elements,
        "receipt_number": dossier.receipt_number,
        "revision": dossier.revision.number,
        "prepared_on": dossier.revision.prepared_on.isoformat(),
        "digest": dossier.digest,
        "form": [asdict(answer) for answer in form_answers(dossier)],
        "files": _files(dossier, folder),
    }


def _files(dossier: Dossier, folder: str) -> list[dict[str, Any]]:
    """Return every file with where it lies and the name it was given: the support's, the pieces."""
    names: dict[str, Names] = {}

    def lies(inside: str, name: str) -> str:
        given = names.setdefault(inside, _taken(inside)).give(name)
        return str(PurePosixPath(folder, inside, given))

    told = [
        {
            "path": lies(SUPPORT_FOLDER, f"{file.position:02d}_{file.name}"),
            "kind": "support",
            "words": "support",
            "name": file.name,
            "size": file.size,
            "sha256": file.sha256,
        }
        for file in sorted(dossier.revision.files.all(), key=lambda file: int(file.position))
    ]
    pieces = [piece for piece in dossier.pieces.all() if piece.kind in FOLDERS]
    ranks = list(FOLDERS)
    pieces.sort(key=lambda piece: (ranks.index(piece.kind), piece.pk))
    told += [
        {
            "path": lies(FOLDERS[piece.kind], _name_of(piece, dossier)),
            "kind": piece.kind,
            "words": str(piece.get_kind_display()),
            "name": piece.name,
            "size": piece.size,
            "sha256": piece.sha256,
        }
        for piece in pieces
    ]
    return told


def _taken(inside: str) -> Names:
    """Return the names of a folder; at the dossier's root its own documents have theirs."""
    names = Names()
    if not inside:
        for name in (FORM_CSV, FORM_JSON, SHEET):
            names.give(name)
    return names


def _name_of(piece: DossierPiece, dossier: Dossier) -> str:
    """Return a piece's name; the receipt's is its number (DOMAIN.md §8)."""
    if piece.kind == PieceKind.RECEIPT and dossier.receipt_number:
        return dossier.receipt_number + PurePosixPath(piece.name).suffix.lower()
    return str(piece.name)


FORM_CSV, FORM_JSON, SHEET = "form.csv", "form.json", "fiche.pdf"
