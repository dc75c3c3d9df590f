"""What a person may do with a version now: each app's ``OFFERED``, asked one by one."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

from approvals.people.models import User
from content.assets.models import Version

Offer = Callable[[Version, User, datetime], bool]

# Apps whose policies offer acts on a version, in the order of the lifecycle.
APPS = ("content.assets", "approvals.review", "approvals.submissions", "approvals.release")


def _offers() -> dict[str, tuple[str, Offer]]:
    offers: dict[str, tuple[str, Offer]] = {}
    for app in APPS:
        if find_spec(f"{app}.policies"):
            offered = getattr(import_module(f"{app}.policies"), "OFFERED", {})
            label = app.rpartition(".")[2]
            offers |= {verb: (label, offer) for verb, offer in offered.items()}
    return offers


def offered(version: Version, by: User, now: datetime) -> list[tuple[str, str]]:
    """Return (app, verb) of each act that would be accepted from this person now."""
    return [(app, verb) for verb, (app, offer) in _offers().items() if offer(version, by, now)]


# Acts whose address under ``versions/{id}/`` has another name; acts that have none are not told.
ADDRESSES = {"upload": "revisions", "comment": "comments"}
ELSEWHERE = {"edit", "new_version", "answer", "resolve"}


def allowed_actions(version: Version, by: User, now: datetime) -> list[str]:
    """Return the verbs that would be accepted, as the addresses of the API name them."""
    verbs = [verb for _app, verb in offered(version, by, now)]
    return [ADDRESSES.get(verb, verb) for verb in verbs if verb not in ELSEWHERE]
