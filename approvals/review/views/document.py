"""The document under review, shown beside its decision."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from approvals.review.models import ReviewTask
from config.http.pages import Page
from content.assets.enums import FileFormat
from content.assets.files import download

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


class DocumentPage(Page):
    """One file of the revision that a task is about, byte for byte."""

    def get(self, request: HttpRequest, task: int, n: int) -> FileResponse:
        revision = visible_task(self.by, task).cycle.revision
        file: Any = get_object_or_404(revision.files.all(), position=n)
        if file.format not in SHOWN:
            raise Http404
        response = download(file)
        response["Content-Disposition"] = "inline"
        response["Content-Security-Policy"] = POLICY
        return response
