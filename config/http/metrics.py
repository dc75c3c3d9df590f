"""``/metrics``: what the process counts, in Prometheus' words, for those who watch it.

Restricted: names of views and their counts tell a stranger what the house is doing.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from approvals.people.enums import Role
from config.http.proxies import is_among


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer an address of ``METRICS_ALLOWED_ADDRESSES``, or an administrator.

    :raises PermissionDenied: for everybody else.
    """
    if not (_is_a_watcher(request) or _is_an_administrator(request)):
        raise PermissionDenied
    answer: HttpResponse = ExportToDjangoView(request)
    return answer


def _is_a_watcher(request: HttpRequest) -> bool:
    """Whether the request's own address, as trusted proxies tell it, is one that watches."""
    return is_among(request.META.get("REMOTE_ADDR", ""), settings.METRICS_ALLOWED_ADDRESSES)


def _is_an_administrator(request: HttpRequest) -> bool:
    person = request.user
    return person.is_authenticated and person.is_active and person.holds(Role.ADMINISTRATOR)
