"""The admin of reference data shows and writes nothing, whoever asks."""

from datetime import date, datetime

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from approvals.people.enums import FIELD, OFFICE, Role
from approvals.people.models import User
from config.http.admin import ReadOnlyAdmin, ReadOnlyPlainAdmin
from content.access.actions import delegate
from content.catalogue.actions import freeze_product
from content.catalogue.models import Product
from tests.factories.catalogue import make_product, make_team
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
OURS = [
    model
    for model, page in admin.site._registry.items()
    if model._meta.app_label in {"catalogue", "access", "outbox"}
    and isinstance(page, ReadOnlyAdmin | ReadOnlyPlainAdmin)
]


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def product(system: User, now: datetime) -> Product:
    product = make_product("ÉLÉVATIL 5 mg")
    make_team("Cardiology", products=[product])
    freeze_product(product.pk, reason="Signal", effective_on=date(2026, 4, 14), by=system, now=now)
    lender = make_person(Role.RESPONSIBLE_PHARMACIST)
    deputy = make_person(Role.DEPUTY_PHARMACIST)
    delegate(
        deputy.pk,
        roles=[Role.RESPONSIBLE_PHARMACIST],
        starts_on=date(2026, 4, 14),
        ends_on=date(2026, 5, 14),
        by=lender,
        now=now,
    )
    return product


def address(model: type, name: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label_lower)
def test_lists_pages_and_histories_open_and_nothing_can_be_written(
    model: type, product: Product
) -> None:
    client = client_of(make_person(Role.ADMINISTRATOR))
    assert client.get(address(model, "changelist"), {"q": "a"}).status_code == 200
    assert client.get(address(model, "add")).status_code == 403
    row = model._default_manager.first()  # type: ignore[attr-defined]
    if row is not None:
        assert client.get(address(model, "change", row.pk)).status_code == 200
        assert client.post(address(model, "change", row.pk), {"name": "x"}).status_code == 403
        assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert client.get(address(model, "history", row.pk)).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("role", OFFICE)
def test_every_role_of_the_office_reads_products(role: Role, product: Product) -> None:
    client = client_of(make_person(role))
    assert client.get(address(Product, "changelist")).status_code == 200
    assert client.get(address(Product, "change", product.pk)).status_code == 200


@pytest.mark.parametrize("role", [*FIELD, Role.AGENCY])
def test_the_field_and_agencies_do_not_enter_even_as_staff(role: Role, product: Product) -> None:
    person = make_person(role)
    person.is_staff = True
    request_page = admin.site._registry[Product]
    client = client_of(person)
    assert client.get(address(Product, "changelist")).status_code == 302
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = person
    assert not request_page.has_view_permission(request)
    assert not request_page.has_module_permission(request)


def test_a_history_row_is_read_and_never_posted(product: Product) -> None:
    client = client_of(make_person(Role.ADMINISTRATOR))
    row = product.history.latest()
    page = address(Product, "simple_history", product.pk, row.pk)
    assert client.get(page).status_code == 200
    assert client.post(page, {"name": "ALTERED", "cis": product.cis}).status_code == 403
    product.refresh_from_db()
    assert product.name == "ÉLÉVATIL 5 mg"


def test_a_product_is_found_without_its_accents(product: Product) -> None:
    client = client_of(make_person(Role.ADMINISTRATOR))
    for term in ("elevatil", "Élévatil 5", product.cis):
        page = client.get(address(Product, "changelist"), {"q": term})
        assert product.name in page.content.decode()
    page = client.get(address(Product, "changelist"), {"q": "absent"})
    assert product.name not in page.content.decode()
