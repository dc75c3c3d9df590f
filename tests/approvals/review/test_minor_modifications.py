"""The authority's list of minor modifications: an administrator keeps it, with a reason."""

import pytest
from django.test import Client

from approvals.audit import InvalidInput, PolicyDenied
from approvals.audit.models import AuditEvent
from approvals.review.actions import set_minor_modification
from approvals.review.models import MinorModificationCategory
from tests.factories import T0
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db
GIVEN = {"label_fr": "Logo", "label_en": "Logo", "active": True, "reason": "liste de 2026"}


def test_a_category_is_added_then_changed_in_one_event_each(cast: Cast) -> None:
    by = cast.admin
    events = AuditEvent.objects.count()
    added = set_minor_modification("logo", by=by, now=T0, **GIVEN)
    closed = set_minor_modification("logo", by=by, now=T0, **{**GIVEN, "active": False})
    assert (added.pk, closed.active) == (closed.pk, False)
    assert closed.history.count() == 2
    assert AuditEvent.objects.count() == events + 2


@pytest.mark.parametrize("field", ["label_fr", "label_en", "reason"])
def test_what_is_blank_is_said_at_its_field(cast: Cast, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_minor_modification("logo", by=cast.admin, now=T0, **{**GIVEN, field: " "})
    assert set(refused.value.errors) == {field}


def test_a_code_is_a_code(cast: Cast) -> None:
    for code in ("", "Logo", "a b", "x" * 41):
        with pytest.raises(InvalidInput) as refused:
            set_minor_modification(code, by=cast.admin, now=T0, **GIVEN)
        assert set(refused.value.errors) == {"code"}


@pytest.mark.parametrize("name", ["pm", "regulatory", "pharmacist", "inspector"])
def test_nobody_but_an_administrator(cast: Cast, name: str) -> None:
    with pytest.raises(PolicyDenied) as refused:
        set_minor_modification("logo", by=getattr(cast, name), now=T0, **GIVEN)
    assert refused.value.code == "role_missing"


def test_on_its_pages_and_over_the_api(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    page = "/admin/review/minor-modifications/new/"
    assert client.get(page).status_code == 200
    given = {"label_fr": "Logo", "label_en": "Logo", "active": "on", "reason": "2026"}
    assert client.post(page, {**given, "code": "Not one"}).status_code == 400
    assert client.post(page, {**given, "code": "logo"}).status_code == 302
    kept = MinorModificationCategory.objects.get(code="logo")
    change = f"/admin/review/minor-modifications/{kept.pk}/"
    assert client.get(change).status_code == 200
    assert client.post(change, {**given, "label_fr": "Logotype"}).status_code == 302
    address = "/api/v1/minor-modifications/"
    body = {**GIVEN, "code": "logo", "active": False}
    done = client.post(address, body, content_type="application/json")
    assert (done.status_code, done.json()["active"]) == (200, False)
    listed = client.get(address).json()["results"]
    assert "logo" in {row["code"] for row in listed}
