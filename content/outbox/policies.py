"""Whose a notification is, and what a person may choose about their mails."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, PolicyDenied
from approvals.people.models import User
from content.outbox.enums import Delivery
from content.outbox.models import MailPreference, Message
from content.outbox.topics import Topic, topic_named, topics_for


def check_is_told(by: User, message: Message) -> None:
    """:raises PolicyDenied: ``not_yours`` unless it was told to this person."""
    if message.recipient_id != by.pk:
        raise PolicyDenied("not_yours", _("This was told to somebody else."))


def check_choices(choices: Mapping[str, str]) -> None:
    """Refuse choices that nobody has.

    :raises InvalidInput: naming each topic that is wrong.
    """
    errors: dict[str, list[str]] = {}
    for code, delivery in choices.items():
        topic = topic_named(code)
        if topic is None:
            errors[code] = [_("There is no such topic.")]
        elif delivery not in Delivery.values:
            errors[code] = [_("Choose at once, in the daily digest, or not by mail.")]
        elif topic.mandatory and delivery != Delivery.AT_ONCE:
            errors[code] = [_("This is always mailed at once: somebody must not miss it.")]
    if errors:
        raise InvalidInput(errors)


def delivery_of(person: User, code: str) -> str:
    """Return how a person is mailed about a topic: at once, where it must be or is not known."""
    topic = topic_named(code)
    if topic is None or topic.mandatory:
        return Delivery.AT_ONCE
    return MailPreference.objects.of(person).get(code, topic.default)


def deliveries_of(person: User) -> list[tuple[Topic, str]]:
    """Return the topics that a person may be told, each with how they are mailed, in one query."""
    chosen = MailPreference.objects.of(person)
    return [
        (topic, topic.default if topic.mandatory else chosen.get(topic.code, topic.default))
        for topic in topics_for(person.role_names)
    ]
