"""What the authority decided on a dossier, entry by entry; a wrong entry stays visible."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.signatures.models import Signature
from approvals.submissions.enums import AFTER_GRANT, GRANTING, Outcome
from approvals.submissions.models.dossiers import Dossier, DossierPiece


class DecisionQuerySet(RecordedQuerySet):
    def standing(self) -> Self:
        """Decisions that no later, signed correction replaced, and that say what holds.

        What only takes back a suspension or a withdrawal says no more: the grant has its entry.
        """
        lifts = Q(outcome__in=GRANTING, corrects__outcome__in=AFTER_GRANT)
        return self.filter(~lifts, superseded_by__isnull=True)

    def suspensions_over(self, day: date) -> Self:
        """Suspensions of a visa whose stated last day has come: somebody looks at them."""
        return self.standing().filter(outcome=Outcome.SUSPENDED, until__lte=day)


class Decision(Recorded):
    """What the authority decided (or silence, confirmed), as a signed record."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome)
    decided_on = models.DateField(_("decided on"))
    notified_on = models.DateField(_("notified on"), null=True, blank=True)
    reason = models.TextField(_("reasons"), blank=True)
    # The authority's letter: known at times only after the decision was recorded.
    letter = models.ForeignKey(
        DossierPiece,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("letter"),
    )
    # The first day of the visa, where it is not the day that the rule gives.
    starts_on = models.DateField(_("start stated by hand"), null=True, blank=True)
    start_reason = models.TextField(_("why this start"), blank=True)
    # A suspension's last day, as the authority said it: it only reminds.
    until = models.DateField(_("suspended until"), null=True, blank=True)
    # What the person who confirmed a tacit grant stated, in their words' language.
    silence_statement = models.TextField(_("what was checked"), blank=True)
    signature = models.OneToOneField(Signature, models.PROTECT, related_name="decision")
    # A wrong entry stays visible; its correction points to it, and says why.
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    correction_reason = models.TextField(_("why it was corrected"), blank=True)
    # Days of use that the corrected facts take back: [{version, name, first, last}].
    wrong_days = models.JSONField(_("days wrongly usable"), default=list, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("authority's decision")
        verbose_name_plural = _("authority's decisions")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.REFUSED) | ~Q(reason=""),
                name="submissions_refusal_owes_reasons",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, correction_reason="")
                | (Q(corrects__isnull=False) & ~Q(correction_reason="")),
                name="submissions_correction_owes_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, start_reason="")
                | (Q(starts_on__isnull=False) & ~Q(start_reason="")),
                name="submissions_stated_start_owes_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(outcome=Outcome.SUSPENDED),
                name="submissions_only_a_suspension_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier} — {Outcome(self.outcome).label}"

    @property
    def is_standing(self) -> bool:
        """Whether it says what holds: no correction replaced it, and it lifts nothing."""
        return not hasattr(self, "superseded_by") and not self.lifts_a_stop

    @property
    def lifts_a_stop(self) -> bool:
        """Whether it only takes back a suspension or a withdrawal: the grant has its own entry."""
        wrong = self.corrects
        return wrong is not None and wrong.comes_after_grant and self.outcome in GRANTING

    @property
    def comes_after_grant(self) -> bool:
        return self.outcome in AFTER_GRANT
