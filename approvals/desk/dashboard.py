"""The office's home: for each role, what it must know and the one next thing to do."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Put into unfold's index what the person's roles need to see."""
    context["title"] = _("Home")
    return context
