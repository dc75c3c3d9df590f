"""Lend one's roles, and act for another (DOMAIN.md §6)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import grant_role, revoke_role
from approvals.people.enums import Role
from approvals.people.models import User
from content.access.actions import delegate, revoke_delegation
from content.access.models import Delegation
from content.access.policies import (
    acting_for,
    can_act_as_pharmacist,
    can_revoke,
    check_can_act_as_pharmacist,
    check_can_act_in_role,
)
from tests.factories.catalogue import make_product
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 14)
PHARMACIST = Role.RESPONSIBLE_PHARMACIST


@pytest.fixture
def pharmacist(db: None) -> User:
    return make_person(PHARMACIST)


@pytest.fixture
def deputy(db: None) -> User:
    return make_person(Role.DEPUTY_PHARMACIST)


def lend(by: User, to: User, now: datetime, **given: Any) -> Delegation:
    values: dict[str, Any] = {
        "roles": [PHARMACIST],
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=7),
    }
    return delegate(to.pk, by=by, now=now, **(values | given))


def test_a_delegation_holds_on_its_days_and_leaves_its_trace(
    pharmacist: User, deputy: User, now: datetime
) -> None:
    events = AuditEvent.objects.count()
    row = lend(pharmacist, deputy, now)
    assert AuditEvent.objects.count() == events + 1
    assert row.history.get().history_user_id == pharmacist.pk
    assert acting_for(deputy, PHARMACIST, TODAY - timedelta(days=1)) is None
    assert acting_for(deputy, PHARMACIST, TODAY) == pharmacist
    assert acting_for(deputy, PHARMACIST, TODAY + timedelta(days=6)) == pharmacist
    assert acting_for(deputy, PHARMACIST, TODAY + timedelta(days=7)) is None


def test_the_responsible_pharmacist_acts_alone_and_a_deputy_for_them(
    pharmacist: User, deputy: User, now: datetime
) -> None:
    assert check_can_act_as_pharmacist(pharmacist, now=now) is None
    with pytest.raises(PolicyDenied) as denied:
        check_can_act_as_pharmacist(deputy, now=now)
    assert denied.value.code == "no_delegation"
    lend(pharmacist, deputy, now)
    assert check_can_act_as_pharmacist(deputy, now=now) == pharmacist
    assert not can_act_as_pharmacist(deputy, now=now + timedelta(days=7))


@pytest.mark.parametrize("role", sorted(set(Role) - {PHARMACIST, Role.DEPUTY_PHARMACIST}))
def test_nobody_else_acts_as_pharmacist(role: Role, now: datetime) -> None:
    with pytest.raises(PolicyDenied) as denied:
        check_can_act_as_pharmacist(make_person(role), now=now)
    assert denied.value.code == "role_missing"


def test_a_delegation_limited_to_products_covers_only_acts_on_these(
    pharmacist: User, deputy: User, now: datetime
) -> None:
    mine, other = make_product(), make_product()
    lend(pharmacist, deputy, now, product_ids=[mine.pk])
    assert can_act_as_pharmacist(deputy, now=now, product_ids=[mine.pk])
    for products in ([other.pk], [mine.pk, other.pk], [], None):
        assert not can_act_as_pharmacist(deputy, now=now, product_ids=products)


def test_a_delegator_who_lost_the_role_lends_nothing(
    pharmacist: User, deputy: User, system: User, now: datetime
) -> None:
    lend(pharmacist, deputy, now)
    revoke_role(pharmacist, PHARMACIST, by=system, now=now, reason="Left")
    assert not can_act_as_pharmacist(deputy, now=now)


def test_the_pharmacists_acts_go_only_to_a_deputy(pharmacist: User, now: datetime) -> None:
    with pytest.raises(PolicyDenied) as denied:
        lend(pharmacist, make_person(Role.MEDICAL_REVIEWER), now)
    assert denied.value.code == "deputy_required"
    assert not Delegation.objects.exists()


def test_who_is_no_longer_a_deputy_acts_for_no_pharmacist(
    pharmacist: User, deputy: User, system: User, now: datetime
) -> None:
    grant_role(deputy, Role.MEDICAL_REVIEWER, by=system, now=now)
    lend(pharmacist, deputy, now)
    revoke_role(deputy, Role.DEPUTY_PHARMACIST, by=system, now=now, reason="Other duties")
    with pytest.raises(PolicyDenied) as denied:
        check_can_act_in_role(deputy, PHARMACIST, now=now, on_behalf_of=pharmacist)
    assert denied.value.code == "no_delegation"
    with pytest.raises(PolicyDenied) as denied:
        check_can_act_in_role(deputy, PHARMACIST, now=now)
    assert denied.value.code == "role_missing"


def test_what_was_lent_is_not_lent_on(pharmacist: User, deputy: User, now: datetime) -> None:
    lend(pharmacist, deputy, now)
    with pytest.raises(PolicyDenied) as denied:
        lend(deputy, make_person(Role.DEPUTY_PHARMACIST), now)
    assert denied.value.code == "role_missing"
    with pytest.raises(PolicyDenied) as denied:
        lend(deputy, make_person(Role.DEPUTY_PHARMACIST), now, roles=[Role.DEPUTY_PHARMACIST])
    assert denied.value.code == "role_not_delegable"


def test_nobody_lends_to_who_neither_prepares_nor_reviews(now: datetime) -> None:
    reviewer = make_person(Role.MEDICAL_REVIEWER)
    for role in (Role.INSPECTOR, Role.ADMINISTRATOR, Role.AGENCY, Role.FIELD_REP, Role.MSL):
        with pytest.raises(PolicyDenied) as denied:
            lend(reviewer, make_person(role), now, roles=[Role.MEDICAL_REVIEWER])
        assert denied.value.code == "delegate_cannot_act"


def test_what_was_given_wrong_is_said_at_its_field(
    pharmacist: User, deputy: User, now: datetime
) -> None:
    wrong: list[tuple[str, User, dict[str, Any]]] = [
        ("delegate", pharmacist, {}),
        ("roles", deputy, {"roles": []}),
        ("roles", deputy, {"roles": ["king"]}),
        ("starts_on", deputy, {"starts_on": TODAY - timedelta(days=1)}),
        ("ends_on", deputy, {"ends_on": TODAY}),
        ("products", deputy, {"product_ids": [0]}),
    ]
    for field, to, given in wrong:
        with pytest.raises(InvalidInput) as refused:
            lend(pharmacist, to, now, **given)
        assert list(refused.value.errors) == [field]
    assert not Delegation.objects.exists()


def test_a_revoked_delegation_ends_at_once(pharmacist: User, deputy: User, now: datetime) -> None:
    row = lend(pharmacist, deputy, now)
    assert not can_revoke(deputy, row)
    with pytest.raises(PolicyDenied) as denied:
        revoke_delegation(row.pk, reason="No", by=deputy, now=now)
    assert denied.value.code == "not_your_delegation"
    with pytest.raises(InvalidInput):
        revoke_delegation(row.pk, reason=" ", by=pharmacist, now=now)
    revoked = revoke_delegation(row.pk, reason="Back from leave", by=pharmacist, now=now)
    assert (revoked.revoked_by, revoked.revoked_at) == (pharmacist, now)
    assert not can_act_as_pharmacist(deputy, now=now)
    with pytest.raises(StateConflict) as twice:
        revoke_delegation(row.pk, reason="Again", by=pharmacist, now=now)
    assert twice.value.code == "already_revoked"


def test_a_reviewer_acts_in_their_own_role_or_for_who_named_them(now: datetime) -> None:
    lender, delegate_ = make_person(Role.MEDICAL_REVIEWER), make_person(Role.LEGAL_REVIEWER)
    role = Role.MEDICAL_REVIEWER
    assert check_can_act_in_role(lender, role, now=now) is None
    with pytest.raises(PolicyDenied) as missing:
        check_can_act_in_role(delegate_, role, now=now)
    assert missing.value.code == "role_missing"
    with pytest.raises(PolicyDenied) as none:
        check_can_act_in_role(delegate_, role, now=now, on_behalf_of=lender)
    assert none.value.code == "no_delegation"
    lend(lender, delegate_, now, roles=[role])
    assert check_can_act_in_role(delegate_, role, now=now) == lender
    assert check_can_act_in_role(delegate_, role, now=now, on_behalf_of=lender) == lender
