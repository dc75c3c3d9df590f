"""Who keeps the authority's form and its list of pieces (DOMAIN.md §8: data, not code)."""

from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_role

FORM_ROLES = (Role.ADMINISTRATOR,)
SEES_FORM = (*FORM_ROLES, Role.REGULATORY_REVIEWER, Role.INSPECTOR)


def check_can_keep_form(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator."""
    check_role(by, FORM_ROLES)
