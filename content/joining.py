"""Parts of one printed document as one PDF/A: pages, bookmarks and tags, each page numbered.

WeasyPrint takes more memory with every row, so long tables are set in parts, each in a child of its
own (``content.printing``), and joined here. The parts are the house's own prints, never uploads.
"""

import io
from collections.abc import Sequence
from typing import Any


def pages_in(parts: Sequence[bytes]) -> int:
    """Return how many pages the parts have together."""
    import pikepdf

    count = 0
    for part in parts:
        with pikepdf.open(io.BytesIO(part)) as read:
            count += len(read.pages)
    return count


def joined(parts: Sequence[bytes], *, stamps: bytes) -> bytes:
    """Return the parts as one PDF, each page under the page of ``stamps`` of the same number.

    The same parts give the same bytes.
    """
    import pikepdf

    document = pikepdf.open(io.BytesIO(parts[0]))
    marks = _bookmarks(document, 0)
    for part in parts[1:]:
        with pikepdf.open(io.BytesIO(part)) as read:
            marks += _bookmarks(read, len(document.pages))
            _append(document, read)
    with document.open_outline() as outline:
        outline.root[:] = [pikepdf.OutlineItem(title, page) for title, page in marks]
    with pikepdf.open(io.BytesIO(stamps)) as read:
        for page, stamp in zip(document.pages, read.pages, strict=True):
            _stamp(document, page, stamp)
    written = io.BytesIO()
    document.save(
        written,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,
    )
    return written.getvalue()


def _bookmarks(read: Any, before: int) -> list[tuple[str, int]]:
    """Return a part's bookmarks, each with its page in the whole."""
    numbers = {page.objgen: number for number, page in enumerate(read.pages, before)}
    found: list[tuple[str, int]] = []

    def walk(items: Any) -> None:
        for item in items:
            if item.destination is not None:
                found.append((item.title, numbers[item.destination[0].objgen]))
            walk(item.children)

    with read.open_outline() as outline:
        walk(outline.root)
    return found


def _append(whole: Any, read: Any) -> None:
    """Add a part's pages, and its tags under the whole's."""
    import pikepdf

    first = len(whole.pages)
    whole.pages.extend(read.pages)
    if "/StructTreeRoot" not in whole.Root or "/StructTreeRoot" not in read.Root:
        return
    ours, theirs = whole.Root.StructTreeRoot, whole.copy_foreign(read.Root.StructTreeRoot)
    numbers = ours.ParentTree.Nums
    shift = 1 + max((int(numbers[at]) for at in range(0, len(numbers), 2)), default=-1)
    for page in list(whole.pages)[first:]:
        if "/StructParents" in page.obj:
            page.obj.StructParents = int(page.obj.StructParents) + shift
    added = theirs.ParentTree.Nums
    for at in range(0, len(added), 2):
        numbers.append(int(added[at]) + shift)
        numbers.append(added[at + 1])
    below = theirs.K if isinstance(theirs.K, pikepdf.Array) else [theirs.K]
    if not isinstance(ours.K, pikepdf.Array):
        ours.K = pikepdf.Array([ours.K])
    for element in below:
        element.P = ours
        ours.K.append(element)


def _stamp(whole: Any, page: Any, stamp: Any) -> None:
    """Lay a stamp over a page, as what belongs to the paging and not to the text."""
    import pikepdf

    form = whole.copy_foreign(stamp.as_form_xobject())
    # A name of our own: one that is made up differs each time.
    name = page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.Stamp)
    page.contents_add(whole.make_stream(b"q\n"), prepend=True)
    drawn = f"\nQ\n/Artifact <</Type /Pagination>> BDC\nq {name} Do Q\nEMC\n"
    page.contents_add(whole.make_stream(drawn.encode()))
