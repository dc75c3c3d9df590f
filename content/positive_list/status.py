"""Whether one printed piece may be used on a day: yes until… / no, because…, use … instead."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from approvals.people.models import User
from content.access.policies import Scope
from content.assets.enums import LimitCode, Nature
from content.assets.models import Entry, Period, Revision, Version
from content.assets.validity import Reason, stretch_on, until_when, why_not
from content.positive_list.queries import (
    Replacement,
    in_scope,
    replacements,
    scope_for,
)

VERSION_NEEDED = "version_needed"


@dataclass(frozen=True)
class Status:
    """The answer for one piece on a day; no ``version_id``: not known yet."""

    code: str
    number: int | None
    title: str
    day: date
    as_of: datetime
    usable: bool
    last_usable_day: date | None
    why_not: list[Reason]
    use_instead: Replacement | None
    version_id: int | None = None
    asset_type: str = ""


def status(
    user: User,
    code: str,
    *,
    number: int | None = None,
    reference: str | None = None,
    prepared_on: date | None = None,
    day: date,
    as_of: datetime,
) -> Status:
    """Answer for a piece that a person holds in their hand.

    By code alone the answer is about a version only if one was ever released; else the printed
    reference or the preparation date is asked for (``version_needed``).

    :raises Version.DoesNotExist: for what is absent, not theirs, or, for the field, never
        released: one answer for all three.
    """
    scope, code = scope_for(user), code.strip().upper()
    if number is not None and not reference and prepared_on is None:
        listed = _listed(scope, code, number, day=day, as_of=as_of)
        if listed is not None:
            return listed
    known = visible_versions(user, scope).filter(asset__code=code)
    found = _named(known, number, reference, prepared_on)
    found = found.annotate(frozen_metadata=_of_last_frozen_revision("metadata_text"))
    versions = list(found.select_related("asset__asset_type").order_by("number"))
    if not versions:
        raise Version.DoesNotExist
    if number is None:
        released = [version for version in versions if version.released_at is not None]
        if len(released) > 1:
            return _version_needed(released[-1], day=day, as_of=as_of)
        versions = released or versions
    return status_of(scope, versions[-1], day=day, as_of=as_of)


def _listed(
    scope: Scope | None, code: str, number: int, *, day: date, as_of: datetime
) -> Status | None:
    """Answer yes from the very entry that the lists show, in one query; None: look further."""
    entries = in_scope(Entry.objects.filter(code=code, number=number), scope)
    entry = entries.known_at(as_of).covering(day).order_by("pk").first()
    if entry is None:
        return None
    return Status(
        code=code,
        number=number,
        title=entry.title,
        day=day,
        as_of=as_of,
        usable=True,
        last_usable_day=entry.ends_on - timedelta(days=1),
        why_not=[],
        use_instead=None,
        version_id=entry.version_id,
        asset_type=entry.asset_type,
    )


def visible_versions(user: User, scope: Scope | None) -> Any:
    """Return the versions a person may ask about: in preparation where they see it, else released.

    The field gets what was released for its teams; a component is on no list, and belongs to the
    teams of its asset's products.
    """
    if scope is None:
        return Version.objects.none()
    if scope.sees_all:
        return Version.objects.all()
    listed = in_scope(Entry.objects.filter(version=OuterRef("pk")), scope)
    asset = Q(asset__products__in=scope.product_ids) | Q(
        asset__lead_product__isnull=True, asset__team__in=scope.team_ids
    )
    component = Q(asset__asset_type__is_component=True) & asset
    if not scope.sees_medical:
        component &= ~Q(asset__nature=Nature.MEDICAL)
    theirs = Q(released_at__isnull=False) & (Exists(listed) | component)
    if scope.prepares:
        theirs |= Q(pk__in=Version.objects.visible_to(user).values("pk"))
    return Version.objects.filter(theirs).distinct()


def _named(
    versions: Any, number: int | None, reference: str | None, prepared_on: date | None
) -> Any:
    if number is not None:
        versions = versions.filter(number=number)
    if reference:
        versions = versions.filter(reference__value__iexact=reference.strip())
    if prepared_on is not None:
        # What was released is the last revision: the date of an earlier one names a draft.
        printed = versions.annotate(printed_on=_of_last_frozen_revision("prepared_on"))
        versions = printed.filter(printed_on=prepared_on)
    return versions


def _of_last_frozen_revision(column: str) -> Subquery:
    frozen = Revision.objects.filter(version=OuterRef("pk")).exclude(digest="")
    return Subquery(frozen.order_by("-number").values(column)[:1])


def _title_of(version: Any) -> str:
    """Return the title that was reviewed: editing the asset changes nothing of it (§2)."""
    frozen = version.frozen_metadata
    return str(json.loads(frozen)["title"]) if frozen else str(version.asset.title)


def status_of(scope: Scope | None, version: Version, *, day: date, as_of: datetime) -> Status:
    """Answer for one version that the person may ask about."""
    stretch = stretch_on(version, day, as_of=as_of)
    reasons: list[Reason] = []
    instead = None
    if stretch is None:
        reasons = why_not(version, day, as_of=as_of) or _recorded_reason(version, day, as_of)
        instead = replacements(scope, [version.pk], day=day, as_of=as_of).get(version.pk)
    return Status(
        code=version.asset.code,
        number=version.number,
        title=_title_of(version),
        day=day,
        as_of=as_of,
        usable=stretch is not None,
        last_usable_day=stretch.ends_on - timedelta(days=1)
        if stretch
        else until_when(version, day, as_of=as_of),
        why_not=reasons,
        use_instead=instead,
        version_id=version.pk,
        asset_type=version.asset.asset_type.code,
    )


def _recorded_reason(version: Version, day: date, as_of: datetime) -> list[Reason]:
    """Return what ended its last period, where a fact behind it was corrected since then."""
    periods = Period.objects.filter(version=version, ends_on__lte=day).known_at(as_of)
    last = periods.order_by("ends_on").last()
    code = LimitCode(last.limited_by) if last else LimitCode.NOT_YET
    return [Reason(str(code), str(code.label))]


def _version_needed(latest: Version, *, day: date, as_of: datetime) -> Status:
    sentence = _(
        "Several versions of %(code)s were released: give the number, the reference or the"
        " preparation date printed on the piece."
    ) % {"code": latest.asset.code}
    return Status(
        code=latest.asset.code,
        number=None,
        title=_title_of(latest),
        day=day,
        as_of=as_of,
        usable=False,
        last_usable_day=None,
        why_not=[Reason(VERSION_NEEDED, sentence)],
        use_instead=None,
    )
