"""The row that every act which may change usability locks first."""

from datetime import datetime

from approvals.audit import current_act
from content.catalogue.models import ListHead


def lock_list_head() -> ListHead:
    """Lock the list head: the first lock of every act that may change usability.

    Without it, "X now requires F" and "withdraw F" slip past each other.

    :raises WriteOutsideAct: outside an act.
    """
    current_act()
    return ListHead.objects.select_for_update().get(pk=1)


def bump_list_version(*, now: datetime) -> int:
    """Give the lists a new version number, once an act, and return it.

    :raises WriteOutsideAct: outside an act.
    """
    under_way = current_act()
    given = under_way.details.get("list_version")
    if given is not None:
        return int(given)
    head = lock_list_head()
    head.version += 1
    head.save(update_fields=["version"])
    under_way.note(list_version=head.version)
    return head.version
