"""What release does when versions stop without a pharmacist, or when a source changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from approvals.people.models import User
from approvals.release import actions, notifications
from content.assets.models import Version
from content.assets.signals import stopped_by_authority, versions_frozen
from content.catalogue.models import ProductFreeze
from content.catalogue.signals import source_changed
from content.catalogue.source_changes import SourceChange


@receiver(versions_frozen, dispatch_uid="release.versions_frozen")
def tell_of_freeze(
    sender: Any, *, freeze: ProductFreeze, versions: Sequence[Version], now: datetime, **kwargs: Any
) -> None:
    """Tell the field and the owners, as the pharmacist's own freeze does."""
    notifications.frozen_by_itself(freeze, versions, now=now)


@receiver(stopped_by_authority, dispatch_uid="release.stopped_by_authority")
def tell_of_stop(
    sender: Any, *, versions: Sequence[Version], now: datetime, signal: Any, **said: Any
) -> None:
    """Tell the field and the owners, as the pharmacist's own acts do."""
    notifications.stopped_by_authority(versions, **said, now=now)


@receiver(source_changed, dispatch_uid="release.source_changed")
def open_lists(
    sender: Any, *, changes: Sequence[SourceChange], by: User, now: datetime, **kwargs: Any
) -> None:
    """Open the impact list of each change, in the act that made it."""
    actions.open_impact_lists(changes, by=by, now=now)
