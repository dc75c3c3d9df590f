"""Check a ZIP package without trusting what it says of itself (SECURITY.md, attacks 6)."""

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

MAX_ENTRIES = 2_000
MAX_BYTES = 500 * 1024 * 1024
MAX_RATIO = 100
# A small package may compress well: the ratio counts from here on.
RATIO_COUNTS_FROM = 1024 * 1024
MAX_DIRECTORY = 2 * 1024 * 1024
END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
CHUNK = 256 * 1024
ARCHIVES = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!"),
    *(b"\xfd7zXZ", b"BZh"),
)
ARCHIVE_NAMES = (".zip", ".gz", ".tgz", ".7z", ".rar", ".xz", ".bz2", ".tar")


def check_package(file: Any) -> str:
    """Return what is wrong with a package as a sentence, or ``""``."""
    if fault := _directory_fault(file):
        return fault
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            entries = package.infolist()
            return (
                next(filter(None, _entry_faults(entries)), "")
                or _size_fault(entries)
                or _content_fault(package, entries)
            )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error):
        return _("the package is damaged: make it again.")
    except (RuntimeError, ValueError, UnicodeError):
        return _("the package cannot be read: make it again without protection.")


def _directory_fault(file: Any) -> str:
    """Read the end record alone, so that a huge directory is refused before it is parsed."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))
    tail: bytes = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < END_OF_DIRECTORY.size:
        return _("the package is damaged: make it again.")
    record = END_OF_DIRECTORY.unpack_from(tail, at)
    count, directory = record[4], record[5]
    if count > MAX_ENTRIES or directory > MAX_DIRECTORY or b"PK\x06\x07" in tail[:at][-20:]:
        return _("the package holds too many files: %(limit)d at most.") % {"limit": MAX_ENTRIES}
    if count == 0:
        return _("the package is empty.")
    return ""


def _entry_faults(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    seen: set[str] = set()
    if len(entries) > MAX_ENTRIES:
        yield _("the package holds too many files: %(limit)d at most.") % {"limit": MAX_ENTRIES}
    for entry in entries:
        shown = {"entry": "".join(c if c.isprintable() else "�" for c in entry.filename)[:80]}
        if entry.flag_bits & 0x1:
            yield _("“%(entry)s” is encrypted: make the package without a password.") % shown
        if not _is_safe_path(entry):
            yield _("the path “%(entry)s” leaves the package: make it again.") % shown
        if _is_special(entry):
            yield _("“%(entry)s” is a link, not a file: make the package with plain files.") % shown
        if entry.filename.casefold() in seen:
            yield _("“%(entry)s” is in the package twice: make it again.") % shown
        seen.add(entry.filename.casefold())


def _is_safe_path(entry: zipfile.ZipInfo) -> bool:
    # ``orig_filename`` still holds what zipfile cuts off at a NUL.
    name = entry.orig_filename
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in name):
        return False
    parts = name.replace("\\", "/").split("/")
    has_drive = len(parts[0]) > 1 and parts[0][1] == ":"
    return "\\" not in name and ".." not in parts and bool(parts[0]) and not has_drive


def _is_special(entry: zipfile.ZipInfo) -> bool:
    mode = entry.external_attr >> 16
    return bool(stat.S_IFMT(mode)) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _size_fault(entries: list[zipfile.ZipInfo]) -> str:
    """Judge what the package says of itself; ``_content_fault`` counts what it really holds."""
    whole = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if whole > MAX_BYTES or (whole > RATIO_COUNTS_FROM and whole / packed > MAX_RATIO):
        return _("the package unfolds to too many bytes: %(limit)d MB at most.") % {
            "limit": MAX_BYTES // 1024 // 1024
        }
    return ""


def _content_fault(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    """Read every entry through, bounded, and refuse a package inside the package."""
    for entry in entries:
        if entry.is_dir():
            continue
        nested = entry.filename.lower().endswith(ARCHIVE_NAMES)
        with package.open(entry) as content:
            start = content.read(8)
            if nested or start.startswith(ARCHIVES):
                return _("“%(entry)s” is a package inside the package: upload it by itself.") % {
                    "entry": entry.filename[:80]
                }
            # zipfile stops at the declared size and compares the checksum.
            while content.read(CHUNK):
                pass
    return ""
