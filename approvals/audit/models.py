"""The audit chain, and the base of every regulated row."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from approvals.audit.acts import current_act
from approvals.audit.errors import WriteOutsideAct


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def in_order(self) -> Self:
        return self.order_by("seq")


class AuditEvent(models.Model):
    """One act, chained to the one before it. The payload is the exact text that was hashed."""

    seq = models.BigIntegerField(_("number"), primary_key=True)
    recorded_at = models.DateTimeField(_("recorded at"), db_index=True)
    kind = models.CharField(_("act"), max_length=60, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("actor"), related_name="+"
    )
    payload = models.TextField(_("payload"))
    prev_hash = models.CharField(_("previous hash"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering: ClassVar[list[str]] = ["-seq"]

    def __str__(self) -> str:
        return gettext("Event %(seq)s") % {"seq": self.seq}


class AuditCheckpointQuerySet(models.QuerySet["AuditCheckpoint"]):
    def in_order(self) -> Self:
        return self.order_by("seq")


class AuditCheckpoint(models.Model):
    """The house's signature over the chain up to one event (see ``checkpoints``)."""

    seq = models.BigIntegerField(_("number of the event"), primary_key=True)
    hash = models.CharField(_("hash"), max_length=64)
    links = models.CharField(_("digest of every hash so far"), max_length=64)
    # The Paris day of the daily one; none for one that another act asked for.
    day = models.DateField(_("day"), null=True, unique=True)
    at = models.DateTimeField(_("signed at"))
    public_key = models.CharField(_("public key"), max_length=64)
    signature = models.CharField(_("signature"), max_length=128)

    objects = AuditCheckpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering: ClassVar[list[str]] = ["-seq"]


class AuditHead(models.Model):
    """The end of the chain: one row, locked last in every act."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="audit_one_head")]


class RecordedQuerySet(models.QuerySet[Any]):
    """A queryset that refuses the bulk writes which would leave no history (SECURITY.md 27)."""

    def update(self, **kwargs: Any) -> int:
        raise WriteOutsideAct("update() leaves no history: save each row inside an act.")

    def delete(self) -> Any:
        raise WriteOutsideAct("Nothing regulated is deleted in bulk.")

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        raise WriteOutsideAct("bulk_create() leaves no history: save each row inside an act.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> Any:
        raise WriteOutsideAct("bulk_update() leaves no history: save each row inside an act.")


class Recorded(models.Model):
    """A regulated row: written only inside an act, every write with its history row."""

    history = HistoricalRecords(
        inherit=True, history_change_reason_field=models.TextField(null=True)
    )
    objects = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        current_act()
        super().save(*args, **kwargs)

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **kwargs: Any) -> Self:
        instance: Any = super().from_db(db, field_names, values, **kwargs)
        # The values as loaded, so that an event can say old → new without another query.
        instance._loaded = dict(zip(field_names, values, strict=False))
        return instance

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        current_act()
        return super().delete(*args, **kwargs)


class IdempotencyKey(models.Model):
    """A write that a client may repeat: the same key gives the same answer, once done."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    key = models.CharField(max_length=200)
    body_hmac = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    response = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "method", "path", "key"], name="audit_idempotency_key_once"
            )
        ]
