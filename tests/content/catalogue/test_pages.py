"""Reference data in the office: each act has its page, and a product's page leads to it."""

from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from approvals.people.enums import Role
from approvals.people.models import User
from content.catalogue.models import (
    GpException,
    PrescriptionCondition,
    Product,
    ProductCondition,
    SourceDocument,
)
from tests.factories import keep
from tests.factories.catalogue import make_product
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


def client_of(*roles: Role) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_person(*roles), backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"catalogue:{name}", args=args)


def test_regulatory_records_the_end_an_exception_and_a_document(product: Product) -> None:
    client = client_of(Role.REGULATORY_REVIEWER)
    given = {"ends_on": "2026-06-01", "reason": "JO of 2 April"}
    assert client.post(at("authorisation", product.cis), given).status_code == 302
    assert Product.objects.get().authorisation_ends_on == date(2026, 6, 1)
    given = {"legal_basis": "L.5122-6", "starts_on": "2026-04-14", "reason": "Vaccine"}
    assert client.post(at("exception", product.cis), given).status_code == 302
    assert GpException.objects.get().ends_on is None
    file = SimpleUploadedFile("rcp.pdf", b"%PDF-1.7")
    given = {"kind": "smpc", "dated": "2026-03-01", "title": "RCP", "file": file}  # type: ignore[dict-item]
    assert client.post(at("document", product.cis), given).status_code == 302
    assert SourceDocument.objects.get().file_name == "rcp.pdf"


def test_what_is_wrong_is_said_on_the_page(product: Product) -> None:
    client = client_of(Role.REGULATORY_REVIEWER)
    given = {"legal_basis": "L.5122-6", "starts_on": "2026-04-14", "ends_on": "2026-04-14"}
    answer = client.post(at("exception", product.cis), given | {"reason": "Vaccine"})
    assert answer.status_code == 400
    assert "L.5122-6" in answer.content.decode()
    empty = {"kind": "smpc", "dated": "2026-03-01", "title": "RCP"}
    file = SimpleUploadedFile("rcp.pdf", b"")
    assert client.post(at("document", product.cis), {**empty, "file": file}).status_code == 400
    assert client.get(at("authorisation", "69999999")).status_code == 404
    assert not GpException.objects.exists()


@pytest.mark.parametrize("name", ["authorisation", "exception", "document"])
def test_a_product_manager_gets_a_sentence(name: str, product: Product) -> None:
    client = client_of(Role.PRODUCT_MANAGER)
    assert client.get(at(name, product.cis)).status_code == 403
    assert client.post(at(name, product.cis), {}).status_code == 403


def test_an_administrator_says_that_a_condition_is_harmless(system: User) -> None:
    product = make_product(restricted=True)
    condition = keep(PrescriptionCondition(label="renouvellement non restreint"), by=system)
    keep(ProductCondition(product=product, condition=condition), by=system)
    client = client_of(Role.ADMINISTRATOR)
    assert "1 product" in client.get(at("harmless", condition.pk)).content.decode()
    given = {"harmless": "on", "reason": "Renewal only"}
    assert client.post(at("harmless", condition.pk), given).status_code == 302
    assert not Product.objects.get().restricted
    assert client_of(Role.REGULATORY_REVIEWER).get(at("harmless", condition.pk)).status_code == 403


def test_the_links_of_the_admin_lead_to_the_pages(product: Product) -> None:
    client = client_of(Role.REGULATORY_REVIEWER)
    page = client.get(reverse("admin:catalogue_product_change", args=[product.pk]))
    links = {
        "end_authorisation": "authorisation",
        "add_exception": "exception",
        "add_document": "document",
    }
    for name, target in links.items():
        link = reverse(f"admin:catalogue_product_{name}", args=[product.pk])
        assert link in page.content.decode()
        assert client.get(link).headers["Location"] == at(target, product.cis)
