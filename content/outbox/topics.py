"""What people are told about, and how each topic reaches them unless they choose otherwise.

Every topic that an app tells is here: a test reads the source for those that are not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.people.enums import EVERYONE, FIELD, OWNERS, PHARMACISTS, REVIEWERS, Role
from content.outbox.enums import Delivery

# The mail that tells again, once a day, what was held for it: not itself something told.
DIGEST = "digest"
DECIDES = (*REVIEWERS, *PHARMACISTS)
AT_ONCE = Delivery.AT_ONCE


@dataclass(frozen=True)
class Topic:
    """One thing that people are told about; ``roles`` may be told it."""

    code: str
    words: Any
    roles: tuple[str, ...]
    default: Delivery = AT_ONCE
    # What somebody must not miss: the choice is not theirs.
    mandatory: bool = False


TOPICS: dict[str, Topic] = {
    topic.code: topic
    for topic in (
        Topic("review.task", _("A version to review"), DECIDES, Delivery.DIGEST),
        Topic("review.soon", _("A task due soon"), DECIDES, Delivery.DIGEST),
        Topic("review.today", _("A task due today"), DECIDES),
        Topic("review.late", _("A late task"), DECIDES),
        Topic("review.confirm", _("Changes to confirm"), DECIDES),
        Topic(
            "review.corrected",
            _("Changes asked by others were made"),
            DECIDES,
            Delivery.DIGEST,
        ),
        Topic(
            "review.escalated",
            _("A late task of a role that you lead"),
            (*DECIDES, Role.ADMINISTRATOR),
        ),
        Topic("review.changes", _("The reviewers ask for changes"), OWNERS),
        Topic("review.approved", _("The review is passed"), OWNERS),
        Topic("review.sent_back", _("Regulatory affairs sent a version back"), OWNERS),
        Topic("review.comment", _("A comment on my material"), OWNERS, Delivery.DIGEST),
        Topic("assets.invitation", _("An invitation to a version"), (Role.AGENCY,)),
        Topic("deposited", _("A deposit with the authority"), OWNERS, Delivery.DIGEST),
        Topic(
            "package",
            _("The package of a batch that I froze"),
            (Role.REGULATORY_REVIEWER,),
        ),
        Topic("missed", _("A deposit that was missed"), OWNERS),
        Topic("decided", _("A decision of the authority"), OWNERS),
        Topic(
            "decision.corrected",
            _("A decision of the authority that was corrected"),
            (*OWNERS, *PHARMACISTS, Role.REGULATORY_REVIEWER),
            mandatory=True,
        ),
        Topic("tacit.due", _("A tacit grant to confirm"), (Role.REGULATORY_REVIEWER,)),
        Topic(
            "suspension.over",
            _("A suspension whose stated end has come"),
            (*PHARMACISTS, Role.REGULATORY_REVIEWER),
        ),
        Topic("end_of_use", _("My material ends soon"), OWNERS),
        Topic(
            "visa_ends",
            _("Material of the house that ends soon"),
            (Role.REGULATORY_REVIEWER, *PHARMACISTS),
            Delivery.DIGEST,
        ),
        Topic("release.release", _("Material that may be used"), (*OWNERS, *FIELD)),
        Topic("release.resume", _("Material that may be used again"), (*OWNERS, *FIELD)),
        Topic(
            "release.suspend",
            _("Material suspended"),
            (*OWNERS, *FIELD),
            mandatory=True,
        ),
        Topic("release.withdraw", _("Material withdrawn"), (*OWNERS, *FIELD), mandatory=True),
        Topic("release.freeze", _("A product frozen"), (*OWNERS, *FIELD), mandatory=True),
        Topic("release.impact", _("A source that changed: decisions to take"), PHARMACISTS),
        Topic("release.impact_due", _("Decisions on a change due soon"), PHARMACISTS),
        Topic("release.impact_late", _("Late decisions on a change"), PHARMACISTS),
        Topic("release.impact_owed", _("A version to prepare after a change"), OWNERS),
        Topic("edition.published", _("An edition of the lists to acknowledge"), FIELD),
        Topic("edition.reminder", _("An edition not acknowledged yet"), FIELD, mandatory=True),
        Topic("account_locked", _("An account locked"), EVERYONE, mandatory=True),
        Topic("account_unlocked", _("My account unlocked"), EVERYONE, mandatory=True),
        Topic("password_reset", _("My password reset"), EVERYONE, mandatory=True),
        Topic("factors_reset", _("My second factor reset"), EVERYONE, mandatory=True),
    )
}


def topic_named(code: str) -> Topic | None:
    return TOPICS.get(code)


def topics_for(role_names: Iterable[str]) -> list[Topic]:
    """Return what somebody who holds these roles may be told, in the table's order."""
    held = set(role_names)
    return [topic for topic in TOPICS.values() if held.intersection(topic.roles)]
