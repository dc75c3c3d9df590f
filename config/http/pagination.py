"""Keyset cursors: stable under writes, no count, no offset; signed, so that none is made up."""

from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs

from django.core import signing
from django.utils.translation import gettext as _
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from approvals.audit import InvalidInput


class KeysetPagination(CursorPagination):
    """``{"next": url|null, "results": […]}``, ordered by a unique key.

    A view names its order in ``ordering``. A cursor holds for its address and filters only.
    """

    ordering = "-pk"
    page_size_query_param = "limit"
    max_page_size = 200

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        ordering = getattr(view, "ordering", self.ordering)
        return (ordering,) if isinstance(ordering, str) else tuple(ordering)

    def get_page_size(self, request: Request) -> int | None:
        text = request.query_params.get("limit")
        if text is None:
            return self.page_size
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= self.max_page_size:
            raise InvalidInput.at(
                "limit",
                _("A limit is a whole number from 1 to %(limit)d.") % {"limit": self.max_page_size},
            )
        return int(text)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        self._signer = signing.Signer(salt=f"cursor:{request.path}?{_filters(request)}")
        return super().paginate_queryset(queryset, request, view)

    def encode_cursor(self, cursor: Cursor) -> str:
        plain: list[Any] = [int(cursor.offset), int(cursor.reverse), cursor.position]
        text: str = self._signer.sign_object(plain)
        return replace_query_param(
            self.base_url, self.cursor_query_param, urlsafe_b64encode(text.encode()).decode()
        )

    def decode_cursor(self, request: Request) -> Cursor | None:
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return None
        try:
            text = signing.b64_decode(encoded.rstrip("=").encode()).decode()
            offset, reverse, position = self._signer.unsign_object(text)
        except (signing.BadSignature, ValueError) as error:
            raise InvalidInput.at(
                "cursor",
                _("This cursor does not belong to this list: start again without it."),
            ) from error
        return Cursor(offset=offset, reverse=bool(reverse), position=position)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "nullable": True, "format": "uri"},
                "results": schema,
            },
        }


def _filters(request: Request) -> str:
    """Return the query without its cursor and limit, in one order."""
    filters = parse_qs(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    return repr(sorted((n, v) for n, v in filters.items() if n not in {"cursor", "limit"}))
