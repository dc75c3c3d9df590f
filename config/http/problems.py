"""Errors as RFC 9457 ``application/problem+json``; a sentence, never a traceback."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django_fsm import TransitionNotAllowed
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler

from approvals.audit import InvalidInput, PolicyDenied, Refusal


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn whatever a view raised into a problem document; None lets Django answer 500."""
    if isinstance(error, InvalidInput):
        return problem(400, error.code, str(error.message), errors=error.errors)
    if isinstance(error, PolicyDenied):
        return problem(403, error.code, str(error.message))
    if isinstance(error, Refusal):
        return problem(409, error.code, str(error.message))
    if isinstance(error, TransitionNotAllowed):
        return problem(409, "wrong_state", str(error))
    response = drf_handler(error, context)
    if response is None:
        return None
    code = _code(error)
    errors = response.data if isinstance(error, exceptions.ValidationError) else None
    detail = "" if errors else str(getattr(error, "detail", "") or "")
    document = problem(response.status_code, code, detail, errors=errors)
    for header in ("WWW-Authenticate", "Retry-After", "Allow"):
        if response.has_header(header):
            document[header] = response[header]
    return document


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    return str(getattr(error, "default_code", "error"))


def problem(code_status: int, code: str, detail: str, *, errors: Any = None) -> Response:
    """Return one problem document."""
    title = next(
        (s.replace("_", " ").title() for s in dir(status) if s.startswith(f"HTTP_{code_status}_")),
        "",
    )
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": title.removeprefix(f"Http {code_status} "),
        "status": code_status,
        "detail": detail,
        "code": code,
    }
    if errors:
        document["errors"] = errors
        if not detail:
            document["detail"] = str(_first(errors))
    return Response(document, status=code_status, content_type="application/problem+json")


def _first(errors: Any) -> Any:
    while isinstance(errors, dict | list) and errors:
        errors = next(iter(errors.values())) if isinstance(errors, dict) else errors[0]
    return errors
