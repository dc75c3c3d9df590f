"""The dossiers meant for one window and category."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.models import User
from approvals.signatures.models import Signature
from approvals.submissions.enums import BatchState, SealKind
from approvals.submissions.models.windows import DepositWindow
from content.access.policies import scope_of
from content.assets.models import Version
from content.catalogue.enums import VisaCategory


class BatchQuerySet(RecordedQuerySet):
    def locked(self) -> Self:
        """Lock the batches in the house's order (by id)."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def visible_to(self, user: User) -> Self:
        """Batches this person may see: all, or those that hold one of their teams' versions."""
        if scope_of(user).sees_all:
            return self
        return self.filter(dossiers__version__in=Version.objects.visible_to(user)).distinct()

    def under_way(self) -> Self:
        return self.filter(
            state__in=(BatchState.PREPARING, BatchState.FROZEN, BatchState.DEPOSITED)
        )

    def taking(self, window: DepositWindow | None, category: str) -> Self:
        """Batches that still take versions planned for a window (or outside any)."""
        return self.filter(state=BatchState.PREPARING, window=window, category=category)


class Batch(FSMModelMixin, Recorded):
    """The dossiers meant for one window and category; outside any window under R.5122-2-1."""

    window = models.ForeignKey(
        DepositWindow,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="batches",
        verbose_name=_("window"),
    )
    category = models.CharField(_("category"), max_length=2, choices=VisaCategory)
    state = FSMField(
        _("state"),
        max_length=20,
        choices=BatchState.choices,
        default=BatchState.PREPARING,
        protected=True,
    )
    state_since = models.DateTimeField(_("in this state since"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancelled_reason = models.TextField(_("why it was cancelled"), blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(state=BatchState.CANCELLED, cancelled_at__isnull=False)
                    & Q(cancelled_by__isnull=False)
                    & ~Q(cancelled_reason="")
                )
                | (
                    ~Q(state=BatchState.CANCELLED)
                    & Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                ),
                name="submissions_cancelled_has_who_when_why",
            )
        ]

    def __str__(self) -> str:
        if self.window is None:
            return gettext("Batch %(number)s — %(category)s outside the windows (R.5122-2-1)") % {
                "number": self.pk,
                "category": self.category,
            }
        return gettext("Batch %(number)s — %(window)s") % {"number": self.pk, "window": self.window}

    def get_absolute_url(self) -> str:
        return reverse("submissions:batch", args=[self.pk])

    def window_is_open(self, day: date) -> bool:
        """Whether its window has not closed yet; outside the windows nothing closes."""
        return self.window is None or not self.window.is_closed(day)

    # Bare transitions; the conditions are in the policies.

    @transition(field=state, source=BatchState.PREPARING, target=BatchState.FROZEN)
    def freeze(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=BatchState.FROZEN, target=BatchState.PREPARING)
    def unfreeze(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=BatchState.FROZEN, target=BatchState.DEPOSITED)
    def finish_deposits(self, *, at: datetime) -> None:
        """Each dossier is deposited, removed or missed, and at least one is deposited."""
        self.state_since = at

    @transition(field=state, source=BatchState.DEPOSITED, target=BatchState.CLOSED)
    def close(self, *, at: datetime) -> None:
        """Each deposited dossier is decided."""
        self.state_since = at

    @transition(
        field=state,
        source=[BatchState.PREPARING, BatchState.FROZEN],
        target=BatchState.CANCELLED,
    )
    def cancel(self, *, at: datetime, by: User, reason: str) -> None:
        self.state_since = at
        self.cancelled_at = at
        self.cancelled_by = by
        self.cancelled_reason = reason


class BatchSeal(Recorded):
    """That a batch was frozen, or reopened, by a signature."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="seals")
    kind = models.CharField(_("act"), max_length=10, choices=SealKind)
    reason = models.TextField(_("reason"), blank=True)
    signature = models.OneToOneField(Signature, models.PROTECT, related_name="batch_seal")
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("signed act on a batch")
        verbose_name_plural = _("signed acts on batches")
        ordering: ClassVar[list[Any]] = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=SealKind.UNFREEZE) | ~Q(reason=""),
                name="submissions_reopening_owes_a_reason",
            )
        ]
