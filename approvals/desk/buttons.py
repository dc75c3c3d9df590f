"""Which acts a page offers on a version: only those that would be accepted, each with its page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.audit import Refusal
from approvals.desk.offers import offered
from approvals.people.models import User
from approvals.people.policies import is_pharmacist
from approvals.release.policies import check_can_release
from approvals.review.models import ReviewTask
from approvals.review.policies import check_can_submit
from content.assets.enums import EDITABLE, State
from content.assets.models import Version
from content.assets.policies import check_four_eyes

# In the order in which they are shown; the first that is offered is the page's main button.
LABELS: dict[str, Any] = {
    "release": gettext_lazy("Release for use"),
    "answer": gettext_lazy("Answer the changes"),
    "submit": gettext_lazy("Submit for review"),
    "plan": gettext_lazy("Plan the deposit"),
    "upload": gettext_lazy("Upload a revision"),
    "resume": gettext_lazy("Resume use"),
    "carry": gettext_lazy("Carry the verdicts"),
    "new_version": gettext_lazy("Start a new version"),
    "edit": gettext_lazy("Edit the data"),
    "comment": gettext_lazy("Write a comment"),
    "resolve": gettext_lazy("Resolve the comments"),
    "recall": gettext_lazy("Recall from review"),
    "send-back": gettext_lazy("Send back for changes"),
    "suspend": gettext_lazy("Suspend use"),
    "withdraw": gettext_lazy("Withdraw from use"),
    "invite": gettext_lazy("Invite an agency"),
    "cancel": gettext_lazy("Cancel this version"),
}
GRAVE = {"suspend", "withdraw", "cancel"}
# What brings a version further; the page's main button is one of them.
FORWARD = {"release", "submit", "plan", "upload", "resume", "carry", "new_version"}


@dataclass(frozen=True)
class Button:
    label: Any
    url: str
    style: str


def buttons_for(version: Version, by: User, now: datetime) -> list[Button]:
    """Return the acts this person may do on a version now, the main one first."""
    labels = dict(LABELS)
    if version.reference_id is not None:
        # Planned already: what comes next is the material that shows the reference.
        del labels["plan"]
        labels["plan"] = gettext_lazy("Change the planned deposit")
    ranks = {verb: rank for rank, verb in enumerate(labels)}
    found = [(app, verb) for app, verb in offered(version, by, now) if verb in ranks]
    found.sort(key=lambda offer: (offer[1] in GRAVE, ranks[offer[1]]))
    return list(_buttons(found, version, labels))


def _buttons(
    found: Iterable[tuple[str, str]], version: Version, labels: dict[str, Any]
) -> Iterable[Button]:
    forward = FORWARD - ({"plan"} if version.reference_id is not None else set())
    main = True
    for app, verb in found:
        url = _address(app, verb, version)
        if url is None:
            continue
        leads = main and verb in forward
        main = main and not leads
        style = "soft-grave" if verb in GRAVE else "" if leads else "quiet"
        yield Button(labels[verb], url, style)


def _address(app: str, verb: str, version: Version) -> str | None:
    name = f"{app}:{verb.replace('-', '_')}"
    for args in ([version.pk], [version.asset.code]):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return None


def tasks_for(version: Version, by: User, day: date | None = None) -> list[ReviewTask]:
    """Return the review tasks of a version that this person may decide now."""
    return list(ReviewTask.objects.awaiting(by, day).filter(cycle__version=version))


def why_none(version: Version, by: User, now: datetime) -> str:
    """Return one line on why the act that a person would look for is not offered, or nothing."""
    theirs = ReviewTask.objects.mine(by).open().filter(cycle__version=version)
    if theirs.exists():
        return _told(lambda: check_four_eyes(version, by)) or _(
            "You decided another task of this review: this one is for somebody else."
        )
    if version.asset.owner_id == by.pk and version.state in EDITABLE:
        return _told(lambda: check_can_submit(version, by, now))
    awaits = version.state == State.CLEARED or (
        version.state == State.APPROVED and not version.needs_visa
    )
    if awaits and is_pharmacist(by):
        return _told(lambda: check_can_release(version, by, now))
    return ""


def _told(check: Callable[[], object]) -> str:
    try:
        check()
    except Refusal as refusal:
        return str(refusal)
    return ""
