"""The OpenAPI document, in English whatever the reader's language."""

from typing import Any

from django.utils import translation
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response


class GivenTokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    """Our own look at a token is described as knox's: nothing changes for who sends one."""

    target_class = "config.http.tokens.GivenToken"


class Schema(SpectacularAPIView):
    """The description of the API; open to all, it holds nothing of anybody."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with translation.override("en"):
            response = super().get(request, *args, **kwargs)
            response.data = response.data
            return response
