"""Every address under ``/api/v1/``: each app's own ``api_urls``, then whatever is unknown."""

from typing import Any

from django.http import Http404
from django.urls import include, path, re_path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.http.spectacular import Schema


class Unknown(APIView):
    """Any other address under the API: a problem document, with ``DEBUG`` too."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404

    def get(self, request: Request, **kwargs: Any) -> Response:
        raise Http404


urlpatterns = [
    path("schema/", Schema.as_view(), name="api_schema"),
    path("", include(("approvals.people.api_urls", "api_people"))),
    path("", include(("content.outbox.api_urls", "api_outbox"))),
    path("", include(("content.catalogue.api_urls", "api_catalogue"))),
    path("", include(("content.access.api_urls", "api_access"))),
    path("", include(("content.assets.api_urls", "api_assets"))),
    path("", include(("content.positive_list.api_urls", "api_positive_list"))),
    path("", include(("approvals.review.api_urls", "api_review"))),
    path("", include(("approvals.submissions.api_urls", "api_submissions"))),
    path("", include(("approvals.release.api_urls", "api_release"))),
    path("", include(("approvals.desk.api_urls", "api_desk"))),
    re_path(r"^.*$", Unknown.as_view(), name="api_unknown"),
]
