"""The audit trail, for those whose work is to look at it."""

import json
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _

from approvals.audit import InvalidInput
from approvals.audit.acts import registry
from approvals.audit.models import AuditEvent
from approvals.desk.api.shapes import EventShape
from approvals.desk.policies import check_can_read_trail
from approvals.people.models import User
from config.http.api import ListEndpoint
from content.assets.models import Asset, Version
from content.calendar import end_of_day, start_of_day


class Trail(ListEndpoint):
    """Events, the last one first: ``object`` is an asset's code or ``app.model:id``."""

    read_serializer_class = EventShape
    parameters = ("object", "actor", "kind", "since", "until")
    ordering = "-seq"

    def get_queryset(self) -> Any:
        check_can_read_trail(self.request.user)
        asked = self.request.query_params
        events = AuditEvent.objects.select_related("actor")
        if asked.get("object"):
            events = events.filter(about(asked["object"]))
        if asked.get("actor"):
            events = events.filter(actor=User.objects.named(asked["actor"], field="actor"))
        if asked.get("kind"):
            events = events.filter(kind=known_kind(asked["kind"]))
        if asked.get("since"):
            events = events.filter(recorded_at__gte=instant("since", asked["since"]))
        if asked.get("until"):
            events = events.filter(recorded_at__lte=instant("until", asked["until"], last=True))
        return events

    def paginate_queryset(self, queryset: Any) -> Any:
        events = super().paginate_queryset(queryset)
        for event in events or ():
            event.told = json.loads(event.payload)
        return events


def known_kind(kind: str) -> str:
    """Return a kind of act that exists, or that the trail remembers.

    :raises InvalidInput: at ``kind``.
    """
    kinds = {declared.kind for declared in registry.values()}
    if kind not in kinds and not AuditEvent.objects.filter(kind=kind).exists():
        raise InvalidInput.at("kind", _("No act is named “%(kind)s”.") % {"kind": kind})
    return kind


def instant(field: str, text: str, *, last: bool = False) -> datetime:
    """Read an aware instant, or a Paris day (its start, or its end when ``last``).

    :raises InvalidInput: at the field.
    """
    try:
        moment = parse_datetime(text) if "T" in text or " " in text else None
        if moment is not None and is_aware(moment):
            return moment.astimezone(UTC)
        day = parse_date(text) if len(text) == len("2026-04-24") else None
    except (ValueError, OverflowError):
        day = None
    if day is not None and day.year > 1:
        return end_of_day(day) if last and day.year < 9999 else start_of_day(day)
    raise InvalidInput.at(
        field, _("Give a day (2026-04-24) or an instant with its zone (2026-04-24T10:00:00Z).")
    )


def about(text: str) -> Q:
    """Return the events that changed an object.

    :raises InvalidInput: field ``object`` if it is neither a code nor ``app.model:id``.
    """
    model, colon, identity = text.partition(":")
    if colon and model and identity:
        return _changed(model.lower(), identity)
    asset = Asset.objects.filter(code=text).first()
    if asset is None:
        raise InvalidInput.at(
            "object", _("Give an asset's code, or a model and a number: assets.version:12.")
        )
    found = _changed("assets.asset", str(asset.pk))
    for pk in Version.objects.filter(asset=asset).values_list("pk", flat=True):
        found |= _changed("assets.version", str(pk))
    return found


def _changed(model: str, identity: str) -> Q:
    # The payload is canonical JSON: a change's id and model stand side by side.
    key = f'"id":{json.dumps(identity)},"model":{json.dumps(model)}'
    return Q(payload__contains=key)
