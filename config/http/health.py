"""``/healthz``: the process answers. ``/readyz``: what it stands on answers too."""

import abc
import dataclasses
from datetime import datetime
from typing import ClassVar

from asgiref.sync import sync_to_async
from celery import current_app
from django.core.files.storage import storages
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from health_check.base import HealthCheck
from health_check.checks import Storage
from health_check.exceptions import ServiceUnavailable
from health_check.views import HealthCheckView

from approvals.audit import triggers
from approvals.audit.chain import GENESIS
from approvals.audit.models import AuditEvent, AuditHead


class OnTheRequestsThread(HealthCheck):
    """A check that uses the request's own database connection, so that none is left open."""

    async def run(self) -> None:
        await sync_to_async(self.look)()

    @abc.abstractmethod
    def look(self) -> None:
        """Raise what is wrong, in words that hold no secret."""


@dataclasses.dataclass
class Database(OnTheRequestsThread):
    """The database answers."""

    def look(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


# Seconds beyond which two clocks tell different times: signatures and days of use stand on ours.
MOST_DRIFT = 5


def database_clock() -> datetime:
    """Return the database's own time; SQLite has none but ours."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
        return told


@dataclasses.dataclass
class Clock(OnTheRequestsThread):
    """Our clock and the database's tell the same time (SECURITY.md 31)."""

    def look(self) -> None:
        drift = abs((database_clock() - timezone.now()).total_seconds())
        if drift > MOST_DRIFT:
            raise ServiceUnavailable(f"the clock is {drift:.0f} s off the database's: check NTP")


@dataclasses.dataclass
class AuditTrail(OnTheRequestsThread):
    """The head row is there and is the last event."""

    def look(self) -> None:
        head = AuditHead.objects.filter(pk=1).values_list("seq", "hash").first()
        last = AuditEvent.objects.in_order().values_list("seq", "hash").last()
        if head != (last or (0, GENESIS)):
            raise ServiceUnavailable("the head row is not the last event: run verify_audit")


@dataclasses.dataclass
class Triggers(OnTheRequestsThread):
    """Every append-only table is guarded."""

    def look(self) -> None:
        if triggers.missing(connection):
            raise ServiceUnavailable("an append-only table is not guarded: run migrate")


@dataclasses.dataclass
class Files(OnTheRequestsThread):
    """A file can be written, read and removed, and the revisions can be reached."""

    def look(self) -> None:
        Storage(alias="derived").run()
        storages["revisions"].exists("0")


@dataclasses.dataclass
class Broker(OnTheRequestsThread):
    """Work can be handed to the worker."""

    def look(self) -> None:
        with current_app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive; ask nothing else of anything."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


class Ready(HealthCheckView):
    """Answer 200 when everything the application stands on answers, or 503 and what does not."""

    http_method_names: ClassVar[list[str]] = ["get", "head"]
    checks = (Database, Clock, AuditTrail, Triggers, Files, Broker)

    async def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        results = [await check.get_result() for check in self.get_checks()]
        broken = any(result.error for result in results)
        return JsonResponse(
            {
                type(result.check).__name__.lower(): str(result.error) if result.error else "ok"
                for result in results
            },
            status=503 if broken else 200,
        )
