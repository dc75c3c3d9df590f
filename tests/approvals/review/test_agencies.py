"""An agency sees the files and remarks of its invitations, uploads, comments: no more."""

from datetime import datetime
from typing import Any

import pytest

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.review.actions import answer_changes, comment, recall, resolve, submit
from approvals.review.enums import Outcome
from approvals.review.models import Comment
from content.assets.actions import invite, upload_revision, withdraw_invitation
from content.assets.models import Invitation, Version
from content.outbox.models import Message
from tests.factories.assets import PREPARED_ON, make_pdf
from tests.factories.people import Cast, make_person
from tests.factories.review import draft, first_stage, give, give_all, in_review, task_of
from tests.security.conftest import client_of

JSON: Any = {"content_type": "application/json"}


@pytest.fixture
def invitation(cast: Cast, now: datetime) -> Invitation:
    return invite(draft(cast).pk, cast.agency, by=cast.pm, now=now)


class TestInvite:
    def test_one_event_one_mail(self, cast: Cast, now: datetime) -> None:
        version, agency = draft(cast), cast.agency
        events = AuditEvent.objects.count()
        made = invite(version.pk, agency, by=cast.pm, now=now)
        assert AuditEvent.objects.count() == events + 1
        (mail,) = Message.objects.filter(topic="assets.invitation")
        assert mail.recipient == agency
        assert made.get_absolute_url() in mail.body
        assert made.history.count() == 1  # type: ignore[attr-defined]

    def test_denials(self, cast: Cast, invitation: Invitation, now: datetime) -> None:
        version = invitation.version
        for person in (cast.mpm, cast.medical, cast.admin, cast.agency):
            with pytest.raises(PolicyDenied) as denied:
                invite(version.pk, cast.agency, by=person, now=now)
            assert denied.value.code == "not_owner"
        with pytest.raises(StateConflict) as conflict:
            invite(version.pk, cast.agency, by=cast.pm, now=now)
        assert conflict.value.code == "already_invited"
        with pytest.raises(InvalidInput) as refused:
            invite(version.pk, cast.medical, by=cast.pm, now=now)
        assert refused.value.code == "not_an_agency"
        assert Invitation.objects.get() == invitation

    def test_not_to_what_left_preparation(self, cast: Cast, now: datetime) -> None:
        cycle = in_review(cast)
        agency = cast.agency
        give_all(cycle, first_stage(cast))
        give(task_of(cycle, "responsible_pharmacist"), cast.pharmacist)
        with pytest.raises(StateConflict) as conflict:
            invite(cycle.version_id, agency, by=cast.pm, now=now)
        assert conflict.value.code == "not_in_preparation"

    def test_withdrawn_once_with_a_reason(
        self, cast: Cast, invitation: Invitation, now: datetime
    ) -> None:
        with pytest.raises(PolicyDenied) as denied:
            withdraw_invitation(invitation.pk, reason="?", by=cast.agency, now=now)
        assert denied.value.code == "not_owner"
        with pytest.raises(InvalidInput) as refused:
            withdraw_invitation(invitation.pk, reason=" ", by=cast.pm, now=now)
        assert refused.value.code == "reason_required"
        withdraw_invitation(invitation.pk, reason="Contrat fini", by=cast.pm, now=now)
        with pytest.raises(StateConflict) as conflict:
            withdraw_invitation(invitation.pk, reason="?", by=cast.pm, now=now)
        assert conflict.value.code == "already_withdrawn"
        assert not Version.objects.open_to(cast.agency).exists()
        # Invited again, it sees the version again.
        invite(invitation.version_id, cast.agency, by=cast.pm, now=now)
        assert Version.objects.open_to(cast.agency).get() == invitation.version


class TestUpload:
    def test_who_uploads_never_decides(
        self, cast: Cast, invitation: Invitation, now: datetime
    ) -> None:
        version = invitation.version
        both = make_person(Role.AGENCY, Role.MEDICAL_REVIEWER)
        invite(version.pk, both, by=cast.pm, now=now)
        upload(version, both, now)
        cycle = submit(version.pk, by=cast.pm, now=now)
        with pytest.raises(PolicyDenied) as denied:
            give(task_of(cycle, "medical_reviewer"), both)
        assert denied.value.code == "four_eyes"

    def test_neither_while_it_is_reviewed_nor_uninvited(
        self, cast: Cast, invitation: Invitation, now: datetime
    ) -> None:
        version = invitation.version
        other = draft(cast)
        with pytest.raises(PolicyDenied) as denied:
            upload(other, cast.agency, now)
        assert denied.value.code == "not_owner"
        submit(version.pk, by=cast.pm, now=now)
        with pytest.raises(StateConflict) as conflict:
            upload(version, cast.agency, now)
        assert conflict.value.code == "not_editable"
        recall(version.pk, reason="Corriger", by=cast.pm, now=now)
        upload(version, cast.agency, now)
        withdraw_invitation(invitation.pk, reason="Fin", by=cast.pm, now=now)
        with pytest.raises(PolicyDenied) as denied:
            upload(version, cast.agency, now)
        assert denied.value.code == "not_owner"

    def test_it_neither_submits_nor_answers_nor_resolves(
        self, cast: Cast, invitation: Invitation, now: datetime
    ) -> None:
        version = invitation.version
        remark = comment(
            version.pk, body="Logo à revoir", severity="question", by=cast.agency, now=now
        )
        acts: tuple[Any, ...] = (
            lambda: submit(version.pk, by=cast.agency, now=now),
            lambda: answer_changes(version.pk, answers=[], by=cast.agency, now=now),
            lambda: resolve(remark.pk, by=cast.agency, now=now),
        )
        for attempt in acts:
            with pytest.raises(PolicyDenied) as denied:
                attempt()
            assert denied.value.code == "not_owner"
        with pytest.raises(PolicyDenied) as denied:
            comment(draft(cast).pk, body="?", severity="question", by=cast.agency, now=now)
        assert denied.value.code == "role_missing"


def upload(version: Version, by: Any, now: datetime) -> Any:
    return upload_revision(
        version.pk, files=[make_pdf("AGENCE")], prepared_on=PREPARED_ON, by=by, now=now
    )


def test_the_pages_from_invitation_to_upload(cast: Cast, now: datetime) -> None:
    version = draft(cast)
    owner, agency = client_of(cast.pm), client_of(cast.agency)
    assert agency.get("/")["Location"] == "/invitations/"
    assert agency.get("/invitations/").status_code == 200
    page = owner.get(version.get_absolute_url()).content.decode()
    assert f"/admin/assets/versions/{version.pk}/invite/" in page
    sent = owner.post(f"/admin/assets/versions/{version.pk}/invite/", {"agency": cast.agency.pk})
    assert sent.status_code == 302
    invitation = Invitation.objects.get()
    place = f"/invitations/{invitation.pk}/"
    listed = agency.get("/invitations/").content.decode()
    assert place in listed
    assert f"{place}upload/" in listed
    shown = agency.get(place)
    assert shown.status_code == 200
    assert agency.get(f"{place}files/1/").status_code == 200
    assert agency.get(f"{place}upload/").status_code == 200
    files = {"files": make_pdf("CORRIGE"), "prepared_on": "2026-03-02", "change_summary": "Logo"}
    assert agency.post(f"{place}upload/", files).status_code == 302
    assert version.current_revision.number == 2
    said = agency.post(f"{place}comment/", {"severity": "question", "body": "Bon logo ?"})
    assert said.status_code == 302
    assert "Bon logo" in agency.get(place).content.decode()
    withdrawal = f"/admin/assets/invitations/{invitation.pk}/withdraw/"
    assert withdrawal in owner.get(version.get_absolute_url()).content.decode()
    assert owner.post(withdrawal, {"reason": "Fin"}).status_code == 302
    for path in ("", "files/1/", "upload/", "comment/"):
        assert agency.get(place + path).status_code == 404


def test_it_sees_nothing_else_of_the_version(
    cast: Cast, invitation: Invitation, now: datetime
) -> None:
    """Not the verdicts, checklists, trail, signatures, tasks, other versions, lists."""
    version = invitation.version
    cycle = submit(version.pk, by=cast.pm, now=now)
    task = task_of(cycle, "medical_reviewer")
    give(task, cast.medical, Outcome.CHANGES_REQUIRED, comment="Avis confidentiel")
    agency = client_of(cast.agency)
    version_at = f"/api/v1/versions/{version.pk}/"
    for path in (
        version_at,
        *(f"{version_at}{name}/" for name in ("history", "signatures", "where-used")),
        f"{version_at}dependencies/",
        f"/api/v1/assets/{version.asset.code}/",
        f"/api/v1/assets/{version.asset.code}/versions/",
        f"/api/v1/tasks/{task.pk}/",
        f"/review/{task.pk}/",
        version.get_absolute_url(),
        version.asset.get_absolute_url(),
        "/admin/review/tasks/",
    ):
        assert agency.get(path).status_code in {302, 403, 404}, path
    for path in ("tasks/", "assets/", "positive-list/", "negative-list/", "delegations/"):
        assert agency.get(f"/api/v1/{path}").json()["results"] == [], path
    told = agency.get(f"/invitations/{invitation.pk}/").content.decode()
    assert "Avis confidentiel" not in told
    assert "CARDIOMED" in told


def test_the_api_does_the_same(cast: Cast, now: datetime) -> None:
    version = draft(cast)
    owner, agency = client_of(cast.pm), client_of(cast.agency)
    path = f"/api/v1/versions/{version.pk}/"
    assert agency.get(f"{path}files/1/").status_code == 404
    made = owner.post(f"{path}invite/", {"agency": "agency"}, **JSON)
    assert made.status_code == 201
    again = owner.post(f"{path}invite/", {"agency": "agency"}, **JSON)
    assert (again.status_code, again.json()["code"]) == (409, "already_invited")
    (line,) = agency.get("/api/v1/invitations/").json()["results"]
    assert line["products"] == [cast.product.name]
    assert line["may_upload"]
    assert agency.get(f"{path}files/1/").status_code == 200
    sent = agency.post(
        f"{path}revisions/", {"files": make_pdf("CORRIGE"), "prepared_on": "2026-03-02"}
    )
    assert sent.status_code == 201
    said = agency.post(f"{path}comments/", {"body": "Vu", "severity": "question"}, **JSON)
    assert said.status_code == 201
    assert [row["body"] for row in agency.get(f"{path}comments/").json()["results"]] == ["Vu"]
    detail = agency.get(f"/api/v1/invitations/{line['id']}/").json()
    assert (detail["revision"], len(detail["files"])) == (2, 1)
    stranger = client_of(make_person(Role.AGENCY))
    assert stranger.get(f"/api/v1/invitations/{line['id']}/").status_code == 404
    assert stranger.get("/api/v1/invitations/").json()["results"] == []
    withdrawal = f"/api/v1/invitations/{line['id']}/withdraw/"
    refused = agency.post(withdrawal, {"reason": "?"}, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_owner")
    assert owner.post(withdrawal, {"reason": "Fin"}, **JSON).status_code == 200
    for gone in (f"{path}files/1/", f"{path}comments/", f"/api/v1/invitations/{line['id']}/"):
        assert agency.get(gone).status_code == 404


def test_an_agency_reads_no_remark_on_an_earlier_version(cast: Cast, now: datetime) -> None:
    version = draft(cast)
    comment(version.pk, body="Ancien", severity="question", by=cast.medical, now=now)
    later = Version(pk=10**6, asset=version.asset, number=2)
    mine = Comment.objects.told_to(cast.agency, later)
    assert not mine.filter(body="Ancien").exists()
    assert Comment.objects.told_to(cast.pm, later).filter(body="Ancien").exists()
