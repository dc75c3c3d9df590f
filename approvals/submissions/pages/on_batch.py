"""What every act on one batch begins with."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from approvals.submissions.models import Batch
from config.http.pages import ActPage


class OnBatch(ActPage):
    """An act on one batch."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Batch:
        batches = Batch.objects.visible_to(self.by).select_related("window")
        return get_object_or_404(batches, pk=kwargs["pk"])
