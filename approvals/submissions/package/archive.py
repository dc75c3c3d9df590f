"""The manifest of a package, and its ZIP: a plain function of the manifest and the stored bytes."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import IO, Any

from django.core.files.base import ContentFile

from approvals.submissions.package.contents import FORM_CSV, FORM_JSON, SHEET, as_json
from content.calendar import PARIS
from content.files import chunks_of, keep, open_stored
from content.positive_list.documents import guarded

MANIFEST = "manifest.sha256"
COVER = "bordereau.pdf"
LOT_COLUMNS = (
    *("dossier", "référence", "CIS", "spécialité", "titre", "code", "version", "type"),
    *("contexte", "référence antérieure", "quittance", "empreinte", "fichiers"),
)


def keep_manifest(contents: dict[str, Any], sheets: Mapping[int, str]) -> str:
    """Keep what is not kept yet and the manifest over everything; return the manifest's SHA-256.

    :param sheets: the SHA-256 of each printed sheet by its position, 0 the cover.
    """
    named = {
        "batch.json": _kept(as_json(contents)),
        "lot.csv": _kept(_lot(contents["dossiers"])),
        COVER: sheets[0],
    }
    for position, dossier in enumerate(contents["dossiers"], 1):
        folder = dossier["folder"]
        named[f"{folder}/{FORM_CSV}"] = _kept(_form(dossier["form"]))
        named[f"{folder}/{FORM_JSON}"] = _kept(as_json(dossier["form"]))
        named[f"{folder}/{SHEET}"] = sheets[position]
        named |= {file["path"]: file["sha256"] for file in dossier["files"]}
    # Names are ASCII: sorted by their bytes everywhere.
    return _kept("".join(f"{named[name]}  {name}\n" for name in sorted(named)).encode())


def _kept(content: bytes) -> str:
    return keep(ContentFile(content)).sha256


def _form(answers: Iterable[Mapping[str, Any]]) -> bytes:
    rows = (
        (one["key"], one["label"], one["value"], "oui" if one["required"] else "non")
        for one in answers
    )
    return _as_csv(("clé", "question", "réponse", "obligatoire"), rows)


def _lot(dossiers: Iterable[Mapping[str, Any]]) -> bytes:
    rows = (
        (
            *(one["folder"], one["reference"], one["cis"], one["product"], one["title"]),
            *(one["code"], one["version"], one["support_kind"], one["context"]),
            *(one["former_reference"], one["receipt_number"], one["digest"], len(one["files"])),
        )
        for one in dossiers
    )
    return _as_csv(LOT_COLUMNS, rows)


def _as_csv(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """Write a table as UTF-8 with its mark, formulas made harmless."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    writer.writerow(heads)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def write_archive(target: IO[bytes], manifest: str, *, frozen_at: datetime) -> None:
    """Write the ZIP that a kept manifest names, each file from the store, piece by piece.

    Entries by name, dated with the freeze in Paris, not compressed: every machine writes the same.

    :raises StoredFileFault: if stored bytes are absent or not those that were frozen.
    """
    dated = frozen_at.astimezone(PARIS).timetuple()[:6]
    entries = sorted([*read_manifest(manifest), (MANIFEST, manifest)])
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, sha256 in entries:
            entry = zipfile.ZipInfo(name, dated)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            with open_stored(sha256) as stored:
                entry.file_size = stored.size
                with archive.open(entry, "w") as place:
                    for chunk in chunks_of(stored):
                        place.write(chunk)


def read_manifest(sha256: str) -> Iterator[tuple[str, str]]:
    """Yield (name, SHA-256) of each file that a kept manifest names.

    :raises StoredFileFault: if the manifest is absent or altered.
    """
    with open_stored(sha256) as stored:
        for line in stored.read().decode("ascii").splitlines():
            found, _space, name = line.partition("  ")
            yield name, found
