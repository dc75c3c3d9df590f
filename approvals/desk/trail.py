"""The trail as people ask for it: what is asked, which events, and what they say in words.

The payload names people by their ids; their names are looked up beside it, for readers only.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _

from approvals.audit import InvalidInput
from approvals.audit.acts import registry
from approvals.audit.models import AuditEvent
from approvals.desk.act_words import act_words
from approvals.desk.pack.concerning import Row, events_about, rows_of
from approvals.people.enums import Role
from approvals.people.models import User
from content.assets.models import Asset, Version
from content.calendar import end_of_day, start_of_day

# What the page's address, the API's and the export ask for: the same words, the same answer.
FILTERS = ("q", "object", "actor", "kind", "since", "until")


def events_asked(asked: Mapping[str, str]) -> QuerySet[AuditEvent]:
    """Return the events that were asked for by ``FILTERS``; the last one first is the page's.

    :raises InvalidInput: at the filter that is wrong.
    """
    events = AuditEvent.objects.select_related("actor")
    if asked.get("q"):
        events = events.filter(payload__icontains=asked["q"])
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


def tell(events: Iterable[Any]) -> list[Any]:
    """Read each event's text into ``told``; one that was altered since is empty."""
    rows = list(events)
    for event in rows:
        event.told = EMPTY | read(event.payload)
    return rows


EMPTY: dict[str, Any] = {"role": "", "reason": "", "details": {}, "changes": []}


def read(payload: str) -> dict[str, Any]:
    """Read an event's text; where it is not one, verification says so."""
    try:
        found = json.loads(payload)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Change:
    """One row that an event changed: what it is, and each field's old and new value in words."""

    what: str
    kind: str
    sha256: str
    fields: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Told:
    """One event in words."""

    event: AuditEvent
    act: str
    role: str
    reason: str
    details: list[tuple[str, str]]
    changes: list[Change]


def in_words(events: Iterable[AuditEvent], *, about: set[Row] | None = None) -> list[Told]:
    """Return events as people read them, in a constant number of queries.

    Given ``about``, of an act over many things only what it changed of these rows.
    """
    rows = tell(events)
    if about is not None:
        for event in rows:
            changes = event.told["changes"]
            event.told["changes"] = [one for one in changes if (one["model"], one["id"]) in about]
    people = _people_of(rows)
    return [_told(event, people) for event in rows]


def _told(event: Any, people: Mapping[Any, str]) -> Told:
    told = event.told
    role = told["role"]
    return Told(
        event,
        act_words(event.kind),
        str(Role(role).label) if role in Role.values else role,
        told["reason"],
        [(name, _plain(value)) for name, value in sorted(told["details"].items())],
        [_change(change, people) for change in told["changes"]],
    )


def _change(change: dict[str, Any], people: Mapping[Any, str]) -> Change:
    model = _model(change["model"])
    name = str(model._meta.verbose_name) if model else change["model"]
    kinds = {"+": _("created"), "~": _("changed"), "-": _("removed")}
    fields = [
        (
            _field_name(model, field),
            _value(model, field, old, people),
            _value(model, field, new, people),
        )
        for field, (old, new) in change["fields"].items()
    ]
    kind = kinds.get(change["type"], change["type"])
    return Change(f"{name} {change['id']}", kind, change["sha256"], fields)


def _model(label: str) -> Any:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _field(model: Any, attname: str) -> Any:
    fields = model._meta.concrete_fields if model else ()
    return next((field for field in fields if field.attname == attname), None)


def _field_name(model: Any, attname: str) -> str:
    field = _field(model, attname)
    return str(field.verbose_name) if field is not None else attname


def _value(model: Any, attname: str, value: Any, people: Mapping[Any, str]) -> str:
    field = _field(model, attname)
    if field is not None and field.related_model is User and value in people:
        return people[value]
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, _plain(value)))
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _people_of(rows: Iterable[Any]) -> dict[Any, str]:
    """Return the names of the people whom the events' changes mention by id."""
    ids: set[int] = set()
    for event in rows:
        for change in event.told["changes"]:
            model = _model(change["model"])
            for attname, values in change["fields"].items():
                field = _field(model, attname)
                if field is not None and field.related_model is User:
                    ids.update(one for one in values if isinstance(one, int))
    return {person.pk: str(person) for person in User.objects.filter(pk__in=ids)}


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
    """Return the events that changed an object, or anything that hangs below an asset or version.

    :raises InvalidInput: field ``object`` if it is neither a code nor ``app.model:id``.
    """
    model, colon, identity = text.partition(":")
    if colon and model and identity:
        return _changed(model.lower(), identity)
    code, slash, number = text.partition("/")
    found: Asset | Version | None
    if slash:
        versions = Version.objects.filter(asset__code=code)
        numbered = number.isdecimal() and len(number) < 9
        found = versions.filter(number=int(number)).first() if numbered else None
    else:
        found = Asset.objects.filter(code=code).first()
    if found is None:
        raise InvalidInput.at(
            "object",
            _(
                "Give an asset's code, a version (FR-2026-000012/1), or a model and a number:"
                " assets.version:12."
            ),
        )
    return Q(pk__in=events_about(rows_of(found)))


def _changed(model: str, identity: str) -> Q:
    # The payload is canonical JSON: a change's id and model stand side by side.
    key = f'"id":{json.dumps(identity)},"model":{json.dumps(model)}'
    return Q(payload__contains=key)
