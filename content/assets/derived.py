"""What is worked out from stored files and kept: it may be deleted, and is then made again."""

from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages


def _storage() -> Storage:
    return storages["derived"]


def kept(path: str) -> bytes | None:
    """Return what was made before, or None."""
    storage = _storage()
    if not storage.exists(path):
        return None
    with storage.open(path, "rb") as found:
        return bytes(found.read())


def keep(path: str, made: bytes) -> bytes:
    """Keep what was made and return it; what somebody made meanwhile stands."""
    storage = _storage()
    saved = storage.save(path, ContentFile(made))
    if saved != path:
        storage.delete(saved)
    return made


def kept_file(path: str) -> File | None:
    """Open what was made before, for reading it piece by piece, or return None."""
    storage = _storage()
    return storage.open(path, "rb") if storage.exists(path) else None


def keep_file(path: str, made: Any) -> None:
    """Keep a file that was made, never loading it whole, in the place of one of this name."""
    storage = _storage()
    storage.delete(path)
    made.seek(0)
    saved = storage.save(path, File(made, name=path))
    if saved != path:
        storage.delete(saved)
