"""Bytes are stored once under their SHA-256, never rewritten, and come back as they were."""

import hashlib
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage, storages
from django.core.files.uploadedfile import SimpleUploadedFile

from content import files as storage
from content.files import StoredFileFault, check_stored, keep, open_stored, path_of

CONTENT = b"CARDIOMED" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=["local", "elsewhere"])
def store(request: Any, tmp_path: Path, monkeypatch: Any) -> Any:
    """The local file system, then a storage that knows neither paths nor renaming."""
    kind = FileSystemStorage(tmp_path) if request.param == "local" else InMemoryStorage()
    monkeypatch.setattr(storage, "revisions_storage", lambda: kind)
    return kind


@pytest.fixture
def local(tmp_path: Path, monkeypatch: Any) -> Path:
    kind = FileSystemStorage(tmp_path)
    monkeypatch.setattr(storage, "revisions_storage", lambda: kind)
    return tmp_path


def test_bytes_come_back_under_their_hash(store: Any) -> None:
    kept = keep(SimpleUploadedFile("brochure.pdf", CONTENT))
    assert (kept.sha256, kept.size) == (SHA256, len(CONTENT))
    with open_stored(SHA256) as stored:
        assert stored.read() == CONTENT
    assert check_stored(SHA256) == kept


def test_the_same_bytes_are_stored_once(store: Any) -> None:
    keep(io.BytesIO(CONTENT))
    keep(SimpleUploadedFile("autre nom.pdf", CONTENT))
    assert store.listdir(SHA256[:2])[1] == [SHA256]


def test_existing_bytes_are_not_rewritten(local: Path) -> None:
    keep(io.BytesIO(CONTENT))
    target = local / path_of(SHA256)
    os.utime(target, (1, 1))
    keep(io.BytesIO(CONTENT))
    assert target.stat().st_mtime == 1
    assert not target.stat().st_mode & 0o222


def test_altered_bytes_are_never_served_nor_taken_for_the_same(local: Path) -> None:
    keep(io.BytesIO(CONTENT))
    target = local / path_of(SHA256)
    target.chmod(0o640)
    target.write_bytes(CONTENT[:-1] + b"X")
    for attempt in (
        lambda: check_stored(SHA256),
        lambda: open_stored(SHA256),
        lambda: keep(io.BytesIO(CONTENT)),
    ):
        with pytest.raises(StoredFileFault):
            attempt()


def test_missing_bytes_are_a_fault(store: Any) -> None:
    with pytest.raises(StoredFileFault):
        open_stored(SHA256)


def test_a_failed_write_leaves_no_half_file(local: Path, monkeypatch: Any) -> None:
    def fail(handle: int) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="no space"):
            keep(io.BytesIO(CONTENT))
    assert [path for path in local.rglob("*") if path.is_file()] == []
    keep(io.BytesIO(CONTENT))
    assert [path.name for path in local.rglob("*") if path.is_file()] == [SHA256]


def test_a_file_is_never_loaded_whole(local: Path) -> None:
    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert 0 < size <= storage.CHUNK
            return super().read(size)

    assert keep(Watched(CONTENT)).sha256 == SHA256


class Raced(InMemoryStorage):
    """A storage to which somebody else saves between the question and the answer."""

    raced = False

    def exists(self, name: str) -> bool:
        if self.raced:
            return super().exists(name)
        self.raced = True
        self.save(name, ContentFile(CONTENT))
        return False


def test_the_bytes_of_another_who_was_faster_stand(monkeypatch: Any) -> None:
    """Where nothing can be renamed, whoever saves second deletes only their own copy."""
    kind = Raced()
    monkeypatch.setattr(storage, "revisions_storage", lambda: kind)
    keep(io.BytesIO(CONTENT))
    assert kind.listdir(SHA256[:2])[1] == [SHA256]


def test_the_storage_of_the_settings_is_used() -> None:
    assert storage.revisions_storage() is storages["revisions"]
