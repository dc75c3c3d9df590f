"""The trail and the people in the admin: read by those whose work it is, written by nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from approvals.audit.models import AuditEvent
from approvals.people.actions import change_password
from approvals.people.models import User
from tests.factories import T0
from tests.factories.people import PASSWORD, Cast

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


def test_b06_no_page_tells_a_password_nor_lets_it_be_guessed(cast: Cast) -> None:
    client = client_of(cast.admin)
    before = cast.pm.password
    change_password(current=PASSWORD, password="une phrase longue et facile", by=cast.pm, now=T0)
    after = User.objects.get(pk=cast.pm.pk).password
    for name in ("change", "history"):
        page = client.get(reverse(f"admin:people_user_{name}", args=[cast.pm.pk]))
        assert page.status_code == 200
        text = page.content.decode()
        assert before not in text
        assert after not in text
    kept = User.history.filter(id=cast.pm.pk).first()
    page = client.get(reverse("admin:people_user_simple_history", args=[cast.pm.pk, kept.pk]))
    assert page.status_code == 200
    assert after not in page.content.decode()
    for lookup in ("password__startswith", "password__contains", "password"):
        assert client.get(PEOPLE, {lookup: after[:8]}).status_code == 400, lookup
