"""What the lists do when usability changes: tell the systems that asked to be told."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from content.assets.signals import usability_changed
from content.positive_list import notifications


@receiver(usability_changed, dispatch_uid="positive_list.usability_changed")
def tell_of_change(
    sender: Any, *, version_ids: Collection[int], now: datetime, **kwargs: Any
) -> None:
    """Write what leaves by webhook, in the act that changed it."""
    notifications.usability_changed(version_ids, now=now)
