"""What release does when versions stop without a pharmacist: tell the same people all the same."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from approvals.release import notifications
from content.assets.models import Version
from content.assets.signals import versions_frozen
from content.catalogue.models import ProductFreeze


@receiver(versions_frozen, dispatch_uid="release.versions_frozen")
def tell_of_freeze(
    sender: Any, *, freeze: ProductFreeze, versions: Sequence[Version], now: datetime, **kwargs: Any
) -> None:
    """Tell the field and the owners, as the pharmacist's own freeze does."""
    notifications.frozen_by_itself(freeze, versions, now=now)
