"""What is offered is what would be accepted: each act tried, by each person, in every state."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from approvals.desk.demo.hasher import QUICK
from approvals.desk.demo.papers import letter
from approvals.desk.demo.seeding import import_products, live, settle_in
from approvals.desk.offers import ADDRESSES, ELSEWHERE, _offers
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.submissions.models import DepositWindow
from content.assets.enums import State
from content.assets.models import Version
from content.calendar import paris_day
from tests.factories.people import PASSWORD, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.long]

PEOPLE = (
    *("pm", "pm2", "mpm", "medical", "regulatory", "pharmacist", "pharmacist2"),
    *("rep", "inspector", "admin"),
)
# What one does not see is refused before anything is looked at: fewer attempts will do.
UNSEEN = ("comments", "withdraw")
# Offered, and tried elsewhere: what a carry takes depends on the cycle (tests of review).
NOT_TRIED = {"carry"}


def signed(meaning: str) -> dict[str, Any]:
    return {"reason": "Essai.", "signature": {"password": PASSWORD, "meaning": meaning}}


def bodies() -> dict[str, Any]:
    """Return a body that is right in itself, for each verb."""
    today = paris_day(timezone.now())
    window = DepositWindow.objects.open_on(today).filter(category="PM").first()
    assert window is not None
    release = signed("release")
    del release["reason"]
    return {
        "submit": {},
        "recall": {"reason": "Essai."},
        "send-back": {"reason": "Essai."},
        "cancel": {"reason": "Essai."},
        "plan": {"window": window.pk},
        "release": release,
        "suspend": signed("suspension"),
        "resume": signed("resumption"),
        "withdraw": signed("withdrawal"),
        "comments": {"body": "Une question.", "severity": "question"},
        "revisions": None,
        "invite": {"agency": make_person(Role.AGENCY).username},
    }


def attempt(client: Client, version: Version, verb: str, body: Any) -> int:
    """Try an act and undo it; return the status."""
    path = f"/api/v1/versions/{version.pk}/{verb}/"
    with transaction.atomic():
        if body is None:
            file = SimpleUploadedFile("essai.pdf", letter("Essai"))
            form = {"files": file, "prepared_on": paris_day(timezone.now()).isoformat()}
            response = client.post(path, form)
        else:
            response = client.post(path, body, content_type="application/json")
        transaction.set_rollback(True)
    return int(response.status_code)


def test_what_is_offered_is_what_is_accepted(settings: Any) -> None:
    settings.PASSWORD_HASHERS = QUICK
    import_products(None, stdout=None, stderr=None)
    live(settle_in(timezone.now()), 0)
    tried = bodies()
    lies: list[str] = []
    for username in PEOPLE:
        client = Client()
        client.force_login(User.objects.get(username=username))
        for state in State.values:
            version = Version.objects.filter(state=state).order_by("pk").first()
            assert version is not None
            told = client.get(f"/api/v1/versions/{version.pk}/")
            seen = told.status_code == 200
            offered = set(told.json()["allowed_actions"]) if seen else set()
            for verb in tried if seen else UNSEEN:
                status = attempt(client, version, verb, tried[verb])
                if (status < 300) != (verb in offered):
                    lies.append(f"{username} {state} {verb}: {status}, offered {sorted(offered)}")
    assert not lies, "\n".join(lies)


def test_every_offered_act_has_been_tried() -> None:
    verbs = {ADDRESSES.get(verb, verb) for verb in _offers()} - ELSEWHERE
    assert verbs - NOT_TRIED == {
        *("submit", "recall", "send-back", "cancel", "plan", "release", "suspend", "resume"),
        *("withdraw", "comments", "revisions", "invite"),
    }
