"""Roles as groups: the office may look, nobody may write through Django's own forms."""

import pytest
from django.contrib.auth.models import Group, Permission

from approvals.desk import setup
from approvals.people.enums import OFFICE, Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
def test_each_role_holds_the_views_of_its_place_and_nothing_else(role: Role) -> None:
    held = set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))
    assert ("view_version" in held) == (role in OFFICE)
    assert all(codename.startswith("view_") for codename in held)


def test_a_right_given_by_hand_is_taken_away_at_the_next_migrate() -> None:
    group = Group.objects.get(name=Role.ADMINISTRATOR)
    group.permissions.add(Permission.objects.get(codename="delete_version"))
    setup.install()
    assert not group.permissions.filter(codename="delete_version").exists()
