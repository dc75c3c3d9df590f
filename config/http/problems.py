"""Errors as RFC 9457 ``application/problem+json``; a sentence, never a traceback."""

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler

from approvals.audit import InvalidInput, PolicyDenied, Refusal
from config.http import errors

MEDIA_TYPE = "application/problem+json"


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn whatever a view raised into a problem document; None lets Django answer 500."""
    known = _known(error)
    if known is not None:
        return known
    response = drf_handler(error, context)
    if response is None:
        return None
    code = _code(error)
    errors = _flat(response.data) if isinstance(error, exceptions.ValidationError) else None
    detail = "" if errors else str(getattr(error, "detail", "") or "")
    if isinstance(error, Http404):
        detail = _("There is nothing at this address, or nothing that you may see.")
    document = problem(response.status_code, code, detail, errors=errors)
    for header in ("WWW-Authenticate", "Retry-After", "Allow"):
        if response.has_header(header):
            document[header] = response[header]
    return document


def _known(error: Exception) -> Response | None:
    if isinstance(error, InvalidInput):
        return problem(400, error.code, str(error.message), errors=_flat(error.errors))
    if isinstance(error, PolicyDenied):
        return problem(403, error.code, str(error.message))
    if isinstance(error, Refusal):
        return problem(409, error.code, str(error.message))
    if isinstance(error, TransitionNotAllowed):
        return problem(
            409, "wrong_state", _("This cannot be done in the state it is in: look at it again.")
        )
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", _("The body is too large: send less."))
    if isinstance(error, OverflowError):
        return problem(400, "out_of_range", _("A number or a date here is out of all bounds."))
    if isinstance(error, SuspiciousOperation):
        return problem(400, "malformed", _("The request is malformed."))
    return None


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    return str(getattr(error, "default_code", "error"))


def _document(status: int, code: str, detail: str, errors: Any = None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        document["errors"] = errors
        if not detail:
            document["detail"] = str(next(iter(errors.values()))[0])
    return document


def problem(status: int, code: str, detail: str, *, errors: Any = None) -> Response:
    """Return one problem document."""
    return Response(_document(status, code, detail, errors), status=status, content_type=MEDIA_TYPE)


def _flat(errors: Any, path: str = "") -> dict[str, list[str]]:
    """Return sentences by field; a nested field is ``outer.inner``, no field ``__all__``."""
    if isinstance(errors, dict):
        items = list(errors.items())
    elif isinstance(errors, list) and any(isinstance(item, dict) for item in errors):
        items = [(str(place), item) for place, item in enumerate(errors) if item]
    else:
        sentences = errors if isinstance(errors, list | tuple) else [errors]
        return {path or "__all__": [str(sentence) for sentence in sentences]}
    found: dict[str, list[str]] = {}
    for name, inner in items:
        here = path if name == "non_field_errors" else f"{path}.{name}".strip(".")
        for field, sentences in _flat(inner, here).items():
            found.setdefault(field, []).extend(sentences)
    return found


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _plain_problem(status: int, code: str, detail: str) -> HttpResponse:
    return HttpResponse(
        json.dumps(_document(status, code, detail)), status=status, content_type=MEDIA_TYPE
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler404``: a problem document under ``/api/``, a page elsewhere."""
    if _is_api(request):
        return _plain_problem(
            404, "not_found", _("There is nothing at this address, or nothing that you may see.")
        )
    return errors.absent(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler400``: the same."""
    if _is_api(request):
        return _plain_problem(400, "malformed", _("The request is malformed."))
    return errors.malformed(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``: the same; the defect is in the log, never in the answer."""
    if _is_api(request):
        return _plain_problem(
            500, "server_error", _("Something went wrong here; nothing was written.")
        )
    return errors.broken(request)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """Answer somebody who failed too often (``AXES_LOCKOUT_CALLABLE``)."""
    sentence = _("Too many failed attempts: ask an administrator to unlock your account.")
    if _is_api(request):
        return _plain_problem(429, "locked_out", sentence)
    return errors.locked_out(request, sentence)
