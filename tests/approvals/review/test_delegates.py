"""A lent role on every path: the list, the page, the API, and how it is told afterwards."""

from datetime import date, datetime
from typing import Any

import pytest
import time_machine

from approvals.audit import PolicyDenied
from approvals.people.models import User
from approvals.review.models import ReviewTask
from content.access.actions import delegate, revoke_delegation
from content.access.models import Delegation
from content.assets.models import Involvement
from content.calendar import paris_day
from tests.factories import T0, keep
from tests.factories.people import PASSWORD, Cast
from tests.factories.review import give, in_review, task_of, yes_to_all
from tests.security.conftest import client_of

SEVERAL = {"starts_on": date(2026, 4, 14), "ends_on": date(2026, 5, 1)}


@pytest.fixture
def task(cast: Cast) -> ReviewTask:
    return task_of(in_review(cast), "medical_reviewer")


def lend(cast: Cast, to: User, now: datetime, **more: Any) -> Delegation:
    return delegate(to.pk, roles=["medical_reviewer"], by=cast.medical, now=now, **SEVERAL, **more)


def test_what_is_lent_is_in_the_list_on_its_days(
    cast: Cast, task: ReviewTask, now: datetime
) -> None:
    legal, today = cast.legal, paris_day(now)
    assert not ReviewTask.objects.awaiting(legal, today).exists()
    lent = lend(cast, legal, now)
    assert ReviewTask.objects.awaiting(legal, today).get() == task
    assert not ReviewTask.objects.awaiting(legal, date(2026, 5, 1)).exists()
    revoke_delegation(lent.pk, reason="Retour", by=cast.medical, now=now)
    assert not ReviewTask.objects.awaiting(legal, today).exists()


def test_a_limit_to_products_covers_all_of_an_asset(
    cast: Cast, task: ReviewTask, now: datetime
) -> None:
    legal, dpo, today = cast.legal, cast.dpo, paris_day(now)
    lend(cast, legal, now, product_ids=[cast.product.pk])
    lend(cast, dpo, now, product_ids=[cast.other_product.pk])
    assert ReviewTask.objects.awaiting(legal, today).get() == task
    assert not ReviewTask.objects.awaiting(dpo, today).exists()
    with pytest.raises(PolicyDenied) as denied:
        give(task, dpo, on_behalf_of=cast.medical)
    assert denied.value.code == "no_delegation"
    assert give(task, legal, on_behalf_of=cast.medical).on_behalf_of == cast.medical


def test_a_delegate_who_uploaded_the_file_is_refused_on_every_path(
    cast: Cast, task: ReviewTask, now: datetime
) -> None:
    legal = cast.legal
    lend(cast, legal, now)
    keep(Involvement(version=task.cycle.version, user=legal, kind="uploaded"), by=cast.pm)
    with pytest.raises(PolicyDenied) as denied:
        give(task, legal)
    assert denied.value.code == "four_eyes"
    assert not ReviewTask.objects.awaiting(legal, paris_day(now)).exists()


@time_machine.travel(T0, tick=False)
def test_the_verdict_says_for_whom(cast: Cast, task: ReviewTask, now: datetime) -> None:
    legal = cast.legal
    lend(cast, legal, now)
    client = client_of(legal)
    assert str(task.cycle.version) in client.get("/admin/review/tasks/").content.decode()
    listed = client.get("/api/v1/tasks/?mine=true&open=true").json()["results"]
    assert [row["id"] for row in listed] == [task.pk]
    page = client.get(f"/review/{task.pk}/")
    assert page.status_code == 200
    body = {
        "verdict": "approved",
        "checklist": yes_to_all(task),
        "on_behalf_of": "medical",
        "signature": {"password": PASSWORD, "meaning": "medical_accuracy"},
    }
    path = f"/api/v1/tasks/{task.pk}/decide/"
    signed = client.post(path, body, content_type="application/json")
    assert signed.status_code == 200
    assert signed.json()["on_behalf_of"] == "medical"
    version = task.cycle.version
    told = client_of(cast.inspector).get(version.get_absolute_url()).content.decode()
    # The review's table, the signatures and the story.
    assert told.count(str(cast.medical)) >= 3
    lines = client_of(cast.inspector).get(f"/api/v1/versions/{version.pk}/signatures/")
    assert [line["on_behalf_of"] for line in lines.json()["results"]] != [""]
