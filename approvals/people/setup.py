"""Roles as groups and the system actor: installed after every migrate, idempotently."""

from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from approvals.audit import act, current_act
from approvals.people.enums import Role
from approvals.people.models import SYSTEM_USERNAME, User


def install(**kwargs: Any) -> None:
    for role in Role:
        Group.objects.get_or_create(name=role.value)
    if not User.objects.filter(username=SYSTEM_USERNAME).exists():
        person = User(username=SYSTEM_USERNAME, first_name="Imprimatur", last_name="(système)")
        person.set_unusable_password()
        _install_system_actor(person, by=person, now=timezone.now())


@act("install_system_actor")
def _install_system_actor(person: User, *, by: User, now: Any) -> None:
    """Create the actor of what no person does; it is the author of its own creation."""
    person.date_joined = now
    person.save(force_insert=True)
    person.__dict__["role_names"] = frozenset()


def refuse_roles_outside_acts(action: str, **kwargs: Any) -> None:
    """Refuse to give or take a role where no act records it: in a shell, or by mistake.

    :raises WriteOutsideAct: outside an act.
    """
    if action.startswith("pre_"):
        current_act()
