"""Files stored once under their SHA-256 and never rewritten: revisions, source documents, pieces.

Written before the commit: a file that no row names is an orphan that a sweep may remove; a row
without its file cannot be. Works through Django's storages API; a local storage also gets
temporary → fsync → rename, so that a crash leaves no half file under a final name.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

CHUNK = 1024 * 1024


class StoredFileFault(Exception):
    """A stored file is absent or its bytes are not those that were reviewed."""


@dataclass(frozen=True)
class StoredFile:
    """Where bytes are kept, and how many."""

    sha256: str
    size: int


def revisions_storage() -> Storage:
    return storages["revisions"]


def path_of(sha256: str) -> str:
    """Return the name under which a storage keeps these bytes."""
    return f"{sha256[:2]}/{sha256}"


def chunks_of(file: Any) -> Iterator[bytes]:
    """Yield a file's bytes from its beginning, piece by piece."""
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def hash_of(file: Any) -> StoredFile:
    """Return the SHA-256 and the size of a file's bytes, never loading it whole."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks_of(file):
        digest.update(chunk)
        size += len(chunk)
    return StoredFile(digest.hexdigest(), size)


def keep(file: Any) -> StoredFile:
    """Store a file's bytes under their SHA-256, unless they are there, and read them back.

    :raises StoredFileFault: if what is stored is not what was given.
    """
    kept = hash_of(file)
    storage = revisions_storage()
    name = path_of(kept.sha256)
    if not storage.exists(name):
        if isinstance(storage, FileSystemStorage):
            _write_locally(storage, name, file)
        else:
            _write(storage, name, file)
    check_stored(kept.sha256)
    return kept


def _write_locally(storage: FileSystemStorage, name: str, file: Any) -> None:
    target = Path(storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".incoming-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as incoming:
            for chunk in chunks_of(file):
                incoming.write(chunk)
            incoming.flush()
            os.fsync(incoming.fileno())
        Path(temporary).chmod(0o440)
        # Same bytes under the same name: whoever comes last changes nothing.
        Path(temporary).rename(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(storage: Storage, name: str, file: Any) -> None:
    file.seek(0)
    saved = storage.save(name, File(file, name=name))
    if saved != name:
        # Somebody stored the same bytes meanwhile: theirs stand.
        storage.delete(saved)


def check_stored(sha256: str) -> StoredFile:
    """Read stored bytes through and compare them with their name.

    :raises StoredFileFault: if they are absent or altered.
    """
    try:
        with revisions_storage().open(path_of(sha256), "rb") as stored:
            found = hash_of(stored)
    except FileNotFoundError as absent:
        raise StoredFileFault(f"File {sha256} is missing from the store.") from absent
    if found.sha256 != sha256:
        raise StoredFileFault(f"The bytes stored under {sha256} were altered.")
    return found


def open_stored(sha256: str) -> File:
    """Open stored bytes for reading, once they were found unaltered.

    :raises StoredFileFault: if they are absent or altered.
    """
    check_stored(sha256)
    return revisions_storage().open(path_of(sha256), "rb")
