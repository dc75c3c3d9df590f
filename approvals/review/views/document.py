"""The document under review, and what is shown beside it."""

from itertools import islice
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from approvals.people.models import User
from approvals.review.models import ReviewTask
from config.http.pages import Page
from content.assets.enums import FileFormat
from content.assets.files import download, page_picture, picture_of
from content.assets.models import Revision, RevisionFile
from content.assets.page_images import page_count
from content.assets.previews import FRAMED, in_frame
from content.catalogue.enums import DocumentKind
from content.catalogue.models import SourceDocument
from content.files import open_stored

PICTURES = (FileFormat.PNG, FileFormat.JPEG)
MAX_LINES = 3_000
# In bytes: an e-mail may be one line with its pictures in it.
MAX_LINE = 2_000
MEDIA = (FileFormat.MP4, FileFormat.MP3)
# What a browser shows by itself and that runs nothing; the rest is framed or downloaded.
SHOWN = (FileFormat.PDF, *PICTURES, *MEDIA)
# No sandbox here: browsers do not show a sandboxed PDF. Nothing of it reaches the page around.
POLICY = (
    "default-src 'none'; object-src 'self'; media-src 'self'; style-src 'unsafe-inline';"
    " frame-ancestors 'self'"
)


def visible_task(user: Any, pk: int) -> ReviewTask:
    """Return a task on a version that the person may see in preparation.

    :raises Http404: if there is none.
    """
    tasks: Any = ReviewTask.objects.visible_to(user).with_page().select_related("cycle__revision")
    task: ReviewTask = get_object_or_404(tasks, pk=pk)
    return task


def reviewed_file(user: Any, task: int, n: int, revision: int | None = None) -> RevisionFile:
    """Return one file of the revision that a task is about, or of an earlier one of its asset.

    :raises Http404: if there is none, or none that the person may see.
    """
    reviewed = visible_task(user, task).cycle.revision
    revisions: Any = Revision.objects.filter(version__asset=reviewed.version.asset_id)
    if revision is not None:
        reviewed = get_object_or_404(revisions, pk=revision, pk__lte=reviewed.pk)
    file: RevisionFile = get_object_or_404(reviewed.files.all(), position=n)
    return file


def papers_of(revision: Revision, reader: User) -> list[dict[str, Any]]:
    """Return how each file of a revision is shown, in order.

    ``kind`` is ``pages`` (with their numbers; none for a PDF that cannot be drawn within the
    limits), ``picture``, ``media``, or ``frame`` with its ``address`` for a quarter of an hour, the
    ``lines`` of an e-mail's source or the ``slides`` of a package.
    """
    return [_paper(file, reader) for file in revision.files.order_by("position")]


def _paper(file: RevisionFile, reader: User) -> dict[str, Any]:
    if file.format in FRAMED:
        address, slides = in_frame(file, reader)
        lines = _lines(file) if file.format == FileFormat.HTML else []
        return {
            "file": file,
            "kind": "frame",
            "address": address,
            "lines": lines,
            "slides": slides,
        }
    if file.format == FileFormat.PDF:
        pages = range(1, page_count(file.sha256) + 1)
        return {"file": file, "kind": "pages", "pages": pages}
    kind = "picture" if file.format in PICTURES else "media"
    return {"file": file, "kind": kind, "pages": range(1, 2)}


def _lines(file: RevisionFile) -> list[str]:
    """Return the first lines of a source, each one a place to comment."""
    with open_stored(file.sha256) as source:
        shown = (line[:MAX_LINE] for line in islice(source, MAX_LINES))
        return [line.decode("utf-8", "replace").rstrip() for line in shown]


def smpcs_beside(revision: Revision) -> list[dict[str, Any]]:
    """Return the SmPC in force of each product of a version, the lead product's first."""
    asset = revision.version.asset
    products = sorted(asset.products.all(), key=lambda x: (x.pk != asset.lead_product_id, x.name))
    documents = SourceDocument.objects.filter(product__in=products, kind=DocumentKind.SMPC)
    latest: dict[int, SourceDocument] = {}
    for document in documents.select_related("product").order_by("-dated", "-pk"):
        latest.setdefault(document.product_id, document)
    return [_beside(product, latest.get(product.pk)) for product in products]


def _beside(product: Any, document: SourceDocument | None) -> dict[str, Any]:
    pages = range(1, page_count(document.sha256) + 1) if document else range(0)
    return {"product": product, "document": document, "pages": pages}


def document_beside(user: Any, task: int, document: int) -> SourceDocument:
    """Return a source document of a product of the version that a task is about.

    :raises Http404: if there is none, or none that the person may see.
    """
    products = visible_task(user, task).cycle.version.asset.products.all()
    documents: Any = SourceDocument.objects.filter(product__in=products)
    found: SourceDocument = get_object_or_404(documents, pk=document)
    return found


class DocumentPage(Page):
    """One file of the revision that a task is about, byte for byte."""

    def get(self, request: HttpRequest, task: int, n: int) -> FileResponse:
        file = reviewed_file(self.by, task, n)
        if file.format not in SHOWN:
            raise Http404
        return _inline(download(file))


class DocumentPicture(Page):
    """The picture of one page of a reviewed PDF, or of an earlier revision of it."""

    def get(
        self, request: HttpRequest, task: int, n: int, page: int, revision: int | None = None
    ) -> HttpResponseBase:
        return page_picture(request, reviewed_file(self.by, task, n, revision), page)


class EarlierDocument(Page):
    """One picture file of an earlier revision."""

    def get(self, request: HttpRequest, task: int, revision: int, n: int) -> FileResponse:
        file = reviewed_file(self.by, task, n, revision)
        if file.format not in PICTURES:
            raise Http404
        return _inline(download(file))


class BesidePicture(Page):
    """The picture of one page of a source document of the product."""

    def get(self, request: HttpRequest, task: int, document: int, page: int) -> HttpResponseBase:
        return picture_of(request, document_beside(self.by, task, document).sha256, page)


class BesideDocument(Page):
    """A source document of the product itself, as a download."""

    def get(self, request: HttpRequest, task: int, document: int) -> FileResponse:
        found = document_beside(self.by, task, document)
        return FileResponse(
            open_stored(found.sha256),
            as_attachment=True,
            filename=found.file_name,
            content_type="application/octet-stream",
        )


def _inline(response: FileResponse) -> FileResponse:
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = POLICY
    return response
