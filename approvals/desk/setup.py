"""What each role may look at in the admin: installed after every migrate, idempotently.

The office's roles hold the ``view`` permission of the house's models and nobody holds any other:
everything is written by acts, which policies guard (DOMAIN.md §1). Installed by the highest app,
so that the permissions of all the others exist.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission

from approvals.people.enums import OFFICE

LABELS = (
    *("people", "audit", "signatures", "review", "submissions", "release"),
    *("outbox", "catalogue", "access", "assets", "emails", "presentations", "positive_list"),
)


def install(**kwargs: Any) -> None:
    """Give each office role the right to look, and take any other right away."""
    views = list(
        Permission.objects.filter(
            content_type__app_label__in=LABELS, codename__startswith="view_"
        ).exclude(codename="view_apitoken")
    )
    for group in Group.objects.prefetch_related("permissions"):
        group.permissions.set(views if group.name in OFFICE else [])
