"""The pool: taken, given back, shared out by the lead; who cannot be chosen is told before."""

from datetime import date, datetime
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.actions import revoke_role
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.actions import claim, end_lead, name_lead, reassign, unclaim
from approvals.review.models import ReviewTask, RoleLead
from approvals.review.policies import candidates_for, conflicts_among
from approvals.review.queries import leads_of, load_of
from content.access.actions import delegate
from content.assets.models import Involvement
from content.calendar import paris_day
from tests.factories import T0, keep
from tests.factories.people import Cast, make_person
from tests.factories.review import give, in_review, task_of
from tests.security.conftest import client_of


@pytest.fixture
def task(cast: Cast) -> ReviewTask:
    return task_of(in_review(cast), "medical_reviewer")


def lead(cast: Cast, person: User, role: str = "medical_reviewer") -> RoleLead:
    return name_lead(person, role, reason="Équipe médicale", by=cast.admin, now=T0)


class TestUnclaim:
    def test_back_to_the_pool_with_one_event(
        self, cast: Cast, task: ReviewTask, now: datetime
    ) -> None:
        claim(task.pk, by=cast.medical, now=now)
        events = AuditEvent.objects.count()
        assert unclaim(task.pk, by=cast.medical, now=now).assignee is None
        assert AuditEvent.objects.count() == events + 1
        assert claim(task.pk, by=make_person(Role.MEDICAL_REVIEWER), now=now).assignee

    def test_denials(self, cast: Cast, task: ReviewTask, now: datetime) -> None:
        with pytest.raises(StateConflict) as refused:
            unclaim(task.pk, by=cast.medical, now=now)
        assert refused.value.code == "not_claimed"
        claim(task.pk, by=cast.medical, now=now)
        for person in (cast.medical2, cast.pm, cast.admin):
            with pytest.raises(PolicyDenied) as denied:
                unclaim(task.pk, by=person, now=now)
            assert denied.value.code == "not_your_task"
        give(task, cast.medical)
        with pytest.raises(StateConflict) as refused:
            unclaim(task.pk, by=cast.medical, now=now)
        assert refused.value.code == "task_decided"

    def test_the_lead_gives_back_for_who_is_away(
        self, cast: Cast, task: ReviewTask, now: datetime
    ) -> None:
        lead(cast, cast.director)
        claim(task.pk, by=cast.medical, now=now)
        assert unclaim(task.pk, by=cast.director, now=now).assignee is None


class TestLeads:
    def test_named_and_ended(self, cast: Cast) -> None:
        row = lead(cast, cast.medical)
        assert leads_of("medical_reviewer") == [cast.medical]
        assert leads_of("dpo") == []
        end_lead(row.pk, reason="Départ", by=cast.admin, now=T0)
        assert leads_of("medical_reviewer") == []
        kept = RoleLead.history.filter(user=cast.medical)  # type: ignore[attr-defined]
        assert [line.history_type for line in kept.order_by("history_id")] == ["+", "-"]

    def test_who_reviews_no_more_leads_no_more(self, cast: Cast, now: datetime) -> None:
        lead(cast, cast.medical)
        revoke_role(cast.medical, Role.MEDICAL_REVIEWER, by=cast.admin, now=now, reason="Mutation")
        assert leads_of("medical_reviewer") == []

    def test_denials(self, cast: Cast, now: datetime) -> None:
        lead(cast, cast.medical)
        with pytest.raises(StateConflict) as conflict:
            lead(cast, cast.medical)
        assert conflict.value.code == "already_lead"
        for person, role, code in (
            (cast.pm, "dpo", "cannot_lead"),
            (cast.medical, "agency", "unknown_role"),
        ):
            with pytest.raises(InvalidInput) as refused:
                lead(cast, person, role)
            assert refused.value.code == code
        for person in (cast.medical, cast.pharmacist, cast.inspector):
            with pytest.raises(PolicyDenied) as denied:
                name_lead(person, "dpo", reason="?", by=person, now=now)
            assert denied.value.code == "role_missing"
        with pytest.raises(InvalidInput) as refused:
            name_lead(cast.dpo, "dpo", reason=" ", by=cast.admin, now=now)
        assert "reason" in refused.value.errors


class TestAssign:
    def test_the_lead_of_another_role_than_their_own(
        self, cast: Cast, task: ReviewTask, now: datetime
    ) -> None:
        with pytest.raises(PolicyDenied) as denied:
            reassign(task.pk, to=cast.medical2, by=cast.director, now=now)
        assert denied.value.code == "role_missing"
        lead(cast, cast.director)
        claim(task.pk, by=cast.medical, now=now)
        assert reassign(task.pk, to=cast.medical2, by=cast.director, now=now).assignee

    def test_to_a_delegate_but_not_to_one_who_uploaded(
        self, cast: Cast, task: ReviewTask, now: datetime
    ) -> None:
        lead(cast, cast.director)
        days = {"starts_on": paris_day(now), "ends_on": date(2026, 12, 31)}
        for person in (cast.compliance, cast.pm):
            lent: Any = {"roles": ["medical_reviewer"], **days}
            delegate(person.pk, by=cast.medical, now=now, **lent)
        told = {one.person: one.why_not for one in candidates_for(task, now)}
        assert told[cast.compliance] == "" == told[cast.medical]
        # ``pm`` owns the asset and uploaded its file: the delegate's own conflicts apply.
        assert told[cast.pm]
        assert reassign(task.pk, to=cast.compliance, by=cast.director, now=now).assignee
        with pytest.raises(InvalidInput) as refused:
            reassign(task.pk, to=cast.pm, by=cast.director, now=now)
        assert "to" in refused.value.errors


def test_conflicts_are_told_before_the_click(cast: Cast, task: ReviewTask, now: datetime) -> None:
    assert cast.medical
    both = make_person(Role.MEDICAL_REVIEWER, Role.REGULATORY_REVIEWER)
    uploader = make_person(Role.MEDICAL_REVIEWER)
    keep(Involvement(version=task.cycle.version, user=uploader, kind="uploaded"), by=cast.pm)
    give(task_of(task.cycle, "regulatory_reviewer"), both)
    told = {one.person: one.why_not for one in candidates_for(task, now)}
    assert told[cast.medical] == ""
    assert told[uploader]
    assert told[both]
    assert set(conflicts_among([task], uploader)) == {task.pk}
    assert set(conflicts_among([task], both)) == {task.pk}
    assert conflicts_among([task], cast.medical) == {}
    page = client_of(uploader).get("/admin/review/tasks/").content.decode()
    assert str(task.cycle.version) in page
    assert f"/review/{task.pk}/" not in page
    alone = client_of(uploader).get(f"/review/{task.pk}/")
    assert 'name="verdict"' not in alone.content.decode()


def test_the_load_counts_by_role_and_person(cast: Cast, task: ReviewTask, now: datetime) -> None:
    claim(task.pk, by=cast.medical, now=now)
    in_review(cast)
    later = date(2026, 12, 1)
    lines = load_of(["medical_reviewer"], paris_day(now))
    assert [(line["person"], line["open"], line["late"], line["week"]) for line in lines] == [
        (None, 1, 0, 1),
        (cast.medical, 1, 0, 1),
    ]
    assert [line["late"] for line in load_of(["medical_reviewer"], later)] == [1, 1]


def test_pages_take_give_back_and_share_out(cast: Cast, task: ReviewTask) -> None:
    medical, director = client_of(cast.medical), client_of(cast.director)
    place = f"/admin/review/tasks/{task.pk}"
    listed = medical.get("/admin/review/tasks/").content.decode()
    assert f'action="{place}/claim/"' in listed
    assert medical.post(f"{place}/claim/").status_code == 302
    assert f'action="{place}/unclaim/"' in medical.get("/admin/review/tasks/").content.decode()
    assert medical.post(f"{place}/unclaim/").status_code == 302
    assert ReviewTask.objects.get(pk=task.pk).assignee is None
    assert director.get("/admin/review/tasks/load/").status_code == 403
    assert director.get(f"{place}/assign/").status_code == 403
    admin = client_of(cast.admin)
    named = {"role": "medical_reviewer", "person": cast.director.pk, "reason": "Essai"}
    assert admin.get("/admin/review/leads/new/").status_code == 200
    assert admin.post("/admin/review/leads/new/", named).status_code == 302
    row = RoleLead.objects.get()
    assert str(row.user) in admin.get("/admin/review/leads/").content.decode()
    load = director.get("/admin/review/tasks/load/").content.decode()
    assert f"{place}/assign/" in load
    assert "/tasks/load/" in director.get("/admin/review/tasks/").content.decode()
    uploader = make_person(Role.MEDICAL_REVIEWER)
    keep(Involvement(version=task.cycle.version, user=uploader, kind="uploaded"), by=cast.pm)
    offered = director.get(f"{place}/assign/").content.decode()
    assert f'value="{uploader.pk}"' not in offered
    assert str(uploader) in offered
    assert director.post(f"{place}/assign/", {"to": uploader.pk}).status_code == 400
    assert director.post(f"{place}/assign/", {"to": cast.medical.pk}).status_code == 302
    assert ReviewTask.objects.get(pk=task.pk).assignee == cast.medical
    assert admin.post(f"/admin/review/leads/{row.pk}/end/", {"reason": "Fin"}).status_code == 302
    assert not RoleLead.objects.exists()


def test_the_api_does_the_same(cast: Cast, task: ReviewTask) -> None:
    admin, director = client_of(cast.admin), client_of(cast.director)
    options: Any = {"content_type": "application/json"}
    body = {"role": "medical_reviewer", "person": "director", "reason": "Essai"}
    made = admin.post("/api/v1/role-leads/", body, **options)
    assert made.status_code == 201
    assert client_of(cast.medical).post(f"/api/v1/tasks/{task.pk}/claim/").status_code == 200
    choice = director.get(f"/api/v1/tasks/{task.pk}/candidates/").json()["results"]
    assert [one["username"] for one in choice] == ["medical"]
    assert director.get("/api/v1/tasks/load/").json()["results"][0]["person"] == "medical"
    back = director.post(f"/api/v1/tasks/{task.pk}/unclaim/")
    assert (back.status_code, back.json()["assignee"]) == (200, None)
    again = director.post(f"/api/v1/tasks/{task.pk}/unclaim/")
    assert (again.status_code, again.json()["code"]) == (409, "not_claimed")
    assert client_of(cast.pm).get("/api/v1/role-leads/").json()["results"] == []
    end = admin.post(f"/api/v1/role-leads/{made.json()['id']}/end/", {"reason": "Fin"}, **options)
    assert end.status_code == 204
    refused = director.get("/api/v1/tasks/load/")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_a_lead")
    assert refused.json()["detail"]
