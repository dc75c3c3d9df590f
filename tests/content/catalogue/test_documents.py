"""Keep a product's source documents."""

from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.audit import InvalidInput, PolicyDenied
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.people.models import User
from content import files
from content.catalogue.actions import add_source_document
from content.catalogue.models import Product, SourceDocument
from content.catalogue.policies import DOCUMENT_ROLES, can_add_document
from tests.factories.catalogue import make_product
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nan SmPC\n%%EOF"


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


def upload(content: bytes = PDF, name: str = "rcp.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def add(product: Product, by: User, now: datetime, **given: Any) -> SourceDocument:
    values: dict[str, Any] = {
        "kind": "smpc",
        "dated": date(2026, 3, 1),
        "title": "RCP du 1er mars 2026",
        "file": upload(),
    }
    return add_source_document(product.pk, by=by, now=now, **(values | given))


@pytest.mark.parametrize("role", DOCUMENT_ROLES)
def test_a_document_is_kept_under_its_digest_in_one_event(
    role: Role, product: Product, now: datetime
) -> None:
    by = make_person(role)
    events = AuditEvent.objects.count()
    document = add(product, by, now, file=upload(name="C:\\tmp\\rcp.pdf"))
    assert AuditEvent.objects.count() == events + 1
    assert document.history.get().history_user_id == by.pk
    assert (document.file_name, document.size, document.added_by) == ("rcp.pdf", len(PDF), by)
    with files.open_stored(document.sha256) as stored:
        assert stored.read() == PDF


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    product: Product, now: datetime, settings: Any
) -> None:
    by = make_person(Role.REGULATORY_REVIEWER)
    settings.UPLOAD_MAX_MB = 1
    wrong: list[tuple[str, Any]] = [
        ("kind", "rumour"),
        ("title", "  "),
        ("title", "x" * 301),
        ("dated", date(2026, 4, 15)),
        ("file", upload(b"")),
        ("file", upload(b"<html>", "rcp.pdf")),
        ("file", upload(PDF + b" " * 1024 * 1024)),
    ]
    for field, value in wrong:
        with pytest.raises(InvalidInput) as refused:
            add(product, by, now, **{field: value})
        assert list(refused.value.errors) == [field]
    assert not SourceDocument.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - set(DOCUMENT_ROLES)))
def test_others_add_nothing(role: Role, product: Product, now: datetime) -> None:
    by = make_person(role)
    assert not can_add_document(by)
    with pytest.raises(PolicyDenied) as denied:
        add(product, by, now)
    assert denied.value.code == "role_missing"
    assert not SourceDocument.objects.exists()
