"""Every address under ``/api/v1/``: each app's own ``api_urls``, then whatever is unknown."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import Http404
from django.urls import include, path, re_path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.http.spectacular import Schema

APPS = (
    "approvals.people",
    "content.catalogue",
    "content.access",
    "content.assets",
    "content.positive_list",
    "approvals.review",
    "approvals.submissions",
    "approvals.release",
    "approvals.desk",
)


class Unknown(APIView):
    """Any other address under the API: a problem document, with ``DEBUG`` too."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404

    def get(self, request: Request, **kwargs: Any) -> Response:
        raise Http404


def app_routes() -> list[Any]:
    """Return the routes of each app that has some, under the namespace ``api_<label>``."""
    routes = []
    for app in APPS:
        if find_spec(f"{app}.api_urls"):
            label = app.rpartition(".")[2]
            module = import_module(f"{app}.api_urls")
            routes.append(path("", include((module.urlpatterns, f"api_{label}"))))
    return routes


urlpatterns = [
    path("schema/", Schema.as_view(), name="api_schema"),
    *app_routes(),
    re_path(r"^.*$", Unknown.as_view(), name="api_unknown"),
]
