"""The trail and the people in the admin: read by those whose work it is, written by nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from approvals.audit.models import AuditEvent
from approvals.people.models import User
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db
TRAIL = reverse("admin:audit_auditevent_changelist")
PEOPLE = reverse("admin:people_user_changelist")


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "trail", "people"),
    [
        ("inspector", 200, 200),
        ("admin", 200, 200),
        ("pharmacist", 200, 403),
        ("pm", 403, 403),
        ("medical", 403, 403),
        ("rep", 302, 302),
    ],
)
def test_each_role_reads_what_is_its_work(cast: Cast, name: str, trail: int, people: int) -> None:
    client = client_of(getattr(cast, name))
    assert client.get(TRAIL).status_code == trail
    assert client.get(PEOPLE).status_code == people


def test_an_event_and_a_person_show_and_nothing_can_be_written(cast: Cast) -> None:
    client = client_of(cast.inspector)
    event = AuditEvent.objects.in_order().last()
    assert event is not None
    page = reverse("admin:audit_auditevent_change", args=[event.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"kind": "x"}).status_code == 403
    page = reverse("admin:people_user_change", args=[cast.pm.pk])
    shown = client.get(page)
    assert shown.status_code == 200
    assert cast.pm.password not in shown.content.decode()
    assert client.post(page, {"username": "x"}).status_code == 403
    assert client.get(TRAIL, {"q": "grant_role"}).status_code == 200
