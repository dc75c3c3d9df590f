"""Freeze a product and lift the freeze: the facts (L.5122-3)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.people.models import User
from content.catalogue.actions import freeze_product, lift_freeze
from content.catalogue.models import Product, ProductFreeze
from content.catalogue.policies import can_freeze
from content.catalogue.signals import products_changed
from tests.factories.catalogue import make_product
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 14)


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


@pytest.fixture
def pharmacist(db: None) -> User:
    return make_person(Role.RESPONSIBLE_PHARMACIST)


@pytest.fixture
def announced() -> Iterator[list[set[int]]]:
    heard: list[set[int]] = []

    def hear(sender: Any, product_ids: set[int], **kwargs: Any) -> None:
        heard.append(product_ids)

    products_changed.connect(hear)
    yield heard
    products_changed.disconnect(hear)


def freeze(product: Product, by: User, now: datetime, **given: Any) -> ProductFreeze:
    values = {"reason": "Signal of harm", "effective_on": TODAY} | given
    return freeze_product(product.pk, by=by, now=now, **values)


def test_a_freeze_holds_from_its_day_and_is_announced(
    product: Product, pharmacist: User, now: datetime, announced: list[set[int]]
) -> None:
    row = freeze(product, pharmacist, now)
    assert (row.starts_on, row.recorded_by, row.recorded_at) == (TODAY, pharmacist, now)
    assert not product.frozen_on(TODAY - timedelta(days=1))
    assert product.frozen_on(TODAY)
    assert announced == [{product.pk}]


def test_a_freeze_leaves_one_event_with_its_history_row(
    product: Product, pharmacist: User, now: datetime
) -> None:
    before = AuditEvent.objects.count()
    row = freeze(product, pharmacist, now)
    assert AuditEvent.objects.count() == before + 1
    event = AuditEvent.objects.in_order().last()
    assert event is not None
    assert (event.kind, event.actor_id) == ("freeze_product", pharmacist.pk)
    history = row.history.get()
    assert (history.history_type, history.history_change_reason) == ("+", "Signal of harm")


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.RESPONSIBLE_PHARMACIST, Role.DEPUTY_PHARMACIST})
)
def test_others_do_not_freeze(product: Product, role: Role, now: datetime) -> None:
    by = make_person(role)
    assert not can_freeze(by)
    with pytest.raises(PolicyDenied) as denied:
        freeze(product, by, now)
    assert denied.value.code == "role_missing"
    assert not ProductFreeze.objects.exists()


def test_a_freeze_never_begins_in_the_past(
    product: Product, pharmacist: User, now: datetime
) -> None:
    with pytest.raises(InvalidInput) as refused:
        freeze(product, pharmacist, now, effective_on=TODAY - timedelta(days=1))
    assert list(refused.value.errors) == ["effective_on"]


def test_a_freeze_needs_a_reason(product: Product, pharmacist: User, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        freeze(product, pharmacist, now, reason="  ")
    assert list(refused.value.errors) == ["reason"]


def test_a_second_freeze_is_refused_but_an_earlier_day_brings_it_forward(
    product: Product, pharmacist: User, now: datetime
) -> None:
    first = freeze(product, pharmacist, now, effective_on=TODAY + timedelta(days=7))
    with pytest.raises(StateConflict) as refused:
        freeze(product, pharmacist, now, effective_on=TODAY + timedelta(days=8))
    assert refused.value.code == "already_frozen"
    second = freeze(product, pharmacist, now, effective_on=TODAY + timedelta(days=1))
    assert (second.pk, second.starts_on) == (first.pk, TODAY + timedelta(days=1))


def test_a_refused_receiver_leaves_nothing(
    product: Product, pharmacist: User, now: datetime
) -> None:
    def refuse(sender: Any, **kwargs: Any) -> None:
        raise RuntimeError

    events = AuditEvent.objects.count()
    products_changed.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            freeze(product, pharmacist, now)
    finally:
        products_changed.disconnect(refuse)
    assert not ProductFreeze.objects.exists()
    assert not ProductFreeze.history.exists()
    assert AuditEvent.objects.count() == events


def test_a_lift_removes_the_bar_from_its_day_and_frees_for_another(
    product: Product, pharmacist: User, now: datetime, announced: list[set[int]]
) -> None:
    row = freeze(product, pharmacist, now)
    later = now + timedelta(days=10)
    lifted = lift_freeze(row.pk, reason="Reassessed", by=pharmacist, now=later)
    assert (lifted.lifted_on, lifted.lifted_by, lifted.lifted_at, lifted.lift_reason) == (
        TODAY + timedelta(days=10),
        pharmacist,
        later,
        "Reassessed",
    )
    assert product.frozen_on(TODAY + timedelta(days=9))
    assert not product.frozen_on(TODAY + timedelta(days=10))
    assert announced == [{product.pk}, {product.pk}]
    again = freeze(product, pharmacist, later, effective_on=TODAY + timedelta(days=10))
    assert again.pk != row.pk


def test_a_lift_is_refused_twice_without_a_reason_and_to_others(
    product: Product, pharmacist: User, system: User, now: datetime
) -> None:
    row = freeze(product, pharmacist, now)
    with pytest.raises(InvalidInput) as blank:
        lift_freeze(row.pk, reason="", by=pharmacist, now=now)
    assert list(blank.value.errors) == ["reason"]
    for by in (system, make_person(Role.REGULATORY_REVIEWER)):
        with pytest.raises(PolicyDenied) as denied:
            lift_freeze(row.pk, reason="Reassessed", by=by, now=now)
        assert denied.value.code == "role_missing"
    lift_freeze(row.pk, reason="Reassessed", by=pharmacist, now=now)
    with pytest.raises(StateConflict) as twice:
        lift_freeze(row.pk, reason="Reassessed", by=pharmacist, now=now)
    assert twice.value.code == "not_frozen"
