"""The responsible pharmacist's signed acts on versions and products."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.release.enums import ActKind, FreezeKind
from approvals.signatures.models import Signature
from content.assets.models import Version
from content.catalogue.models import ProductFreeze


class ReleaseActQuerySet(RecordedQuerySet):
    def on(self, version: Version) -> Self:
        """The acts on a version, the latest first."""
        return self.filter(version=version).select_related("signature").order_by("-pk")


class ReleaseAct(Recorded):
    """One signed act of the pharmacist on one version: it points to its signature."""

    version = models.ForeignKey(
        Version, models.PROTECT, related_name="release_acts", verbose_name=_("version")
    )
    kind = models.CharField(_("act"), max_length=10, choices=ActKind)
    reason = models.TextField(_("reason"), blank=True)
    # The letter by which the authority gave a suspended visa back: owed to resume then.
    authority_proof = models.CharField(_("authority's letter"), max_length=300, blank=True)
    effective_on = models.DateField(_("effective on"))
    digest = models.CharField(_("digest"), max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made at"))
    signature = models.OneToOneField(
        Signature, models.PROTECT, related_name="release_act", verbose_name=_("signature")
    )

    objects = ReleaseActQuerySet.as_manager()

    class Meta:
        verbose_name = _("pharmacist's act")
        verbose_name_plural = _("pharmacist's acts")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ActKind.RELEASE) | ~Q(reason=""),
                name="release_act_has_a_reason",
            ),
            models.CheckConstraint(condition=~Q(digest=""), name="release_act_binds_a_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.version} — {ActKind(self.kind).label}"


class ProductFreezeAct(Recorded):
    """The signed act by which a product was frozen, or its bar lifted."""

    freeze = models.ForeignKey(
        ProductFreeze, models.PROTECT, related_name="acts", verbose_name=_("product freeze")
    )
    kind = models.CharField(_("act"), max_length=10, choices=FreezeKind)
    reason = models.TextField(_("reason"))
    effective_on = models.DateField(_("effective on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made at"))
    signature = models.OneToOneField(
        Signature, models.PROTECT, related_name="product_freeze_act", verbose_name=_("signature")
    )

    class Meta:
        verbose_name = _("act on a product")
        verbose_name_plural = _("acts on products")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="release_freeze_act_has_a_reason"),
            # A freeze may be brought forward by a second act; it is lifted once.
            models.UniqueConstraint(
                fields=["freeze"],
                condition=Q(kind=FreezeKind.LIFT),
                name="release_one_lift_a_freeze",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.freeze.product} — {FreezeKind(self.kind).label}"
