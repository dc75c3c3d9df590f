"""The sweep does what is due, once."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import override

from approvals.audit.models import AuditEvent, IdempotencyKey
from config.celery import app
from content.assets.enums import State
from content.assets.models import Version
from tests.factories.people import Cast
from tests.factories.releases import make_released

pytestmark = pytest.mark.django_db


def run(now: datetime) -> str:
    out = StringIO()
    with override("en"):
        call_command("sweep", "--now", now.isoformat(), stdout=out)
    return out.getvalue()


def test_i11_it_expires_what_ended_and_nothing_twice(cast: Cast, now: datetime) -> None:
    version = make_released(cast.product)
    last = datetime(2028, 4, 13, 21, 59, tzinfo=now.tzinfo)
    run(last)  # The notice of the end that comes.
    assert "Nothing was due" in run(last)
    assert run(last + timedelta(minutes=1)) == "versions expired: 1\n"
    assert Version.objects.get(pk=version.pk).state == State.EXPIRED
    events = AuditEvent.objects.count()
    assert "Nothing was due" in run(last + timedelta(days=3))
    assert AuditEvent.objects.count() == events


def test_it_forgets_old_idempotency_keys(cast: Cast, now: datetime) -> None:
    for age, key in ((1, "young"), (25, "old")):
        IdempotencyKey.objects.create(
            user=cast.pm,
            method="POST",
            path="/",
            key=key,
            body_hmac="h",
            created_at=now - timedelta(hours=age),
        )
    run(now)
    assert [row.key for row in IdempotencyKey.objects.all()] == ["young"]


@pytest.mark.parametrize("text", ["tomorrow", "2026-04-24T10:00:00", "2026-99-99T10:00:00Z"])
def test_an_instant_without_zone_or_sense_is_refused(system: object, text: str) -> None:
    with pytest.raises(CommandError, match="not an instant"):
        call_command("sweep", "--now", text)


def test_the_schedule_names_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    named = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named <= set(app.tasks)
    assert "approvals.desk.tasks.sweep_now" in named
