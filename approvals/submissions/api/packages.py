"""The package of a frozen batch: handed over by GET, made again by POST where it failed."""

from datetime import datetime
from typing import Any

from django.http import FileResponse
from django.utils import timezone
from rest_framework.request import Request

from approvals.people.models import User
from approvals.submissions.actions import package_file, retry_package
from approvals.submissions.api.batches import BatchAct, page_of, visible_batch
from approvals.submissions.models import Batch
from config.http.idempotency import Answer
from content.assets.api.versions import WhateverIsAsked


class Package(BatchAct):
    """The ZIP of a frozen batch, as an attachment; taking it stands in the trail.

    It is made by a job, never by this GET, for its sheets take longer than a request may: until
    then 409 ``package_not_ready``. 409 ``package_void`` once the batch was reopened or cancelled,
    ``package_failed`` where it could not be made: POST has it made again.
    """

    content_negotiation_class = WhateverIsAsked
    read_media_type = "application/zip"

    def get(self, request: Request, **kwargs: Any) -> FileResponse:
        batch = visible_batch(request, kwargs["pk"])
        by: Any = request.user
        response = FileResponse(
            package_file(batch, by=by, now=timezone.now()),
            as_attachment=True,
            filename=f"lot-{batch.pk}.zip",
            content_type="application/zip",
        )
        response["Cache-Control"] = "private, no-cache"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def perform(self, obj: Batch, data: Any, *, by: User, now: datetime) -> Answer:
        retry_package(obj.pk, by=by, now=now)
        return 200, page_of(obj.pk, self.request)
