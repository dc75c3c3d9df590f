"""The story of an asset: every act and remark in one timeline, newest first."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from approvals.desk.looks import looks_at_asset
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.models import Comment, Verdict
from content.assets.models import Asset, Revision, Version


@dataclass(frozen=True)
class Moment:
    """Something that happened: when, who did it, what, and their words."""

    at: datetime
    who: Any
    what: str
    words: str = ""
    state: str = ""


def story_of(asset: Asset, versions: Iterable[Version]) -> list[Moment]:
    """Return what happened to these versions of an asset, newest first, in few queries."""
    seen = list(versions)
    moments = [
        *_revisions(seen),
        *_transfers(asset),
        *_comments(seen),
        *_verdicts(seen),
        *_states(seen),
        *_looks(asset, seen),
    ]
    # What shares its instant keeps the order in which it was recorded, then all is turned round.
    return sorted(moments, key=lambda moment: moment.at)[::-1]


def states_of(version: Version) -> list[tuple[str, datetime]]:
    """Return the recorded states of a version with their instants, oldest first."""
    rows = version.history.order_by("history_id").values_list("state", "history_date")
    return list(rows)


def _states(versions: list[Version]) -> Iterable[Moment]:
    rows = (
        Version.history.filter(id__in=[version.pk for version in versions])
        .select_related("history_user")
        .order_by("id", "history_id")
    )
    before: dict[int, str] = {}
    for row in rows:
        if before.get(row.id) == row.state:
            continue
        said = _("Version %(number)s") % {"number": row.number}
        yield Moment(
            row.history_date, row.history_user, said, row.history_change_reason or "", row.state
        )
        before[row.id] = row.state


def _revisions(versions: list[Version]) -> Iterable[Moment]:
    rows = Revision.objects.filter(version__in=versions).select_related("version", "uploaded_by")
    for revision in rows:
        said = _("Revision %(revision)s of version %(number)s uploaded") % {
            "revision": revision.number,
            "number": revision.version.number,
        }
        yield Moment(revision.uploaded_at, revision.uploaded_by, said, revision.change_summary)


def _verdicts(versions: list[Version]) -> Iterable[Moment]:
    rows = Verdict.objects.filter(cycle__version__in=versions)
    for verdict in rows.select_related("task", "decided_by", "on_behalf_of", "cycle__version"):
        said = _("Verdict on version %(number)s as %(role)s: %(verdict)s") % {
            "number": verdict.cycle.version.number,
            "role": Role(verdict.task.role).label,
            "verdict": verdict.get_outcome_display(),
        }
        who: Any = verdict.decided_by
        if verdict.on_behalf_of is not None:
            names = {"person": who, "lender": verdict.on_behalf_of}
            who = _("%(person)s on behalf of %(lender)s") % names
        yield Moment(verdict.decided_at, who, said, verdict.comment)


def _comments(versions: list[Version]) -> Iterable[Moment]:
    rows = Comment.objects.filter(version__in=versions).select_related("author", "version")
    for comment in rows:
        said = _("Comment on version %(number)s (%(severity)s)") % {
            "number": comment.version.number,
            "severity": comment.get_severity_display(),
        }
        yield Moment(comment.created_at, comment.author, said, comment.body)


def _looks(asset: Asset, versions: list[Version]) -> Iterable[Moment]:
    numbers = {version.pk: version.number for version in versions}
    for event in looks_at_asset(asset).select_related("actor").order_by("seq"):
        number = numbers.get(json.loads(event.payload)["details"]["version"])
        if number is not None:
            said = _("Audit trail of version %(number)s looked at") % {"number": number}
            yield Moment(event.recorded_at, event.actor, said)


def _transfers(asset: Asset) -> Iterable[Moment]:
    rows = list(asset.history.select_related("history_user").order_by("history_id"))
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={r.owner_id for r in rows})}
    for before, after in pairwise(rows):
        if before.owner_id != after.owner_id:
            said = _("Given to %(owner)s") % {"owner": names[after.owner_id]}
            yield Moment(
                after.history_date, after.history_user, said, after.history_change_reason or ""
            )
