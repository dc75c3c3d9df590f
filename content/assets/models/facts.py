"""What the authority and the pharmacist decided, as remembered facts about versions.

Submissions and release decide; these rows remember, and validity is worked out from them.
"""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from content.assets.enums import Cause, ReferenceStatus, VisaBasis
from content.catalogue.enums import VisaCategory


class Reference(Recorded):
    """A reference ``YY/MM/CIS/PM|GP/NNN``, unique for ever; gaps are allowed."""

    value = models.CharField(_("reference"), max_length=24, unique=True)
    cis = models.CharField("CIS", max_length=8)
    category = models.CharField(_("category"), max_length=2, choices=VisaCategory)
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    number = models.PositiveIntegerField(_("number"))
    status = models.CharField(
        _("status"), max_length=10, choices=ReferenceStatus, default=ReferenceStatus.RESERVED
    )
    reserved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reserved_at = models.DateTimeField(_("reserved at"))
    burnt_at = models.DateTimeField(_("burnt at"), null=True, blank=True)
    burnt_reason = models.CharField(_("why it was burnt"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering: ClassVar[list[str]] = ["value"]
        constraints = [
            models.UniqueConstraint(
                fields=["cis", "category", "year", "month", "number"],
                name="assets_reference_number_once",
            ),
            models.CheckConstraint(
                condition=Q(status=ReferenceStatus.BURNT, burnt_at__isnull=False)
                | (~Q(status=ReferenceStatus.BURNT) & Q(burnt_at__isnull=True)),
                name="assets_burnt_reference_has_its_instant",
            ),
        ]

    def __str__(self) -> str:
        return self.value


class Visa(Recorded):
    """The authority's authorisation of one digest: ``[starts_on, ends_on)``."""

    category = models.CharField(_("category"), max_length=2, choices=VisaCategory)
    reference = models.ForeignKey(Reference, models.PROTECT, related_name="visas")
    digest = models.CharField(_("digest"), max_length=64)
    basis = models.CharField(_("basis"), max_length=10, choices=VisaBasis)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    start_reason = models.TextField(_("why this start"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))
    # A grant that was entered wrongly: the row stays, and no version stands under it any more.
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)
    void_reason = models.TextField(_("why it is void"), blank=True)

    class Meta:
        verbose_name = _("visa")
        verbose_name_plural = _("visas")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="assets_visa_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="assets_void_visa_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference.value} ({self.category})"

    @property
    def is_suspended(self) -> bool:
        """Whether the authority suspended it and nobody recorded its return since.

        One act suspends every version under the visa; the first resume of one of them, which owes
        the authority's letter, says that the visa is back, whatever became of the others.
        """
        rows = Interruption.objects.filter(
            version__visa=self, cause=Cause.AUTHORITY_SUSPENDED
        ).order_by("-recorded_at")
        last = rows.first()
        if last is None:
            return False
        together = rows.filter(recorded_at=last.recorded_at)
        return not together.filter(lifted_at__isnull=False).exists()

    @property
    def is_withdrawn(self) -> bool:
        """Whether the authority withdrew it: for good."""
        rows = Interruption.objects.not_lifted()
        withdrawn = rows.filter(version__visa=self, cause=Cause.AUTHORITY_WITHDRAWN)
        return bool(withdrawn.exists())


class InterruptionQuerySet(RecordedQuerySet):
    def known_at(self, instant: datetime) -> Self:
        return self.filter(recorded_at__lte=instant)

    def not_lifted(self) -> Self:
        return self.filter(ends_on__isnull=True)


class Interruption(Recorded):
    """That a version may not be used from ``starts_on`` on, until ``ends_on`` when lifted.

    An effective day is never past; a later act may bring it forward, none delays it.
    """

    version = models.ForeignKey("assets.Version", models.PROTECT, related_name="interruptions")
    cause = models.CharField(_("cause"), max_length=30, choices=Cause)
    reason = models.TextField(_("reason"))
    starts_on = models.DateField(_("effective on"))
    ends_on = models.DateField(_("lifted on"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    objects = InterruptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("interruption of use")
        verbose_name_plural = _("interruptions of use")
        ordering: ClassVar[list[str]] = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True, lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(ends_on__isnull=False, lifted_at__isnull=False, lifted_by__isnull=False),
                name="assets_lift_has_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} — {Cause(self.cause).label}"
