"""The authority's intervals of deposit, and which version is planned for which."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.models import User
from content.assets.models import Reference, Version
from content.calendar import day_in_words, end_of_day, start_of_day
from content.catalogue.enums import VisaCategory
from content.catalogue.models import Jurisdiction


class DepositWindowQuerySet(RecordedQuerySet):
    def locked(self) -> Self:
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def visible_to(self, user: User) -> Self:
        """Windows are the office's business."""
        return self if user.is_office else self.none()

    def ahead(self, day: date) -> Self:
        """Windows that are open on a day or come after it, the next one first."""
        return self.filter(closes_on__gte=day).order_by("closes_on", "pk")

    def behind(self, day: date) -> Self:
        """Windows that closed before a day, the latest first."""
        return self.filter(closes_on__lt=day).order_by("-closes_on", "-pk")

    def open_on(self, day: date) -> Self:
        return self.filter(opens_on__lte=day, closes_on__gte=day).order_by("closes_on", "pk")

    def overlapping(self, opens_on: date, closes_on: date) -> Self:
        """The authority's windows that share a day with an interval; made-up ones never bar."""
        return self.filter(made_up=False, opens_on__lte=closes_on, closes_on__gte=opens_on)


class DepositWindow(Recorded):
    """The authority's published interval in which applications of a category are admissible."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="windows", verbose_name=_("jurisdiction")
    )
    authority = models.CharField(_("authority"), max_length=50)
    category = models.CharField(_("category"), max_length=2, choices=VisaCategory)
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    # Worked out by the rule, or overridden with a reason: the stored date wins.
    evaluation_ends_on = models.DateField(_("evaluation ends on"))
    overridden_reason = models.TextField(_("why the evaluation's end is another"), blank=True)
    # Expected, not yet published: planned for, never deposited in.
    provisional = models.BooleanField(_("provisional"), default=False)
    # Added for the demonstration: no authority ever published it.
    made_up = models.BooleanField(_("made up for the demonstration"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)
    # Which line of a file brought it, so that a second import never brings it back.
    import_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))

    objects = DepositWindowQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit window")
        verbose_name_plural = _("deposit windows")
        ordering: ClassVar[list[str]] = ["closes_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on")),
                name="submissions_window_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(evaluation_ends_on__gt=F("closes_on")),
                name="submissions_evaluation_ends_after_closing",
            ),
        ]

    def __str__(self) -> str:
        label = gettext("%(authority)s %(category)s, %(opens)s to %(closes)s") % {
            "authority": self.authority,
            "category": self.category,
            "opens": day_in_words(self.opens_on),
            "closes": day_in_words(self.closes_on),
        }
        if self.made_up:
            label += " — " + gettext("made up for the demonstration")
        if self.provisional:
            label += " — " + gettext("provisional")
        return label

    def get_absolute_url(self) -> str:
        return reverse("submissions:window", args=[self.pk])

    def admits(self, instant: datetime) -> bool:
        """Whether an application made then is admissible: Paris days, both included."""
        return start_of_day(self.opens_on) <= instant <= end_of_day(self.closes_on)

    def is_closed(self, day: date) -> bool:
        return day > self.closes_on


class ReferenceCounter(models.Model):
    """The last NNN given per CIS, category and month; locked while the next one is taken."""

    cis = models.CharField(max_length=8)
    category = models.CharField(max_length=2, choices=VisaCategory)
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cis", "category", "year", "month"],
                name="submissions_one_counter_a_month",
            )
        ]


class PlannedDepositQuerySet(RecordedQuerySet):
    def current(self) -> Self:
        return self.filter(replaced_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        return self.filter(version__in=Version.objects.visible_to(user))


class PlannedDeposit(Recorded):
    """That a version is meant for a window (or, under R.5122-2-1, outside any)."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="planned_deposits")
    window = models.ForeignKey(
        DepositWindow, models.PROTECT, null=True, blank=True, related_name="planned_deposits"
    )
    planned_on = models.DateField(_("planned deposit day"))
    out_of_window_reason = models.TextField(_("why outside the windows"), blank=True)
    out_of_window_proof = models.TextField(_("proof of the reassessment"), blank=True)
    reference = models.ForeignKey(Reference, models.PROTECT, related_name="planned_deposits")
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(_("planned at"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    objects = PlannedDepositQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned deposit")
        verbose_name_plural = _("planned deposits")
        ordering: ClassVar[list[str]] = ["-planned_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(replaced_at__isnull=True),
                name="submissions_one_current_plan",
            ),
            models.CheckConstraint(
                condition=Q(window__isnull=False, out_of_window_reason="", out_of_window_proof="")
                | (
                    Q(window__isnull=True)
                    & ~Q(out_of_window_reason="")
                    & ~Q(out_of_window_proof="")
                ),
                name="submissions_outside_owes_reason_and_proof",
            ),
        ]

    def __str__(self) -> str:
        return day_in_words(self.planned_on)
