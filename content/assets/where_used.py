"""What a version uses, and where it is used: both directions, any depth (DOMAIN.md §5)."""

from dataclasses import dataclass
from typing import Any

from approvals.people.models import User
from content.assets.models import Dependency, Version


@dataclass(frozen=True)
class Link:
    """A version at the other end of dependencies, the kind of the nearest one, and how far."""

    version: Version
    kind: str
    depth: int


def used_by(version: Version, by: User) -> list[Link]:
    """Return all versions that depend on a version, the nearest first, that a person may see."""
    return _walk(version, by, near="target", far="dependent")


def uses(version: Version, by: User) -> list[Link]:
    """Return all versions that a version depends on, the nearest first, that a person may see."""
    return _walk(version, by, near="dependent", far="target")


def _walk(version: Version, by: User, *, near: str, far: str) -> list[Link]:
    """Follow dependencies level by level: one query a level, however wide it is."""
    found: dict[int, tuple[str, int]] = {}
    frontier, depth = {version.pk}, 0
    while frontier:
        depth += 1
        rows = Dependency.objects.filter(
            **{f"{near}__in": frontier, f"{far}__isnull": False}
        ).order_by("pk")
        reached = dict(rows.values_list(f"{far}_id", "kind"))
        frontier = set(reached) - set(found) - {version.pk}
        found |= {pk: (reached[pk], depth) for pk in frontier}
    seen: Any = Version.objects.visible_to(by).filter(pk__in=found).select_related("asset")
    links = [Link(row, *found[row.pk]) for row in seen]
    return sorted(links, key=lambda link: (link.depth, link.version.pk))
