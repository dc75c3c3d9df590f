"""From the authority's letter to the workspace of the next version, and to the field's list."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.audit import StateConflict
from approvals.people.models import User
from approvals.review.actions import resolve
from approvals.review.models import Comment, ReviewTask
from approvals.submissions.models import Dossier
from content.assets.actions import create_version
from content.assets.models import Version
from content.outbox.models import Message
from tests.factories import T0
from tests.factories.people import Cast
from tests.factories.submissions import pm_window, record_correction, record_decision, window_of
from tests.scenarios.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STOPS = ("release.suspend", "release.withdraw")
REASONS = "L’indication revendiquée n’est pas celle de l’AMM (page 2)."


def client_of(person: User) -> Client:
    client = Client(headers={"accept-language": "fr"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_reasons_of_a_refusal_block_the_next_version_until_answered(cast: Cast) -> None:
    walk = Walk(cast, T0)
    first = walk.approved(cast.product, window=pm_window())
    walk.decision(walk.deposit(first, pm_window()), "refused", reason=REASONS)
    walk.wait(hours=1)

    second = create_version(first.asset_id, files=[], prepared_on=None, by=cast.pm, now=walk.now)
    walk.plan(second, window_of(date(2026, 7, 28)))
    walk.upload(second)
    walk.submit(second)

    tasks = ReviewTask.objects.filter(cycle__version=second, state="open").order_by("pk")
    task = next(one for one in tasks if one.role == "medical_reviewer")
    with time_machine.travel(walk.now, tick=False):
        page = client_of(cast.medical).get(f"/review/{task.pk}/").content.decode()
    assert REASONS in page
    carried = Comment.objects.concerning(second).blocking().get()
    assert carried.version_id == first.pk
    # It blocks the approval: no stage passes over it.
    with pytest.raises(StateConflict) as refused:
        walk.approve(second)
    assert refused.value.code == "blocking_comment_open"

    resolve(carried.pk, by=cast.pm, now=walk.now)
    walk.approve(second)
    assert Version.objects.get(pk=second.pk).state == "approved"


def positive(client: Client, **asked: str) -> list[Any]:
    answer = client.get("/api/v1/positive-list/", asked)
    assert answer.status_code == 200, answer.content
    return [(row["code"], row["number"]) for row in answer.json()["results"]]


def test_a_withdrawal_and_a_correction_end_use_on_the_list_at_once(cast: Cast) -> None:
    walk = Walk(cast, T0)
    version = walk.cleared(cast.product, window=pm_window())
    walk.wait(hours=1)
    walk.release(version)
    dossier = Dossier.objects.get(version=version)
    row = (version.asset.code, 1)
    status = f"/api/v1/status/{row[0]}/"
    rep = client_of(cast.rep)
    stopped = datetime(2026, 5, 4, 13, tzinfo=UTC)

    with time_machine.travel(stopped, tick=False):
        assert row in positive(rep)
        given = {"reason": "Risque.", "decided_on": stopped.date(), "now": stopped}
        record_decision(cast, dossier, "withdrawn_by_authority", **given)
        assert row not in positive(rep)
        assert row not in positive(rep, on="2026-05-04")
        told = rep.get(status, {"version": 1}).json()
        assert told["usable_today"] is False
        assert told["why_not"][0]["code"] == "authority"
        earlier = (stopped - timedelta(hours=1)).isoformat()
        assert row in positive(rep, on="2026-05-04", as_of=earlier)
        assert row in positive(rep, on="2026-05-03")

    later = stopped + timedelta(hours=2)
    with time_machine.travel(later, tick=False):
        rep = client_of(cast.rep)
        # It was the visa of another version: given back, but only by the pharmacist's resume.
        record_correction(cast, dossier, "granted", decided_on=T0.date(), now=later)
        assert row not in positive(rep)
        walk.now = later
        walk.resume(version)
        assert row in positive(rep)
        between = (stopped + timedelta(hours=1)).isoformat()
        assert row not in positive(rep, on="2026-05-04", as_of=between)


def topics_told(person: User) -> list[str]:
    told = Message.objects.filter(recipient=person).order_by("pk")
    return [topic for topic in told.values_list("topic", flat=True) if topic in STOPS]


def test_the_field_is_told_of_what_the_authority_stops(cast: Cast) -> None:
    walk = Walk(cast, T0)
    version = walk.cleared(cast.product, window=pm_window())
    walk.wait(hours=1)
    assert cast.rep.is_active
    assert cast.rep2.is_active
    walk.release(version)
    dossier = Dossier.objects.get(version=version)
    day = T0.date()

    suspended = {"reason": "Risque.", "decided_on": day, "now": walk.now}
    record_decision(cast, dossier, "suspended", **suspended)
    assert topics_told(cast.rep) == ["release.suspend"]
    record_decision(cast, dossier, "withdrawn_by_authority", **suspended)
    assert topics_told(cast.rep) == ["release.suspend", "release.withdraw"]
    # Another team's field learns nothing.
    assert topics_told(cast.rep2) == []


def test_the_field_is_told_of_what_a_correction_ends(cast: Cast) -> None:
    walk = Walk(cast, T0)
    version = walk.cleared(cast.product, window=pm_window())
    walk.wait(hours=1)
    assert cast.rep.is_active
    walk.release(version)
    dossier = Dossier.objects.get(version=version)
    given = {"decided_on": T0.date(), "now": walk.now, "reason": "Le courrier refusait."}
    record_correction(cast, dossier, "refused", **given)
    assert topics_told(cast.rep) == ["release.withdraw"]
