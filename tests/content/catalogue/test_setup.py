"""The list head and the jurisdictions: in place after every migrate, never overwritten."""

from datetime import datetime

import pytest

from approvals.audit import act
from approvals.audit.errors import WriteOutsideAct
from approvals.audit.models import AuditEvent
from approvals.people.models import User
from content.catalogue.actions import bump_list_version, lock_list_head
from content.catalogue.models import Jurisdiction, ListHead, VisaRule
from content.catalogue.setup import install
from tests.factories import keep

pytestmark = pytest.mark.django_db


def test_france_needs_a_visa_of_each_category_and_global_has_no_field_use() -> None:
    france, world = Jurisdiction.objects.order_by("code")
    assert (france.code, france.authority, france.field_use) == ("FR", "ANSM", True)
    assert (world.code, world.field_use) == ("GLOBAL", False)
    rules = VisaRule.objects.filter(jurisdiction=france).order_by("audience")
    assert [(r.nature, r.audience, r.category) for r in rules] == [
        ("promotional", "hcp", "PM"),
        ("promotional", "public", "GP"),
    ]
    for rule in rules:
        counted = (rule.visa_months, rule.evaluation_months, rule.evaluation_extra_days)
        assert counted == (24, 2, 1)
        assert rule.tacit_grant


def test_a_second_install_writes_nothing_and_keeps_what_was_changed(system: User) -> None:
    france = Jurisdiction.objects.get(code="FR")
    france.authority = "ANSM (France)"
    keep(france, by=system)
    events = AuditEvent.objects.count()
    install()
    assert Jurisdiction.objects.get(code="FR").authority == "ANSM (France)"
    assert AuditEvent.objects.count() == events
    assert ListHead.objects.count() == 1


def test_the_lists_get_one_number_an_act(system: User, now: datetime) -> None:
    @act("change_lists")
    def change(*, by: User, now: datetime) -> tuple[int, int]:
        lock_list_head()
        return bump_list_version(now=now), bump_list_version(now=now)

    before = ListHead.objects.get().version
    assert change(by=system, now=now) == (before + 1, before + 1)
    assert change(by=system, now=now) == (before + 2, before + 2)
    assert ListHead.objects.get().version == before + 2
    event = AuditEvent.objects.in_order().last()
    assert event is not None
    assert f'"list_version":{before + 2}' in event.payload


def test_the_list_head_is_locked_only_inside_an_act(now: datetime) -> None:
    with pytest.raises(WriteOutsideAct):
        lock_list_head()
    with pytest.raises(WriteOutsideAct):
        bump_list_version(now=now)
