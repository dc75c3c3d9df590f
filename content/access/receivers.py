"""What access does when a person's roles change: number that they see other lists."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from approvals.people.models import User
from approvals.people.signals import roles_changed
from content.access.actions import note_scope_change


@receiver(roles_changed, dispatch_uid="access.roles_changed")
def follow_roles(sender: Any, *, person: User, now: datetime, **kwargs: Any) -> None:
    """Note that the person sees other lists: whoever follows them starts again."""
    note_scope_change(person=person, now=now)
