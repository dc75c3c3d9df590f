"""When versions are usable: stored periods, and the entries the lists read (ARCHITECTURE.md).

Both are append-only: a row is never changed but for ``replaced_at``. They are worked out when
something changes; the comparison with a day happens when somebody asks (DOMAIN.md §4).
"""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from content.access.models import Team
from content.assets.enums import Audience, LimitCode, Nature
from content.assets.models.versions import Version
from content.catalogue.models import Product


class RecordOfPeriodsQuerySet(models.QuerySet[Any]):
    """Questions shared by periods and entries."""

    def current(self) -> Self:
        """Rows that stand now."""
        return self.filter(replaced_at__isnull=True)

    def known_at(self, instant: datetime) -> Self:
        """Rows that stood at an instant."""
        return self.filter(
            Q(replaced_at__isnull=True) | Q(replaced_at__gt=instant), recorded_at__lte=instant
        )

    def covering(self, day: date) -> Self:
        """Rows whose period holds the day."""
        return self.filter(starts_on__lte=day, ends_on__gt=day)

    def stood_or_stands(self) -> Self:
        """Rows that stand, or of which at least one day came while they stood."""
        return self.filter(Q(replaced_on__isnull=True) | Q(starts_on__lte=F("replaced_on")))

    def once_usable(self, day: date, instant: datetime) -> Self:
        """Rows under which the version was really usable on or before the day, as known then.

        A row that was replaced counts only if a day of it came while it stood.
        """
        return self.stood_or_stands().filter(recorded_at__lte=instant, starts_on__lte=day)


class Period(models.Model):
    """One unbroken stretch ``[starts_on, ends_on)`` in which a version is usable."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="periods")
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    # What ends it, and through which component where a dependency does.
    limited_by = models.CharField(_("limited by"), max_length=30, choices=LimitCode)
    recorded_at = models.DateTimeField(_("recorded at"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    # The Paris day of ``replaced_at``, so that "once usable" is one range query.
    replaced_on = models.DateField(_("replaced on"), null=True, blank=True)

    objects = RecordOfPeriodsQuerySet.as_manager()

    class Meta:
        verbose_name = _("period of use")
        verbose_name_plural = _("periods of use")
        ordering: ClassVar[list[str]] = ["version", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="assets_period_is_not_empty"
            ),
            models.UniqueConstraint(
                fields=["version", "starts_on"],
                condition=Q(replaced_at__isnull=True),
                name="assets_one_current_period_a_start",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["version", "ends_on", "starts_on"], name="assets_period_of_version"
            )
        ]


class Entry(models.Model):
    """A period × product with the columns that a list shows, frozen with the revision."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="entries")
    version = models.ForeignKey(Version, models.PROTECT, related_name="entries")
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Where the asset names no product: the team whose members may use it.
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    recorded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_on = models.DateField(null=True, blank=True)
    # The numbers of the lists under which the row came and went, one an act (ADR 0036): the list
    # head is locked until the commit, so that they are in the order of commits.
    list_version = models.BigIntegerField()
    gone_in = models.BigIntegerField(null=True, blank=True)
    code = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    asset_type = models.CharField(max_length=40)
    nature = models.CharField(max_length=20, choices=Nature)
    audience = models.CharField(max_length=20, choices=Audience)
    products = models.JSONField(default=list)
    reference = models.CharField(max_length=24, blank=True)
    search_text = models.TextField(blank=True)
    # Whom it reaches, in one indexed number: the product's id, or the team's as a negative one.
    reach = models.GeneratedField(
        expression=Coalesce(F("product"), F("team") * Value(-1)),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    # ASCII, so that both databases sort alike; lists order by it and the version's id.
    sort_key = models.CharField(max_length=120)

    objects = RecordOfPeriodsQuerySet.as_manager()

    class Meta:
        verbose_name = _("list entry")
        verbose_name_plural = _("list entries")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["product", "ends_on", "starts_on"], name="assets_entry_product"),
            # All that choosing a page reads, so that no row is fetched but those of the page.
            models.Index(
                fields=[
                    *("reach", "ends_on", "starts_on", "nature", "recorded_at", "replaced_at"),
                    *("sort_key", "version", "id"),
                ],
                name="assets_entry_reach",
            ),
            models.Index(fields=["sort_key", "version"], name="assets_entry_order"),
            models.Index(fields=["code", "number"], name="assets_entry_code"),
            models.Index(fields=["list_version"], name="assets_entry_came"),
            models.Index(
                fields=["gone_in"],
                condition=Q(gone_in__isnull=False),
                name="assets_entry_went",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(replaced_at__isnull=True, gone_in__isnull=True)
                | Q(replaced_at__isnull=False, gone_in__gte=F("list_version")),
                name="assets_entry_goes_under_a_number",
            )
        ]
