"""What review answers when somebody is about to prepare a version."""

from typing import Any

from django.dispatch import receiver

from approvals.people.models import User
from approvals.review.policies.decisions import check_did_not_decide
from content.assets.models import Version
from content.assets.signals import person_joins


@receiver(person_joins, dispatch_uid="review.person_joins")
def hold_four_eyes(sender: Any, *, version: Version, person: User, **kwargs: Any) -> None:
    """Refuse whoever decided on the version: invariant 3 holds in whichever order it comes."""
    check_did_not_decide(version, person)
