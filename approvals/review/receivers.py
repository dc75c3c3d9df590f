"""What review does when somebody is about to prepare a version, and when files are added to it."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from approvals.people.models import User
from approvals.review.actions.prechecks import ask_for_prechecks
from approvals.review.policies.decisions import check_did_not_decide
from content.assets.models import Revision, Version
from content.assets.signals import person_joins, revision_added


@receiver(person_joins, dispatch_uid="review.person_joins")
def hold_four_eyes(sender: Any, *, version: Version, person: User, **kwargs: Any) -> None:
    """Refuse whoever decided on the version: invariant 3 holds in whichever order it comes."""
    check_did_not_decide(version, person)


@receiver(revision_added, dispatch_uid="review.revision_added")
def check_new_files(
    sender: Any, *, revision: Revision, by: User, now: datetime, **kwargs: Any
) -> None:
    """Ask for the pre-checks of the new files, in the act that keeps them."""
    ask_for_prechecks(revision, by=by, now=now)
