"""Give assets their codes, without a gap (DOMAIN.md §2)."""

from datetime import datetime

from approvals.audit import current_act
from content.assets.models import AssetNumber
from content.calendar import paris_day


def next_code(jurisdiction: str, *, now: datetime) -> str:
    """Take the next code of a jurisdiction and Paris year, such as ``FR-2026-000123``.

    The counter stays locked until the act ends, so that a refused act leaves no gap.

    :raises WriteOutsideAct: outside an act.
    """
    current_act()
    year = paris_day(now).year
    AssetNumber.objects.get_or_create(prefix=jurisdiction, year=year)
    counter = AssetNumber.objects.select_for_update().get(prefix=jurisdiction, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{jurisdiction}-{year}-{counter.last:06d}"
