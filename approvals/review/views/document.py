"""The document under review, shown beside its decision."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from approvals.review.models import ReviewTask
from config.http.pages import Page
from content.assets.enums import FileFormat
from content.assets.files import download, page_picture
from content.assets.models import Revision, RevisionFile
from content.assets.page_images import page_count

# What a browser shows by itself and that runs nothing; the rest is downloaded.
SHOWN = (FileFormat.PDF, FileFormat.PNG, FileFormat.JPEG)
# No sandbox here: browsers do not show a sandboxed PDF. Nothing of it reaches the page around.
POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def visible_task(user: Any, pk: int) -> ReviewTask:
    """Return a task on a version that the person may see in preparation.

    :raises Http404: if there is none.
    """
    tasks: Any = ReviewTask.objects.visible_to(user).with_page().select_related("cycle__revision")
    task: ReviewTask = get_object_or_404(tasks, pk=pk)
    return task


def reviewed_file(user: Any, task: int, n: int) -> RevisionFile:
    """Return one file of the revision that a task is about.

    :raises Http404: if there is none, or none that the person may see.
    """
    files: Any = visible_task(user, task).cycle.revision.files.all()
    file: RevisionFile = get_object_or_404(files, position=n)
    return file


def papers_of(revision: Revision) -> list[dict[str, Any]]:
    """Return what is shown of a revision: each file with the numbers of its pages, if it has any.

    A PDF that cannot be drawn within the limits has none.
    """
    files = revision.files.filter(format__in=SHOWN).order_by("position")
    return [{"file": file, "pages": range(1, _page_count(file) + 1)} for file in files]


def _page_count(file: RevisionFile) -> int:
    return page_count(file.sha256) if file.format == FileFormat.PDF else 0


class DocumentPage(Page):
    """One file of the revision that a task is about, byte for byte."""

    def get(self, request: HttpRequest, task: int, n: int) -> FileResponse:
        file = reviewed_file(self.by, task, n)
        if file.format not in SHOWN:
            raise Http404
        response = download(file)
        response["Content-Disposition"] = "inline"
        response["Content-Security-Policy"] = POLICY
        return response


class DocumentPicture(Page):
    """The picture of one page of a reviewed PDF."""

    def get(self, request: HttpRequest, task: int, n: int, page: int) -> HttpResponseBase:
        return page_picture(request, reviewed_file(self.by, task, n), page)
