"""Whose a notification is, and what a person may choose about their mails."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, PolicyDenied, StateConflict
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.people.policies import check_role
from content.outbox.enums import Delivery, DispatchState, WebhookEvent
from content.outbox.models import MailPreference, Message, WebhookEndpoint
from content.outbox.reach import Unreachable, check_host, check_url
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


def check_can_manage_webhooks(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator."""
    check_role(by, [Role.ADMINISTRATOR])


def can_manage_webhooks(by: User) -> bool:
    try:
        check_can_manage_webhooks(by)
    except PolicyDenied:
        return False
    return True


def check_events(events: Collection[str]) -> None:
    """:raises InvalidInput: field ``events`` unless it names at least one, each of them known."""
    if not events or not set(events) <= set(WebhookEvent.values):
        raise InvalidInput.at(
            "events",
            _("Name at least one of these events: %(events)s.")
            % {"events": ", ".join(WebhookEvent.values)},
        )


def check_webhook_url(url: str, *, but: int | None = None) -> None:
    """Refuse an address that may not be reached, or that is told already.

    :raises InvalidInput: field ``url``.
    """
    try:
        check_url(url)
        check_host(url)
    except Unreachable as error:
        raise InvalidInput.at("url", str(error)) from error
    if WebhookEndpoint.objects.active().filter(url=url).exclude(pk=but).exists():
        raise InvalidInput.at(
            "url", _("This address is registered already: change that one instead.")
        )


def check_webhook_active(endpoint: WebhookEndpoint) -> None:
    """:raises StateConflict: ``webhook_inactive``."""
    if not endpoint.active:
        raise StateConflict(
            "webhook_inactive", _("This webhook is deactivated: activate it again first.")
        )


def check_resendable(endpoint: WebhookEndpoint, delivery_id: int) -> Message:
    """Return a delivery that may be sent again.

    :raises InvalidInput: field ``delivery`` if the webhook has no such one.
    :raises StateConflict: ``still_waiting`` while it is tried by itself.
    """
    message: Message | None = endpoint.deliveries.filter(pk=delivery_id).first()
    if message is None:
        raise InvalidInput.at("delivery", _("This webhook has no such delivery."))
    if message.state == DispatchState.WAITING:
        raise StateConflict(
            "still_waiting", _("This delivery is not given up yet: it is tried again by itself.")
        )
    return message
