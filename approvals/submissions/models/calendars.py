"""The secret address under which a person's calendar fetches their dates."""

import hashlib
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet


def digest_of_key(key: str) -> str:
    """Return what is kept of a key: 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


class CalendarAddressQuerySet(RecordedQuerySet):
    def in_force(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def with_key(self, key: str) -> Self:
        """The address in force that a key opens, of a person who has not left."""
        return self.in_force().filter(key_hash=digest_of_key(key), person__is_active=True)


class CalendarAddress(Recorded):
    """That a calendar program may fetch a person's dates without signing in, until revoked."""

    # The trail says that it changed, never what it is (SECURITY.md 6).
    secret_fields: ClassVar[frozenset[str]] = frozenset({"key_hash"})

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="calendar_addresses",
        verbose_name=_("person"),
    )
    key_hash = models.CharField(
        _("fingerprint of the key"), max_length=64, unique=True, editable=False
    )
    created_at = models.DateTimeField(_("created at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = CalendarAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(revoked_at__isnull=True),
                name="submissions_one_calendar_address",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
                name="submissions_calendar_revoked_after_created",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)
