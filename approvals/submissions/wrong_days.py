"""Which recorded days of use the corrected facts take back (DOMAIN.md §4)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from content.assets.enums import DependencyKind
from content.assets.models import Dependency, Period, Version
from content.assets.validity.bars import Span, complement

ONE_DAY = timedelta(days=1)


def wrongly_usable(
    carriers: Collection[int], entitled: Sequence[Span], day: date
) -> list[dict[str, Any]]:
    """Return the days on which versions were usable without being entitled to it, up to a day.

    ``carriers`` stand under the corrected decision, which entitles them to ``entitled``; what
    required one of them was wrongly usable with it. Rows ``{version, name, first, last}``.
    """
    wrong = {pk: complement(entitled) for pk in carriers}
    _spread(wrong)
    used = _days_used(wrong, day)
    names = Version.objects.select_related("asset").in_bulk(list(wrong))
    return [
        {
            "version": pk,
            "name": str(names[pk]),
            "first": first.isoformat(),
            "last": (end - ONE_DAY).isoformat(),
        }
        for pk in sorted(wrong)
        for first, end in _common(used[pk], wrong[pk])
    ]


def _spread(wrong: dict[int, list[Span]]) -> None:
    """Reach what requires a version, step by step: rule 3 held on none of its wrong days."""
    frontier = set(wrong)
    while frontier:
        rows = Dependency.objects.filter(kind=DependencyKind.REQUIRES, target__in=frontier)
        reached = set()
        for dependent, target in rows.values_list("dependent_id", "target_id"):
            before = wrong.get(dependent, [])
            after = _merged([*before, *wrong[target]])
            if after != before:
                wrong[dependent] = after
                reached.add(dependent)
        frontier = reached


def _days_used(version_ids: Iterable[int], day: date) -> dict[int, list[Span]]:
    """Return the days on which each version was really usable at some hour, as recorded."""
    rows = Period.objects.stood_or_stands().filter(version__in=list(version_ids))
    found: dict[int, list[Span]] = defaultdict(list)
    for version_id, starts_on, ends_on, replaced_on in rows.filter(starts_on__lte=day).values_list(
        "version_id", "starts_on", "ends_on", "replaced_on"
    ):
        end = min(ends_on, (replaced_on or day) + ONE_DAY)
        found[version_id].append((starts_on, end))
    return defaultdict(list, {pk: _merged(spans) for pk, spans in found.items()})


def _merged(spans: Iterable[Span]) -> list[Span]:
    return complement(complement(list(spans)))


def _common(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Return the days that lie in both."""
    return complement([*complement(left), *complement(right)])
