"""Submit: send a version to review (DOMAIN.md §3)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.review import policies
from approvals.review.actions import submit
from approvals.review.models import ReviewCycle, ReviewTask, Route, RouteTask
from content.access.models import Delegation
from content.assets.actions import add_dependency
from content.assets.enums import State
from content.assets.models import Version
from content.outbox.models import Message
from tests.factories import keep
from tests.factories.assets import drive, make_asset, make_version
from tests.factories.people import Cast, make_person
from tests.factories.review import draft, everyone, give_all, in_review, task_of

pytestmark = pytest.mark.django_db


def roles_of(cycle: ReviewCycle) -> list[str]:
    return sorted(ReviewTask.objects.filter(cycle=cycle).values_list("role", flat=True))


def component(cast: Cast) -> Version:
    asset = make_asset(by=cast.pm, products=[cast.product], asset_type="email_fragment")
    return make_version(asset)


class TestItWorks:
    def test_it_opens_the_first_stage_of_the_french_route(self, cast: Cast, now: datetime) -> None:
        cycle = in_review(cast)
        assert Version.objects.get(pk=cycle.version_id).state == State.IN_REVIEW
        assert roles_of(cycle) == [
            "compliance_reviewer",
            "medical_reviewer",
            "regulatory_reviewer",
        ]
        assert cycle.required_roles[-1] == Role.RESPONSIBLE_PHARMACIST

    def test_it_freezes_the_revision(self, cast: Cast, now: datetime) -> None:
        cycle = in_review(cast)
        assert len(cycle.revision.digest) == 64
        assert cycle.revision.frozen_at == now

    def test_tasks_are_due_in_french_working_days(self, cast: Cast, now: datetime) -> None:
        # From Tuesday 14 April 2026: five working days end on the 21st, three on the 17th.
        cycle = in_review(cast)
        assert task_of(cycle, "medical_reviewer").due_on == date(2026, 4, 21)
        assert task_of(cycle, "compliance_reviewer").due_on == date(2026, 4, 17)

    def test_one_event_and_one_history_row_tell_it(self, cast: Cast, now: datetime) -> None:
        version = draft(cast)
        rows, events = version.history.count(), AuditEvent.objects.count()
        submit(version.pk, by=cast.pm, now=now)
        assert AuditEvent.objects.count() == events + 1
        event = AuditEvent.objects.in_order().last()
        assert event is not None
        assert (event.kind, event.actor_id) == ("submit", cast.pm.pk)
        assert version.history.count() == rows + 1
        row = version.history.latest()
        assert (row.state, row.history_user_id, row.history_date) == (
            State.IN_REVIEW,
            cast.pm.pk,
            now,
        )

    def test_the_reviewers_are_told(self, cast: Cast, now: datetime) -> None:
        people = {cast.medical, cast.medical2, cast.regulatory, cast.compliance}
        in_review(cast)
        told = Message.objects.filter(topic="review.task")
        assert {message.recipient for message in told} == people

    def test_to_whom_a_role_is_lent_is_told_too(self, cast: Cast, now: datetime) -> None:
        near, far = make_person(Role.DPO), make_person(Role.DPO)
        for person, products in ((near, [cast.product]), (far, [cast.other_product])):
            lent = Delegation(
                delegator=cast.medical,
                delegate=person,
                roles=["medical_reviewer"],
                starts_on=date(2026, 4, 14),
                ends_on=date(2026, 4, 20),
                created_at=now,
            )
            keep(lent, by=cast.medical)
            lent.products.set(products)
        in_review(cast)
        told = Message.objects.filter(topic="review.task").values_list("recipient", flat=True)
        assert near.pk in told
        assert far.pk not in told

    def test_who_stands_in_for_the_owner_submits(self, cast: Cast, now: datetime) -> None:
        version = draft(cast)
        keep(
            Delegation(
                delegator=cast.pm,
                delegate=cast.pm2,
                roles=[Role.PRODUCT_MANAGER],
                starts_on=date(2026, 4, 1),
                ends_on=date(2026, 5, 1),
                created_at=now,
            ),
            by=cast.pm,
        )
        assert submit(version.pk, by=cast.pm2, now=now).opened_by == cast.pm2

    def test_a_non_promotional_version_needs_no_window(self, cast: Cast, now: datetime) -> None:
        asset = make_asset(by=cast.mpm, products=[cast.product], nature="medical")
        cycle = submit(make_version(asset).pk, by=cast.mpm, now=now)
        assert roles_of(cycle) == ["medical_reviewer", "regulatory_reviewer"]
        assert cycle.required_roles[-1] == Role.RESPONSIBLE_PHARMACIST

    def test_a_component_is_for_medical_and_regulatory_alone(
        self, cast: Cast, now: datetime
    ) -> None:
        cycle = submit(component(cast).pk, by=cast.pm, now=now)
        assert sorted(cycle.required_roles) == ["medical_reviewer", "regulatory_reviewer"]


class TestTheRoute:
    @pytest.mark.parametrize(
        ("fields", "role"),
        [
            ({"collects_personal_data": True}, "dpo"),
            ({"third_party": "Société X"}, "legal_reviewer"),
            ({"asset_type": "event_programme"}, "therapeutic_area_director"),
        ],
    )
    def test_conditional_roles_join_the_first_stage(
        self, cast: Cast, fields: dict[str, Any], role: str
    ) -> None:
        cycle = in_review(cast, **fields)
        assert role in roles_of(cycle)
        assert len(roles_of(cycle)) == 4

    def test_the_most_specific_route_wins(self, cast: Cast) -> None:
        version = draft(cast)
        general = Route.objects.fitting(version.asset).first()
        assert general is not None
        special = Route(
            name="Brochures",
            jurisdiction=version.asset.jurisdiction,
            asset_type=version.asset.asset_type,
        )
        keep(special, by=cast.admin)
        assert Route.objects.fitting(version.asset).first() == special

    def test_a_later_change_of_the_route_never_touches_an_open_cycle(
        self, cast: Cast, now: datetime
    ) -> None:
        cycle = in_review(cast)
        for task in RouteTask.objects.filter(stage__route=cycle.route):
            task.due_days = 30
            task.role = Role.DPO if task.role == Role.RESPONSIBLE_PHARMACIST else task.role
            keep(task, by=cast.admin)
        give_all(cycle, everyone(cast))
        assert task_of(cycle, "responsible_pharmacist").due_on == date(2026, 4, 16)

    def test_without_a_route_it_says_so(self, cast: Cast, now: datetime) -> None:
        version = draft(cast)
        for route in Route.objects.all():
            route.active = False
            keep(route, by=cast.admin)
        with pytest.raises(StateConflict) as refused:
            submit(version.pk, by=cast.pm, now=now)
        assert refused.value.code == "no_route"


class TestDenied:
    def refused(self, version: Version, by: Any, now: datetime, kind: type, code: str) -> Any:
        with pytest.raises(kind) as refusal:
            submit(version.pk, by=by, now=now)
        assert refusal.value.code == code
        assert not policies.can_submit(Version.objects.get(pk=version.pk), by, now)
        return refusal.value

    @pytest.mark.parametrize("who", ["pm2", "medical", "regulatory", "admin", "inspector", "rep"])
    def test_nobody_but_the_owner(self, cast: Cast, now: datetime, who: str) -> None:
        self.refused(draft(cast), getattr(cast, who), now, PolicyDenied, "not_owner")

    def test_without_a_file(self, cast: Cast, now: datetime) -> None:
        error = self.refused(draft(cast, files=[]), cast.pm, now, InvalidInput, "no_files")
        assert list(error.errors) == ["files"]

    def test_without_a_planned_window(self, cast: Cast, now: datetime) -> None:
        version = draft(cast, planned=False)
        self.refused(version, cast.pm, now, StateConflict, "window_not_planned")

    @pytest.mark.parametrize(
        "state", [State.IN_REVIEW, State.APPROVED, State.RELEASED, State.CANCELLED]
    )
    def test_from_another_state(self, cast: Cast, now: datetime, state: State) -> None:
        version = drive(draft(cast), state)
        self.refused(version, cast.pm, now, StateConflict, "wrong_state")

    def test_with_a_component_that_is_not_approved(self, cast: Cast, now: datetime) -> None:
        fragment = component(cast)
        asset = make_asset(by=cast.pm, products=[cast.product], asset_type="email_template")
        template = make_version(asset)
        add_dependency(template.pk, kind="requires", target=fragment.pk, by=cast.pm, now=now)
        from tests.factories.review import reserve

        reserve(Version.objects.get(pk=template.pk))
        self.refused(template, cast.pm, now, StateConflict, "component_not_approved")
        drive(fragment, State.APPROVED)
        assert submit(template.pk, by=cast.pm, now=now).is_open

    def test_a_version_that_does_not_exist(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(Version.DoesNotExist):
            submit(0, by=cast.pm, now=now)


def test_invariant_6_a_second_open_cycle_is_refused(cast: Cast, now: datetime) -> None:
    cycle = in_review(cast)
    with pytest.raises(StateConflict) as refusal:
        submit(cycle.version_id, by=cast.pm, now=now)
    assert refusal.value.code == "wrong_state"
    assert ReviewCycle.objects.open().filter(version=cycle.version_id).count() == 1


def test_invariant_6_the_database_itself_refuses_a_second_open_cycle(
    cast: Cast, now: datetime
) -> None:
    from django.db import IntegrityError, transaction

    cycle = in_review(cast)
    second = ReviewCycle(
        version=cycle.version,
        number=2,
        route=cycle.route,
        stages=cycle.stages,
        required_roles=cycle.required_roles,
        revision=cycle.revision,
        opened_by=cast.pm,
        opened_at=now,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        keep(second, by=cast.pm)


def test_a_failing_save_leaves_nothing(
    cast: Cast,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    footprint: Callable[..., tuple[Any, ...]],
) -> None:
    version = draft(cast)
    before = footprint(version, ReviewCycle, ReviewTask, Message)

    def fail(self: ReviewTask, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(ReviewTask, "save", fail)
    with pytest.raises(RuntimeError):
        submit(version.pk, by=cast.pm, now=now)
    assert footprint(version, ReviewCycle, ReviewTask, Message) == before
    assert Version.objects.get(pk=version.pk).current_revision.digest == ""


def test_who_prepared_it_is_not_told_to_review_it(cast: Cast, now: datetime) -> None:
    both = make_person(Role.PRODUCT_MANAGER, Role.MEDICAL_REVIEWER, teams=[cast.cardiology])
    version = make_version(make_asset(by=both, products=[cast.product]))
    from tests.factories.review import reserve

    submit(reserve(version).pk, by=both, now=now)
    assert not Message.objects.filter(recipient=both, topic="review.task").exists()
