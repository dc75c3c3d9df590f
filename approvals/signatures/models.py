"""Electronic signatures and the single-use proofs of credentials behind them."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded
from approvals.signatures.enums import Meaning


def new_token() -> str:
    return secrets.token_urlsafe(32)


class Proof(models.Model):
    """That a person entered their credentials again just now, for one meaning. Used once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    meaning = models.CharField(_("meaning"), max_length=40, choices=Meaning)
    token = models.CharField(max_length=64, unique=True, default=new_token)
    made_at = models.DateTimeField(_("made at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)


class Signature(Recorded):
    """A manifestation: who, in which role, what it means, when, over which digests.

    Name, username and role are kept as they were; the table is append-only (21 CFR 11.50, 11.70).
    An act points to its signature, never the reverse.
    """

    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="signatures")
    name = models.CharField(_("name"), max_length=300)
    username = models.CharField(_("username"), max_length=150)
    role = models.CharField(_("role"), max_length=40)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=300, blank=True)
    meaning = models.CharField(_("meaning"), max_length=40, choices=Meaning)
    signed_at = models.DateTimeField(_("signed at"))
    zone = models.CharField(_("time zone"), max_length=40)
    # What was signed, as text: [{"label": "assets.version", "id": "12", "digest": "…"}, …].
    covers = models.JSONField(_("covers"))

    class Meta:
        verbose_name = _("electronic signature")
        verbose_name_plural = _("electronic signatures")
        ordering: ClassVar[list[str]] = ["-signed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(covers=[]), name="signatures_covers_something")
        ]

    def __str__(self) -> str:
        return f"{self.name} — {Meaning(self.meaning).label}"
