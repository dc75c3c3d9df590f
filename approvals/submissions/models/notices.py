"""How long before an end people are told of it, as data."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded

# A year; more says nothing to anybody.
MOST_NOTICE_DAYS = 366
MOST_NOTICES = 10


class NoticePlan(Recorded):
    """On how many days before an end of use people are told of it: one row."""

    only = models.BooleanField(default=True, editable=False)
    # Days before the first day on which it may not be used, the longest first.
    days = models.JSONField(_("days before the end"), default=list)

    class Meta:
        verbose_name = _("plan of the notices of an end")
        verbose_name_plural = _("plan of the notices of an end")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["only"], name="submissions_one_notice_plan"),
            models.CheckConstraint(condition=Q(only=True), name="submissions_notice_plan_is_only"),
        ]

    def __str__(self) -> str:
        return ", ".join(str(number) for number in self.days)
