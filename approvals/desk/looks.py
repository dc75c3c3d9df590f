"""Who looked at the trail of a version (SECURITY.md 28), and to whom its record was given."""

import json
from typing import Any

from django.db.models import Q, QuerySet

from approvals.audit.models import AuditEvent
from approvals.people.models import User
from content.assets.models import Asset, Version

LOOK = "look_at_trail"
EXPORT = "export_record"


def looks_at_asset(asset: Asset) -> QuerySet[AuditEvent]:
    """Return the recorded looks at the trail of any version of an asset."""
    return _noted(LOOK, asset)


def looks_at(version: Version) -> QuerySet[AuditEvent]:
    """Return the recorded looks at the trail of a version."""
    return _noted(LOOK, version.asset).filter(_ends_with(version))


def exports_of(version: Version) -> QuerySet[AuditEvent]:
    """Return the times when the record of a version was handed over."""
    return _noted(EXPORT, version.asset).filter(_ends_with(version))


def last_export(version: Version, by: User) -> dict[str, Any] | None:
    """Return what the last event says by which a person was given a version's record, or None."""
    event = exports_of(version).filter(actor=by).order_by("seq").last()
    if event is None:
        return None
    told: dict[str, Any] = json.loads(event.payload)["details"]
    return told


def _noted(kind: str, asset: Asset) -> QuerySet[AuditEvent]:
    # The canonical text sorts its keys: the details begin with the asset and end with the version.
    begins = f'"details":{{"asset":{json.dumps(asset.code)},'
    return AuditEvent.objects.filter(kind=kind, payload__contains=begins)


def _ends_with(version: Version) -> Q:
    return Q(payload__contains=f',"version":{version.pk}}}')
