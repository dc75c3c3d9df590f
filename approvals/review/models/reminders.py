"""When people are reminded of their tasks, as data."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded

# Beyond a month of working days a reminder reminds nobody.
MOST_DAYS = 20


class ReminderPlan(Recorded):
    """How many working days before and after its due date a task is reminded of: one row."""

    only = models.BooleanField(default=True, editable=False)
    # 0: no reminder before the due date.
    days_before = models.PositiveSmallIntegerField(_("working days before the due date"))
    days_after = models.PositiveSmallIntegerField(_("working days after the due date"))
    escalate_after = models.PositiveSmallIntegerField(
        _("working days late before the lead is told")
    )

    class Meta:
        verbose_name = _("plan of the reminders")
        verbose_name_plural = _("plan of the reminders")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["only"], name="review_one_reminder_plan"),
            models.CheckConstraint(
                condition=Q(only=True)
                & Q(days_before__lte=MOST_DAYS)
                & Q(days_after__range=(1, MOST_DAYS))
                & Q(escalate_after__range=(1, MOST_DAYS)),
                name="review_reminder_days_make_sense",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
