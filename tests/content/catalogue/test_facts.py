"""What regulatory and the administrator record: authorisation, exceptions, harmless conditions."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from approvals.audit import InvalidInput, PolicyDenied
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.people.models import User
from content.catalogue.actions import (
    end_gp_exception,
    mark_condition_harmless,
    record_authorisation_end,
    record_gp_exception,
)
from content.catalogue.enums import AuthorisationStatus
from content.catalogue.models import (
    GpException,
    PrescriptionCondition,
    Product,
    ProductCondition,
)
from content.catalogue.policies import (
    can_keep_reference_data,
    can_record_authorisation,
    can_record_exception,
    public_allowed,
    public_bar,
)
from content.catalogue.signals import products_changed
from tests.factories import keep
from tests.factories.catalogue import make_product
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 14)


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


@pytest.fixture
def regulatory(db: None) -> User:
    return make_person(Role.REGULATORY_REVIEWER)


@pytest.fixture
def announced() -> Iterator[list[set[int]]]:
    heard: list[set[int]] = []

    def hear(sender: Any, product_ids: set[int], **kwargs: Any) -> None:
        heard.append(product_ids)

    products_changed.connect(hear)
    yield heard
    products_changed.disconnect(hear)


class TestTheEndOfAnAuthorisation:
    def end(self, product: Product, by: User, now: datetime, **given: Any) -> Product:
        values = {"ends_on": TODAY + timedelta(days=30), "reason": "JO of 2 April"} | given
        return record_authorisation_end(product.pk, by=by, now=now, **values)

    def test_it_stands_until_the_day_before(
        self, product: Product, regulatory: User, now: datetime, announced: list[set[int]]
    ) -> None:
        ended = self.end(product, regulatory, now)
        assert ended.authorisation_end_official
        assert ended.authorisation_stands_on(TODAY + timedelta(days=29))
        assert not ended.authorisation_stands_on(TODAY + timedelta(days=30))
        assert announced == [{product.pk}]

    def test_it_leaves_one_event_and_one_history_row_with_its_reason(
        self, product: Product, regulatory: User, now: datetime
    ) -> None:
        events, rows = AuditEvent.objects.count(), product.history.count()
        self.end(product, regulatory, now)
        assert AuditEvent.objects.count() == events + 1
        assert product.history.count() == rows + 1
        assert product.history.latest().history_change_reason == "JO of 2 April"

    def test_a_corrected_date_gives_days_back_and_may_be_past(
        self, product: Product, regulatory: User, now: datetime
    ) -> None:
        self.end(product, regulatory, now, ends_on=TODAY - timedelta(days=3))
        later = self.end(product, regulatory, now, ends_on=TODAY + timedelta(days=3))
        assert later.authorisation_stands_on(TODAY)
        taken_back = self.end(product, regulatory, now, ends_on=None)
        assert taken_back.authorisation_stands_on(TODAY + timedelta(days=300))
        assert not taken_back.authorisation_end_official

    def test_an_ended_one_owes_its_date(self, regulatory: User, now: datetime) -> None:
        ended = make_product(
            authorisation_status=AuthorisationStatus.ABROGATED, authorisation_ends_on=TODAY
        )
        with pytest.raises(InvalidInput) as refused:
            self.end(ended, regulatory, now, ends_on=None)
        assert list(refused.value.errors) == ["ends_on"]

    def test_it_cannot_end_before_it_began_nor_without_a_reason(
        self, regulatory: User, now: datetime
    ) -> None:
        product = make_product(authorised_on=date(2020, 1, 1))
        wrong: dict[str, Any] = {"ends_on": date(2019, 1, 1), "reason": ""}
        for field, value in wrong.items():
            with pytest.raises(InvalidInput) as refused:
                self.end(product, regulatory, now, **{field: value})
            assert list(refused.value.errors) == [field]

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGULATORY_REVIEWER}))
    def test_others_do_not_record_it(self, product: Product, role: Role, now: datetime) -> None:
        by = make_person(role)
        assert not can_record_authorisation(by)
        with pytest.raises(PolicyDenied) as denied:
            self.end(product, by, now)
        assert denied.value.code == "role_missing"


class TestAnExceptionForThePublic:
    def record(self, product: Product, by: User, now: datetime, **given: Any) -> GpException:
        values: dict[str, Any] = {
            "legal_basis": "L.5122-6",
            "reason": "On the list of vaccines",
            "starts_on": TODAY,
            "ends_on": TODAY + timedelta(days=10),
        }
        return record_gp_exception(product.pk, by=by, now=now, **(values | given))

    @override("en")
    def test_it_lifts_the_bar_on_its_days_only(
        self, product: Product, regulatory: User, now: datetime, announced: list[set[int]]
    ) -> None:
        assert "needs a prescription" in public_bar(product, TODAY)
        self.record(product, regulatory, now)
        assert not public_allowed(product, TODAY - timedelta(days=1))
        assert public_allowed(product, TODAY)
        assert public_allowed(product, TODAY + timedelta(days=9))
        assert not public_allowed(product, TODAY + timedelta(days=10))
        assert announced == [{product.pk}]

    def test_it_may_have_no_end_and_its_end_may_be_brought_forward(
        self, product: Product, now: datetime
    ) -> None:
        administrator = make_person(Role.ADMINISTRATOR)
        row = self.record(product, administrator, now, ends_on=None)
        assert public_allowed(product, TODAY + timedelta(days=3650))
        end = TODAY + timedelta(days=5)
        end_gp_exception(row.pk, ends_on=end, reason="Delisted", by=administrator, now=now)
        assert not public_allowed(product, end)
        for wrong in (end + timedelta(days=1), TODAY):
            with pytest.raises(InvalidInput) as refused:
                end_gp_exception(row.pk, ends_on=wrong, reason="x", by=administrator, now=now)
            assert list(refused.value.errors) == ["ends_on"]

    def test_what_is_missing_or_reversed_is_said_at_its_field(
        self, product: Product, regulatory: User, now: datetime
    ) -> None:
        for field, value in (("legal_basis", " "), ("reason", " "), ("ends_on", TODAY)):
            with pytest.raises(InvalidInput) as refused:
                self.record(product, regulatory, now, **{field: value})
            assert list(refused.value.errors) == [field]
        assert not GpException.objects.exists()

    @pytest.mark.parametrize(
        "role", sorted(set(Role) - {Role.REGULATORY_REVIEWER, Role.ADMINISTRATOR})
    )
    def test_others_neither_record_nor_end_it(
        self, product: Product, regulatory: User, role: Role, now: datetime
    ) -> None:
        by = make_person(role)
        row = self.record(product, regulatory, now)
        assert not can_record_exception(by)
        with pytest.raises(PolicyDenied):
            self.record(product, by, now)
        with pytest.raises(PolicyDenied):
            end_gp_exception(row.pk, ends_on=TODAY, reason="x", by=by, now=now)

    @override("en")
    def test_the_bar_says_which_one_it_is(self) -> None:
        free = {"prescription_only": False, "reimbursed": False, "restricted": False}
        assert public_bar(make_product(**free), TODAY) == ""
        assert "is reimbursed" in public_bar(make_product(**free | {"reimbursed": True}), TODAY)
        assert "condition" in public_bar(make_product(**free | {"restricted": True}), TODAY)


class TestAHarmlessCondition:
    @pytest.fixture
    def carriers(self, system: User) -> tuple[PrescriptionCondition, Product, Product]:
        """Return a condition, a product that carries it alone, one that carries another too."""
        condition = keep(PrescriptionCondition(label="renouvellement non restreint"), by=system)
        other = keep(PrescriptionCondition(label="surveillance particulière"), by=system)
        alone, both = make_product(restricted=True), make_product(restricted=True)
        for product, carried in ((alone, condition), (both, condition), (both, other)):
            keep(ProductCondition(product=product, condition=carried), by=system)
        return condition, alone, both

    def mark(self, condition: PrescriptionCondition, by: User, now: datetime, **given: Any) -> Any:
        values = {"harmless": True, "reason": "Renewal only"} | given
        return mark_condition_harmless(condition.pk, by=by, now=now, **values)

    def test_it_frees_the_products_that_carry_nothing_else(
        self,
        carriers: tuple[PrescriptionCondition, Product, Product],
        now: datetime,
        announced: list[set[int]],
    ) -> None:
        condition, alone, both = carriers
        administrator = make_person(Role.ADMINISTRATOR)
        events = AuditEvent.objects.count()
        self.mark(condition, administrator, now)
        assert AuditEvent.objects.count() == events + 1
        assert not Product.objects.get(pk=alone.pk).restricted
        assert alone.history.count() == 2
        assert Product.objects.get(pk=both.pk).restricted
        assert announced == [{alone.pk}]
        self.mark(condition, administrator, now, harmless=False)
        assert Product.objects.get(pk=alone.pk).restricted

    @pytest.mark.parametrize("label", ["liste I", "liste II", "stupéfiants"])
    def test_a_list_is_never_harmless(self, label: str, system: User, now: datetime) -> None:
        condition = keep(PrescriptionCondition(label=label), by=system)
        with pytest.raises(InvalidInput) as refused:
            self.mark(condition, system, now)
        assert list(refused.value.errors) == ["harmless"]

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
    def test_others_do_not_mark_it(self, role: Role, system: User, now: datetime) -> None:
        condition = keep(PrescriptionCondition(label="délivrance fractionnée"), by=system)
        by = make_person(role)
        assert not can_keep_reference_data(by)
        with pytest.raises(PolicyDenied):
            self.mark(condition, by, now)
        assert not PrescriptionCondition.objects.get(pk=condition.pk).harmless
