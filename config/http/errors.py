"""Pages of refusal and failure: a sentence that says what happened and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from approvals.audit import Refusal


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403: not allowed to this person."""
    said = (
        str(exception.message)
        if isinstance(exception, Refusal)
        else _("Your roles do not give you this page. If your work needs it, ask an administrator.")
    )
    return _page(request, 403, _("This is not open to you"), said)


def absent(request: HttpRequest) -> HttpResponse:
    """Answer 404: absent, or not visible to this person; the two are not told apart."""
    said = _("It does not exist, or it is not shown to you. Check the address, or search for it.")
    return _page(request, 404, _("Nothing at this address"), said)


def malformed(request: HttpRequest) -> HttpResponse:
    """Answer 400: the request could not be read."""
    said = _("The request could not be read: go back, and send it again.")
    return _page(request, 400, _("This request is malformed"), said)


def locked_out(request: HttpRequest, said: str) -> HttpResponse:
    """Answer 429: the account is locked after too many failures."""
    return _page(request, 429, _("Your account is locked"), said)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500: our fault; nothing was written."""
    said = _("The fault is ours and nothing was written. Try again; if it fails again, tell us.")
    # Rendered without the request: who signed in may be what cannot be read.
    context = {"title": _("Something failed"), "said": said}
    return HttpResponse(render_to_string("error.html", context), status=500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403: the form does not come from our page (CSRF)."""
    said = _("Your session ended or changed since the page was shown: open the page again.")
    return _page(request, 403, _("The form was not accepted"), said)


def _page(request: HttpRequest, status: int, title: str, said: str) -> HttpResponse:
    return render(request, "error.html", {"title": title, "said": said}, status=status)
