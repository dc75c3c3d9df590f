"""A window is missed: a new reference, a corrected file, one carry, and no second review (§6)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from approvals.review.models import Carry, ReviewCycle, ReviewTask
from approvals.submissions.actions import burn_lapsed_references
from approvals.submissions.models import Batch, Dossier, PlannedDeposit
from content.assets.enums import ReferenceStatus, State
from content.assets.models import Reference, Version
from tests.factories import T0
from tests.factories.people import PASSWORD, Cast
from tests.factories.submissions import fill_in, pm_window, window_of
from tests.scenarios.walk import Walk
from tests.security.conftest import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # a whole review, and one carry
CLOSED = datetime(2026, 4, 27, 8, tzinfo=UTC)


def fresh(version: Version) -> Version:
    found: Version = Version.objects.with_asset().get(pk=version.pk)
    return found


def missed(cast: Cast) -> tuple[Walk, Version]:
    """An approved version that was in a batch when its window closed, planned for July again."""
    walk = Walk(cast, T0)
    version = walk.approved(cast.product, window=pm_window())
    regulatory, pm = client_of(cast.regulatory), client_of(cast.pm)
    with time_machine.travel(T0, tick=False):
        regulatory.post(reverse("submissions:create_batch"), {"window": pm_window().pk})
        batch = Batch.objects.get()
        add = reverse("submissions:add", args=[batch.pk])
        assert regulatory.post(add, {"version": version.pk}).status_code == 302
    dossier = Dossier.objects.get(version=version)
    fill_in(cast, dossier)

    walk.now = CLOSED
    with time_machine.travel(CLOSED, tick=False):
        regulatory, pm = client_of(cast.regulatory), client_of(cast.pm)
        miss = reverse("submissions:miss", args=[dossier.pk])
        assert regulatory.post(miss, {"reason": "Quittance reçue trop tard."}).status_code == 302
        july = {"window": window_of(date(2026, 7, 28)).pk}
        plan = reverse("submissions:plan", args=[version.pk])
        assert pm.post(plan, july).status_code == 302
        send_back = reverse("review:send_back", args=[version.pk])
        assert regulatory.post(send_back, {"reason": "Nouvelle référence."}).status_code == 302
    return walk, fresh(version)


def test_regulatory_alone_carries_all_verdicts_to_the_corrected_file(cast: Cast) -> None:
    walk, version = missed(cast)
    old = Reference.objects.get(value="26/04/60000001/PM/001")
    assert (old.status, version.reference.value) == (
        ReferenceStatus.BURNT,
        "26/07/60000001/PM/001",
    )
    assert version.state == State.CHANGES_REQUESTED
    walk.upload(version)
    walk.submit(version)
    decided = ReviewCycle.objects.get(version=version, number=1).verdicts.count()

    with time_machine.travel(CLOSED, tick=False):
        client = client_of(cast.regulatory)
        address = reverse("review:carry", args=[version.pk])
        page = client.get(address)
        shown = page.content.decode()
        assert page.status_code == 200
        (difference,) = page.context["differences"]
        assert [place["status"] for place in difference.changed_places] == ["changed"]
        assert "<del>26/04/60000001/PM/001" in shown
        assert "<ins>26/07/60000001/PM/001" in shown
        (task, before) = page.context["task"], page.context["before"]
        for name, args in (
            ("review:earlier_picture", [task.pk, before.pk, 1, 1]),
            ("review:document_picture", [task.pk, 1, 1]),
        ):
            picture = reverse(name, args=args)
            assert picture in shown
            assert client.get(picture)["Content-Type"] == "image/png"
        body = {"reason": "Seule la référence a changé.", "password": PASSWORD}
        assert client.post(address, body).status_code == 302

    version = fresh(version)
    assert version.state == State.APPROVED
    kept = Carry.objects.get(version=version)
    assert (kept.carried_by, kept.carried.count()) == (cast.regulatory, decided)
    assert not ReviewTask.objects.open().filter(cycle__version=version).exists()

    # And it goes to the authority in the next window.
    walk.now = datetime(2026, 7, 20, 8, tzinfo=UTC)
    walk.deposit(version, window_of(date(2026, 7, 28)))
    assert fresh(version).state == State.DEPOSITED


def test_a_word_more_is_seen_and_refused(cast: Cast) -> None:
    walk, version = missed(cast)
    walk.upload(version, "Nouvelle indication")
    walk.submit(version)
    with time_machine.travel(CLOSED, tick=False):
        client = client_of(cast.regulatory)
        address = reverse("review:carry", args=[version.pk])
        page = client.get(address)
        body = {"reason": "Seule la référence a changé.", "password": PASSWORD}
        signed = client.post(address, body)
    assert (page.status_code, signed.status_code) == (409, 409)
    assert "Nouvelle indication" in str(page.context["refusal"])
    assert "<ins>" in page.content.decode()
    assert fresh(version).state == State.IN_REVIEW


def test_whoever_comes_first_the_lost_reference_is_burnt_once(cast: Cast, system: Any) -> None:
    walk = Walk(cast, T0)
    version = walk.approved(cast.product, window=pm_window())
    assert burn_lapsed_references(by=system, now=CLOSED) == 1
    assert fresh(version).reference is None
    walk.now = CLOSED
    walk.plan(version, window_of(date(2026, 7, 28)))
    assert fresh(version).reference.value == "26/07/60000001/PM/001"
    assert PlannedDeposit.objects.filter(version=version).count() == 2
