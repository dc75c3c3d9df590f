"""Where files of revisions are kept: the store is ``content.files``, shared with the catalogue."""

from content.files import (
    StoredFile,
    StoredFileFault,
    check_stored,
    chunks_of,
    hash_of,
    keep,
    open_stored,
    path_of,
    revisions_storage,
)

__all__ = [
    "StoredFile",
    "StoredFileFault",
    "check_stored",
    "chunks_of",
    "hash_of",
    "keep",
    "open_stored",
    "path_of",
    "revisions_storage",
]
