"""What is worked out from stored files and kept: it may be deleted, and is then made again."""

from django.core.files.base import ContentFile
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
