"""What leaves: written with the change, dispatched after it."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from content.outbox.enums import Channel, DispatchState

MAX_ATTEMPTS = 3


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, at: datetime) -> Self:
        """What waits to leave, oldest first."""
        return self.filter(state=DispatchState.WAITING, not_before__lte=at).order_by("pk")

    def failed(self) -> Self:
        return self.filter(state=DispatchState.FAILED).order_by("-pk")


class Message(models.Model):
    """One thing that must leave once its act is committed: a mail to a person, or a job."""

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
            models.Index(fields=["state", "not_before"], name="outbox_due")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=DispatchState.DONE, done_at__isnull=False)
                | (~models.Q(state=DispatchState.DONE) & models.Q(done_at__isnull=True)),
                name="outbox_done_has_its_instant",
            )
        ]
