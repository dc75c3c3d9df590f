"""What assets tell the apps above, sent inside the act (ARCHITECTURE.md: there are no others)."""

from django.dispatch import Signal

# version_ids: set[int], by, now — the stored usability of these versions changed.
usability_changed = Signal()
# revision: Revision, by, now — new files of a version were uploaded.
revision_added = Signal()
# version: Version, person: User — a person is about to prepare a version; a receiver may refuse.
person_joins = Signal()
# freeze: ProductFreeze, versions: list[Version], by, now — a freeze that no pharmacist signed, or
# whose day came, suspended these versions.
versions_frozen = Signal()
# versions: list[Version], withdrawn: bool, reason: str, occasion: str, now — the authority, or the
# correction of what it decided, stopped the use of these versions; ``occasion`` names the act.
stopped_by_authority = Signal()
