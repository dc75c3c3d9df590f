"""What must hold, by its number in SECURITY.md.

Most of it is proved where it is built: ``PROVED`` says where, and a name that no test has fails.
What no single app can prove is proved here.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.checks import run_checks
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client

from approvals.audit.acts import registry
from approvals.audit.errors import WriteOutsideAct
from approvals.audit.models import AuditCheckpoint, AuditEvent, Recorded
from approvals.people.actions import create_person, grant_role
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.models import Verdict
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Signature
from content.assets.models import Version
from tests.factories import T0
from tests.factories.people import PASSWORD, Cast, make_person
from tests.factories.review import give, in_review, task_of
from tests.factories.submissions import make_deposited
from tests.security.conftest import client_of

pytestmark = pytest.mark.django_db
TESTS = Path(__file__).parents[1]
PROVED = {
    1: ("test_routes.py", "test_b01_the_api_denies_anonymous_people"),
    2: ("test_matrix.py", "test_a02_each_role_reads_and_writes_what_the_table_says"),
    3: (
        "approvals/review/test_decide.py",
        "test_invariant_3_whoever_touched_the_version_never_decides",
    ),
    6: ("approvals/people/test_own_password.py", "test_b06_every_page_leads_to_the_new_password"),
    7: ("approvals/people/test_api.py", "test_b07_the_api_locks_out_after_n_failures"),
    8: ("security/test_attacks.py", "test_b08_idle_people_are_signed_out_whatever_they_ticked"),
    9: ("approvals/people/test_second_factor.py", "test_b09_the_role_is_led_to_register"),
    10: (
        "approvals/desk/test_people_pages.py",
        "test_b10_roles_given_and_taken_are_in_the_chain",
    ),
    11: ("approvals/desk/test_people_pages.py", "test_b11_each_leaves_one_event"),
    12: ("config/http/test_pages.py", "test_b12_a_wrong_password_signs_nothing_and_is_kept"),
    13: ("config/http/test_pages.py", "test_b13_a_session_alone_never_signs"),
    14: ("config/http/test_api.py", "test_b14_what_is_wrong_with_a_signature_is_named"),
    16: ("approvals/review/test_decide.py", "test_b16_the_verdict_is_bound_to_the_digest"),
    17: (
        "approvals/review/test_lifecycle.py",
        "test_b17_invariant_4_another_change_voids_the_verdicts_of_the_cycle",
    ),
    18: (
        "approvals/signatures/test_signatures.py",
        "test_b18_the_database_refuses_to_alter_a_signature",
    ),
    19: (
        "approvals/signatures/test_signatures.py",
        "test_b19_a_later_change_of_the_person_alters_nothing",
    ),
    20: ("config/http/test_pages.py", "test_b20_a_double_submit_gives_one_signature"),
    21: ("config/http/test_pages.py", "test_b21_nobody_signs_before_the_statement"),
    22: (
        "content/assets/test_edit_asset.py",
        "test_only_what_changed_is_written_with_who_and_old_and_new",
    ),
    23: ("content/assets/test_edit_asset.py", "test_a_reason_is_owed_once_anything_was_submitted"),
    24: ("approvals/audit/test_act.py", "test_the_database_refuses_to_alter_an_event"),
    26: ("approvals/audit/test_act.py", "test_a_refused_act_leaves_nothing"),
    32: ("approvals/desk/test_export_audit.py", "test_b32_it_verifies_offline"),
    30: ("content/assets/test_lifecycle.py", "test_a_transition_is_legal_exactly_where_the_table"),
    38: (
        "scenarios/test_outcome_api.py",
        "test_the_rep_finds_it_and_no_longer_once_its_two_years_are_over",
    ),
    33: ("content/assets/test_api.py", "test_an_earlier_revision_comes_back_too"),
}


@pytest.mark.parametrize("number", PROVED)
def test_each_behaviour_is_proved_where_it_is_built(number: int) -> None:
    path, name = PROVED[number]
    assert f"def {name}" in (TESTS / path).read_text(), (path, name)


class TestFourEyes:
    """b03 on the ways to decide: page and API; the action and delegation are in review's tests."""

    @pytest.fixture
    def author(self, cast: Cast) -> User:
        """A product manager who also reviews: the rule, not the role, must stop them."""
        for role in (Role.MEDICAL_REVIEWER, Role.RESPONSIBLE_PHARMACIST):
            grant_role(cast.pm, role, by=cast.admin, now=T0)
        return User.objects.get(pk=cast.pm.pk)

    def test_b03_the_author_decides_nothing_by_page_or_api(self, author: User, cast: Cast) -> None:
        task = task_of(in_review(cast), "medical_reviewer")
        client = client_of(author)
        page = client.post(
            f"/review/{task.pk}/", {"verdict": "changes_required", "password": PASSWORD}
        )
        assert page.status_code == 403
        signature = {"password": PASSWORD, "meaning": "medical_accuracy"}
        call = client.post(
            f"/api/v1/tasks/{task.pk}/decide/",
            {"verdict": "changes_required", "comment": "No", "signature": signature},
            content_type="application/json",
        )
        assert (call.status_code, call.json()["code"]) == (403, "four_eyes")
        assert not Verdict.objects.exists()
        assert not Signature.objects.exists()


# What an administrator's role opens: people, teams and reference data (DOMAIN.md §1).
ADMINISTRATION = {
    "create_person",
    "grant_role",
    "revoke_role",
    "create_team",
    "add_member",
    "remove_member",
    "add_product_to_team",
    "remove_product_from_team",
    "revoke_delegation",
}


def test_b04_no_business_act_names_the_administrator() -> None:
    everyone = {str(role) for role in Role}
    opened = {
        act.kind
        for act in registry.values()
        if Role.ADMINISTRATOR in act.roles and act.roles != everyone
    }
    signed = {"decide", "release", "suspend", "resume", "withdraw", "carry", "deposit", "freeze"}
    assert ADMINISTRATION & opened
    assert not opened & signed


def test_b05_a_username_is_given_once_and_nobody_is_deleted(cast: Cast) -> None:
    from approvals.audit import InvalidInput

    for name in ("pm", "PM"):
        with pytest.raises(InvalidInput):
            create_person(
                by=cast.admin, now=T0, username=cast.pm.username and name, password=PASSWORD
            )
    with pytest.raises(ProtectedError):
        cast.pm.delete()
    with pytest.raises(WriteOutsideAct):
        User.objects.filter(username="pm").delete()
    assert User.objects.filter(username="pm").exists()


def test_b07_the_sign_in_page_locks_out_and_says_so(
    cast: Cast, client: Client, settings: Any
) -> None:
    assert cast.pm.username == "pm"
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        client.post("/accounts/login/", {"login": "pm", "password": "not-the-password"})
    answer = client.post("/accounts/login/", {"login": "pm", "password": PASSWORD})
    assert answer.status_code == 429
    assert "login" in client.get("/").headers["Location"]
    # Not by another address either: the account is locked, wherever one comes from.
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    answer = elsewhere.post("/accounts/login/", {"login": "pm", "password": PASSWORD})
    assert answer.status_code == 429


class TestManifestation:
    """b15: name, username, role, meaning, date, time and zone; b16: the digest."""

    @pytest.fixture
    def signed(self, cast: Cast) -> Version:
        cycle = in_review(cast)
        give(task_of(cycle, "medical_reviewer"), cast.medical)
        return cycle.version

    def test_b15_the_api_tells_all_of_it(self, signed: Version, cast: Cast) -> None:
        answer = client_of(cast.inspector).get(f"/api/v1/versions/{signed.pk}/signatures/")
        (line,) = answer.json()["results"]
        kept = Signature.objects.get()
        assert line["name"] == kept.name == "Medical Martin"
        assert line["username"] == "medical"
        assert line["role"] == "medical_reviewer"
        assert line["meaning"] == "medical_accuracy"
        assert line["signed_at"] == "2026-04-14T08:00:00Z"
        assert line["zone"] == "Europe/Paris"
        assert line["digest"] == signed.current_revision.digest

    def test_b15_the_screen_shows_all_of_it(self, signed: Version, cast: Cast) -> None:
        client = client_of(cast.inspector)
        client.cookies["django_language"] = "en"
        page = f"/admin/desk/assets/{signed.asset.code}/{signed.number}/"
        text = re.sub(r"<[^>]+>|\s+", " ", client.get(page).content.decode())
        text = re.sub(r"\s+", " ", text)
        said = str(Meaning.MEDICAL_ACCURACY.label)
        for part in ("Medical Martin", "(medical)", "medical reviewer", "10:00", "Europe/Paris"):
            assert part in text, part
        assert said in text

    def test_b18_a_signature_serves_one_act_only(self, signed: Version, cast: Cast) -> None:
        give(task_of(signed.cycles.get(), "regulatory_reviewer"), cast.regulatory)
        first, second = Verdict.objects.order_by("pk")
        with (
            pytest.raises((IntegrityError, DatabaseError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE review_verdict SET signature_id = %s WHERE id = %s",
                [first.signature_id, second.pk],
            )
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE signatures_signature SET covers = '[]'")


GUARDED = ("audit_auditevent", "audit_auditcheckpoint", "signatures_signature")


# What the application's database role may try, and how PostgreSQL refuses.
REFUSALS = {
    "UPDATE {0} SET {1} = {1}": "append-only",
    "DELETE FROM {0}": "append-only",
    "TRUNCATE {0} CASCADE": "permission denied",
    "ALTER TABLE {0} DISABLE TRIGGER USER": "must be owner",
    "DROP TRIGGER {0}_append_only_row ON {0}": "must be owner",
    "DROP TABLE {0} CASCADE": "must be owner",
    "SET session_replication_role = replica": "permission denied",
    "CREATE OR REPLACE FUNCTION imprimatur_append_only() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END'": "permission denied|must be owner",
}


@contextmanager
def application_role() -> Iterator[None]:
    """Be the application's database role, with the rights that docs/operations.md gives it."""
    role = "imprimatur_application_of_tests"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # It goes with the test's transaction.
        cursor.execute(f"CREATE ROLE {role}")
        for right in (
            "USAGE ON SCHEMA public",
            "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public",
            "USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public",
        ):
            cursor.execute(f"GRANT {right} TO {role}")
        cursor.execute(f"SET ROLE {role}")
        yield
        cursor.execute("RESET ROLE")


@pytest.mark.postgres
def test_b24_the_applications_role_cannot_go_round_the_triggers(cast: Cast, settings: Any) -> None:
    settings.SIGNING_KEY = "55" * 32
    make_deposited(cast)
    with application_role():
        assert Signature.objects.exists()
        assert AuditCheckpoint.objects.exists()
        for table in GUARDED:
            key = "id" if table == "signatures_signature" else "seq"
            for statement, refusal in REFUSALS.items():
                with (
                    pytest.raises(DatabaseError, match=refusal),
                    transaction.atomic(),
                    connection.cursor() as cursor,
                ):
                    cursor.execute(statement.format(table, key))


@pytest.mark.postgres
def test_b24_postgresql_refuses_to_empty_the_trail(system: User) -> None:
    for table in GUARDED:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"TRUNCATE {table} CASCADE")


def test_b25_no_setting_turns_the_audit_off(settings: Any) -> None:
    assert not [message for message in run_checks() if message.id == "audit.E001"]
    settings.SIMPLE_HISTORY_ENABLED = False
    assert [message for message in run_checks() if message.id == "audit.E001"]


RECORDED = [model for model in apps.get_models() if issubclass(model, Recorded)]


@pytest.mark.parametrize("model", RECORDED, ids=lambda model: model._meta.label_lower)
def test_b27_bulk_writes_and_writes_outside_acts_are_refused(model: Any) -> None:
    rows = model._default_manager.all()
    for write in (
        lambda: rows.update(pk=1),
        rows.delete,
        lambda: rows.bulk_create([model()]),
        lambda: rows.bulk_update([], ["pk"]),
        lambda: model().save(),
    ):
        with pytest.raises(WriteOutsideAct):
            write()


def test_b27_a_role_is_given_by_an_act_only(cast: Cast) -> None:
    from django.contrib.auth.models import Group

    person = make_person()
    group = Group.objects.get(name=Role.RESPONSIBLE_PHARMACIST)
    for write in (
        lambda: person.groups.add(group),
        lambda: group.user_set.add(person),
        lambda: person.groups.set([group]),
        cast.pharmacist.groups.clear,
    ):
        with pytest.raises(WriteOutsideAct), transaction.atomic():
            write()
    grant_role(person, Role.RESPONSIBLE_PHARMACIST, by=cast.admin, now=T0)
    event = AuditEvent.objects.filter(kind="grant_role").in_order().last()
    assert event is not None
    assert '"granted":"responsible_pharmacist"' in event.payload


def test_b31_only_the_servers_time_counts(cast: Cast) -> None:
    version = in_review(cast).version
    client = client_of(cast.medical)
    headers = {"Date": "Wed, 01 Jan 2020 00:00:00 GMT", "X-Request-Start": "t=1577836800"}
    body = {"body": "?", "severity": "question"}
    path = f"/api/v1/versions/{version.pk}/comments/"
    with time_machine.travel(T0 + timedelta(hours=1), tick=False):
        answer = client.post(path, body, content_type="application/json", headers=headers)
        assert answer.status_code == 201
        late = {**body, "created_at": "2020-01-01T00:00:00Z"}
        assert client.post(path, late, content_type="application/json").status_code == 400
    assert version.comments.get().created_at == T0 + timedelta(hours=1)
