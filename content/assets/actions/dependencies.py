"""Say what a version needs, may include, cites (DOMAIN.md §5)."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.enums import OWNERS
from approvals.people.models import User
from content.assets.actions.assets import record_involvement
from content.assets.enums import COMPONENT_KINDS, FINAL, DependencyKind, InvolvementKind
from content.assets.models import Dependency, Revision, Version
from content.assets.policies import check_can_edit
from content.catalogue.actions import lock_list_head
from content.catalogue.models import SourceDocument


@act("add_dependency", roles=OWNERS)
def add_dependency(
    version_id: int,
    *,
    kind: str,
    target: int | None = None,
    document: int | None = None,
    by: User,
    now: datetime,
) -> Dependency:
    """Pin one version (or, for ``cites``, one source document) to a version.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_editable``.
    :raises InvalidInput: at ``kind``, ``target`` or ``document``; ``cycle`` at ``target``.
    """
    lock_list_head()
    version = _editable(version_id, by, now)
    if kind not in DependencyKind.values:
        raise InvalidInput.at(
            "kind",
            _("“%(value)s” is not one of: %(choices)s.")
            % {"value": kind, "choices": ", ".join(DependencyKind.values)},
        )
    row = Dependency(dependent=version, kind=kind)
    if kind == DependencyKind.CITES:
        row.document = _find_document(version, document, target)
    else:
        row.target = _find_target(version, kind, target, document, by)
    row.save(force_insert=True)
    record_involvement(version, by, InvolvementKind.EDITED)
    return row


def _editable(version_id: int, by: User, now: datetime) -> Version:
    versions = Version.objects.locked().select_related("asset__asset_type", "asset__owner")
    version: Version = versions.get(pk=version_id)
    check_can_edit(version, by, now)
    return version


def _find_document(version: Version, document: int | None, target: int | None) -> SourceDocument:
    found = SourceDocument.objects.filter(pk=document).first() if document else None
    if found is None or target is not None:
        raise InvalidInput.at(
            "document", _("Name the source document of the catalogue that is cited.")
        )
    if Dependency.objects.filter(dependent=version, document=found).exists():
        raise InvalidInput.at("document", _("This document is cited already."))
    return found  # type: ignore[no-any-return]


def _find_target(
    version: Version, kind: str, target: int | None, document: int | None, by: User
) -> Version:
    if target is None or document is not None:
        raise InvalidInput.at("target", _("Name the version that is meant."))
    visible = Version.objects.visible_to(by).select_related("asset__asset_type")
    found: Version | None = visible.filter(pk=target).first()
    if found is None:
        raise InvalidInput.at("target", _("This version does not exist, or you may not see it."))
    if Dependency.objects.filter(dependent=version, target=found).exists():
        raise InvalidInput.at("target", _("%(target)s is linked already.") % {"target": found})
    if kind in COMPONENT_KINDS:
        _check_component(version, kind, found)
    _check_no_cycle(version, kind, found)
    return found


def _check_component(version: Version, kind: str, target: Version) -> None:
    if kind == DependencyKind.MAY_INCLUDE and not target.asset.asset_type.is_component:
        raise InvalidInput.at(
            "target",
            _("%(target)s is not a component: only components can be included.")
            % {"target": target},
        )
    if target.state in FINAL:
        raise InvalidInput.at(
            "target",
            _("%(target)s is “%(state)s” for good: choose another version.")
            % {
                "target": target,
                "state": target.get_state_display(),  # type: ignore[attr-defined]
            },
        )
    pinned = Dependency.objects.components().filter(
        dependent=version, target__asset=target.asset_id
    )
    if pinned.exists():
        raise InvalidInput.at(
            "target",
            _("Another version of %(code)s is linked: remove it first.")
            % {"code": target.asset.code},
        )


def _check_no_cycle(version: Version, kind: str, target: Version) -> None:
    """Refuse a loop: between assets for what limits use, else between versions.

    Between assets, since a version also waits for its successors: v1 that needs a thing which
    needs v2 would close the loop through supersession.

    :raises InvalidInput: ``cycle`` at ``target``.
    """
    if kind in COMPONENT_KINDS:
        looped = version.asset_id in assets_needed_by({target.asset_id})
    else:
        looped = version.pk in _versions_reached_from({target.pk})
    if looped:
        raise InvalidInput.at(
            "target",
            _("%(target)s depends on %(code)s itself: the two cannot depend on each other.")
            % {"target": target, "code": version.asset.code},
            code="cycle",
        )


def assets_needed_by(asset_ids: Collection[int]) -> set[int]:
    """Return these assets and all they need through any of their versions, at any depth."""
    reached = set(asset_ids)
    frontier = reached
    while frontier:
        rows = Dependency.objects.components().filter(dependent__asset__in=frontier)
        frontier = set(rows.values_list("target__asset", flat=True)) - reached
        reached = reached | frontier
    return reached


def _versions_reached_from(version_ids: Collection[int]) -> set[int]:
    reached = set(version_ids)
    frontier = reached
    while frontier:
        rows = Dependency.objects.filter(dependent__in=frontier, target__isnull=False)
        frontier = set(rows.values_list("target", flat=True)) - reached
        reached = reached | frontier
    return reached


@act("remove_dependency", roles=OWNERS)
def remove_dependency(dependency_id: int, *, by: User, now: datetime, reason: str = "") -> None:
    """Take a dependency off a version that may still change.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_editable``, ``below_minimum``.
    :raises InvalidInput: field ``reason`` once the version was submitted.
    """
    lock_list_head()
    dependent = Dependency.objects.values_list("dependent", flat=True).get(pk=dependency_id)
    version = _editable(dependent, by, now)
    _check_reason(version, reason)
    row = Dependency.objects.get(pk=dependency_id)
    left = Dependency.objects.components().filter(dependent=version).exclude(pk=row.pk).count()
    if row.kind in COMPONENT_KINDS and left < version.minimum_components:
        raise StateConflict(
            "below_minimum",
            _("%(version)s asks for %(minimum)d components at least: lower that number first.")
            % {"version": version, "minimum": version.minimum_components},
        )
    row.delete()
    record_involvement(version, by, InvolvementKind.EDITED)


def _check_reason(version: Version, reason: str) -> None:
    submitted = Revision.objects.filter(version=version, frozen_at__isnull=False).exists()
    if submitted and not reason.strip():
        raise InvalidInput.at(
            "reason", _("This version was submitted once: say why you change it.")
        )


@act("set_minimum_components", roles=OWNERS)
def set_minimum_components(
    version_id: int, *, minimum: int, by: User, now: datetime, reason: str = ""
) -> Version:
    """Set below how many usable components (required ones count) a version is not usable.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_editable``.
    :raises InvalidInput: field ``minimum`` if negative or more than the version pins.
    """
    lock_list_head()
    version = _editable(version_id, by, now)
    pinned = Dependency.objects.components().filter(dependent=version).count()
    if not 0 <= minimum <= pinned:
        raise InvalidInput.at(
            "minimum",
            _("Give a number from 0 to %(pinned)d, the components that are linked.")
            % {"pinned": pinned},
        )
    version.minimum_components = minimum
    version.save()
    record_involvement(version, by, InvolvementKind.EDITED)
    return version
