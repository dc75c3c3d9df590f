"""What leaves: written with the change, dispatched after it."""

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import Role
from approvals.people.models import User
from content.calendar import paris_day, start_of_day
from content.outbox.enums import Channel, Delivery, DispatchState, WebhookEvent
from content.outbox.topics import DIGEST, topic_named

MAX_ATTEMPTS = 3
RETRY_AFTER = timedelta(minutes=1)
# How long each further attempt of a webhook waits: eight attempts over about a day.
WEBHOOK_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 60, 180, 360, 780))
# How long a notification is shown to whom it was told; the row stays, as evidence of what left.
SHOWN_DAYS = 90


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, at: datetime) -> Self:
        """What waits to leave, oldest first."""
        return self.filter(state=DispatchState.WAITING, not_before__lte=at).order_by("pk")

    def webhooks(self) -> Self:
        return self.filter(channel=Channel.WEBHOOK)

    def but_webhooks(self) -> Self:
        """Mails and jobs, which no slow host of others may hold back."""
        return self.exclude(channel=Channel.WEBHOOK)

    def failed(self) -> Self:
        return self.filter(state=DispatchState.FAILED).order_by("-pk")

    def told_to(self, user: Any) -> Self:
        """What a person was told, apart from the digests, which tell it again."""
        return self.filter(channel=Channel.MAIL, recipient=user).exclude(topic=DIGEST)

    def shown_at(self, at: datetime) -> Self:
        """What is recent enough to be shown, counted in Paris days."""
        first = start_of_day(paris_day(at) - timedelta(days=SHOWN_DAYS))
        return self.filter(created_at__gte=first)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def held(self) -> Self:
        """What waits for a digest, oldest first."""
        return self.filter(state=DispatchState.HELD).order_by("pk")


class WebhookEndpointQuerySet(RecordedQuerySet):
    def locked(self) -> Self:
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def active(self) -> Self:
        return self.filter(active=True)

    def visible_to(self, user: User) -> Self:
        """Those who run the house see whom it tells; everybody else sees none."""
        return self if user.holds(Role.ADMINISTRATOR, Role.INSPECTOR) else self.none()


class WebhookEndpoint(Recorded):
    """A system outside that is told of events; deactivated, never deleted.

    The secrets are sealed (``config.http.sealing``): they sign what is sent. After a change the
    former one signs beside the new one until ``former_until``.
    """

    # The trail says that it changed, never what it is.
    secret_fields: ClassVar[frozenset[str]] = frozenset({"secret", "former_secret"})

    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    active = models.BooleanField(_("active"), default=True)
    secret = models.TextField(_("secret"))
    former_secret = models.TextField(_("former secret"), blank=True)
    former_until = models.DateTimeField(_("former secret signs until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["url"], condition=models.Q(active=True), name="outbox_one_webhook_a_url"
            ),
            models.CheckConstraint(
                condition=models.Q(url__startswith="https://"), name="outbox_webhook_is_https"
            ),
        ]

    def __str__(self) -> str:
        return self.url

    def get_absolute_url(self) -> str:
        return reverse("outbox:webhook", args=[self.pk])

    @property
    def event_words(self) -> list[str]:
        """What it is told of, in the reader's language."""
        return [str(WebhookEvent(event).label) for event in self.events]


class Message(models.Model):
    """One thing that must leave once its act is committed: a mail, a job, or a webhook."""

    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    topic = models.CharField(_("topic"), max_length=60)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("recipient"),
        related_name="+",
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("body"), blank=True)
    # The same as a page, for mail programs that show pages; empty: plain text only.
    html = models.TextField(_("body as HTML"), blank=True)
    # Where it leads, from the root of the site.
    link = models.CharField(_("link"), max_length=300, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    # A webhook: whom it is sent to; ``body`` is the exact JSON, ``answer`` what they said last.
    endpoint = models.ForeignKey(
        WebhookEndpoint,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("webhook"),
        related_name="deliveries",
    )
    answer = models.CharField(_("last answer"), max_length=300, blank=True)
    # A job: the Celery task's name is the topic, and these are its arguments (ids only).
    arguments = models.JSONField(_("arguments"), default=dict, blank=True)
    # The same thing told twice is told once.
    key = models.CharField(_("key"), max_length=200, unique=True)
    created_at = models.DateTimeField(_("created at"))
    not_before = models.DateTimeField(_("not before"))
    state = models.CharField(
        _("state"), max_length=10, choices=DispatchState, default=DispatchState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "not_before"], name="outbox_due"),
            models.Index(
                fields=["recipient", "created_at"],
                condition=models.Q(channel=Channel.MAIL, read_at__isnull=True),
                name="outbox_unread",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=DispatchState.DONE, done_at__isnull=False)
                | (~models.Q(state=DispatchState.DONE) & models.Q(done_at__isnull=True)),
                name="outbox_done_has_its_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(link="") | models.Q(link__startswith="/"),
                name="outbox_link_stays_here",
            ),
            models.CheckConstraint(
                condition=models.Q(channel=Channel.WEBHOOK, endpoint__isnull=False)
                | (~models.Q(channel=Channel.WEBHOOK) & models.Q(endpoint__isnull=True)),
                name="outbox_webhook_has_its_endpoint",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.topic

    @property
    def event_words(self) -> str:
        """What a webhook tells of, in the reader's language."""
        words = dict(WebhookEvent.choices)
        return str(words.get(self.topic, gettext("trial")))

    @property
    def piece(self) -> str:
        """Which version a webhook tells of; empty for a trial."""
        told = json.loads(self.body)["data"] if self.channel == Channel.WEBHOOK else {}
        return gettext("%(code)s v%(number)s") % told if told else ""

    @property
    def most_attempts(self) -> int:
        """How often its delivery is tried before it is given up."""
        return len(WEBHOOK_DELAYS) + 1 if self.channel == Channel.WEBHOOK else MAX_ATTEMPTS

    @property
    def waits_after_failure(self) -> timedelta:
        """How long it waits after the attempt that just failed."""
        if self.channel == Channel.WEBHOOK:
            return WEBHOOK_DELAYS[min(self.attempts, len(WEBHOOK_DELAYS)) - 1]
        return RETRY_AFTER * self.attempts

    @property
    def said(self) -> str:
        """The body without its last line where that is the link: a page has a button for it."""
        return self.body.removesuffix(self.link).rstrip()

    @property
    def topic_words(self) -> Any:
        """What it is about, in the reader's language."""
        topic = topic_named(self.topic)
        return topic.words if topic else ""


class MailPreferenceQuerySet(RecordedQuerySet):
    def of(self, user: Any) -> dict[str, str]:
        """Return what a person chose, by topic; what is not in it follows the topic's default."""
        return dict(self.filter(user=user).values_list("topic", "delivery"))


class MailPreference(Recorded):
    """How a person wants to be mailed about a topic, where it is not the topic's default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="mail_preferences",
        verbose_name=_("person"),
    )
    topic = models.CharField(_("topic"), max_length=60)
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery)

    objects = MailPreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        ordering: ClassVar[list[str]] = ["user", "topic"]
        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="outbox_one_choice_a_topic")
        ]

    def __str__(self) -> str:
        return f"{self.user} — {self.topic}"
