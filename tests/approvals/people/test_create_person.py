"""``create_person``: how a house gets its first administrator."""

import pytest
from django.core.management import CommandError, call_command

from approvals.audit.models import AuditEvent
from approvals.people.enums import Role
from approvals.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSON_PASSWORD", "une phrase assez longue")


def test_the_person_signs_in_with_their_roles(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_person", "ada", "--role", "administrator", "--role", "inspector")
    person = User.objects.get(username="ada")
    assert person.check_password("une phrase assez longue")
    assert person.role_names == {Role.ADMINISTRATOR, Role.INSPECTOR}
    assert "ada can sign in as: administrator, inspector." in capsys.readouterr().out
    kinds = AuditEvent.objects.in_order().values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["create_person", "grant_role", "grant_role"]


def test_a_weak_password_creates_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSON_PASSWORD", "court")
    with pytest.raises(CommandError):
        call_command("create_person", "ada", "--role", "administrator")
    assert not User.objects.filter(username="ada").exists()


def test_a_username_is_never_given_again() -> None:
    call_command("create_person", "ada", "--role", "administrator")
    with pytest.raises(CommandError):
        call_command("create_person", "ADA", "--role", "inspector")
