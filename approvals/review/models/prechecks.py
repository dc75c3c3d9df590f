"""Pre-checks: their kinds and severity as data, their runs, and what each run found."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.review.enums import PrecheckOutcome, PrecheckSeverity
from approvals.review.prechecks.sentences import sentence_of
from content.assets.models import Revision


class PrecheckKindQuerySet(RecordedQuerySet):
    def blocking(self) -> Self:
        """Checks whose failure stops a submission."""
        return self.filter(severity=PrecheckSeverity.BLOCKING)


class PrecheckKind(Recorded):
    """One check, what it is called and what its failure does."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label_fr = models.CharField(_("label in French"), max_length=300)
    label_en = models.CharField(_("label in English"), max_length=300)
    severity = models.CharField(_("severity"), max_length=20, choices=PrecheckSeverity)
    position = models.PositiveSmallIntegerField(_("position"))

    objects = PrecheckKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("pre-check")
        verbose_name_plural = _("pre-checks")
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return self.label_en if get_language() == "en" else self.label_fr


class PrecheckRunQuerySet(RecordedQuerySet):
    def of(self, revision: Revision) -> Self:
        """A revision's runs, the newest first."""
        return self.filter(revision=revision).order_by("-pk")

    def waiting(self) -> Self:
        """Runs that were asked for and have not ended."""
        return self.filter(finished_at__isnull=True)

    def finished(self) -> Self:
        return self.filter(finished_at__isnull=False)

    def completed(self) -> Self:
        """Runs that ended with results."""
        return self.finished().filter(fault="")


class PrecheckRun(Recorded):
    """One passage of the checks over a revision's files; the latest counts, all are kept."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="precheck_runs")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    tool = models.CharField(_("tool"), max_length=60, blank=True)
    tool_version = models.CharField(_("version of the tool"), max_length=200, blank=True)
    # SHA-256 of the names, reference, date and mentions that the files were judged against.
    basis = models.CharField(_("basis"), max_length=64, blank=True)
    # Where it looked: [{"file", "name", "pages", "read"}].
    files = models.JSONField(_("files"), default=list, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    # Why it ended without results.
    fault = models.TextField(_("fault"), blank=True)

    objects = PrecheckRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of the pre-checks")
        verbose_name_plural = _("runs of the pre-checks")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(finished_at__isnull=True),
                name="review_one_precheck_run_waits",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, started_at__isnull=True, basis="", fault="")
                | (Q(finished_at__isnull=False) & ~Q(fault=""))
                | (Q(finished_at__isnull=False, started_at__isnull=False) & ~Q(basis="")),
                name="review_precheck_run_ends_with_results_or_a_fault",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision} — {self.requested_at:%Y-%m-%d %H:%M}"


class PrecheckResult(Recorded):
    """What one check of a run found: written once, never altered."""

    run = models.ForeignKey(PrecheckRun, models.PROTECT, related_name="results")
    kind = models.ForeignKey(PrecheckKind, models.PROTECT, related_name="results")
    # As it was when the run ended; what stops a submission is the kind's own of that moment.
    severity = models.CharField(_("severity"), max_length=20, choices=PrecheckSeverity)
    outcome = models.CharField(_("outcome"), max_length=10, choices=PrecheckOutcome)
    finding = models.CharField(_("finding"), max_length=40)
    values = models.JSONField(_("values"), default=dict, blank=True)
    # [{"file", "name", "page", "part", "text", "x", "y", "width", "height"}]: positions from 1,
    # the rectangle in fractions of the page from its top left corner, where there is one.
    places = models.JSONField(_("places"), default=list, blank=True)

    class Meta:
        verbose_name = _("result of a pre-check")
        verbose_name_plural = _("results of pre-checks")
        ordering: ClassVar[list[str]] = ["run", "kind__position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "kind"], name="review_one_result_a_precheck")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_outcome_display()}"

    @property
    def detail(self) -> str:
        """What was found, as a sentence in the reader's language."""
        values: dict[str, Any] = self.values
        return sentence_of(self.finding, values)
