"""One application per support, its pieces, and what the authority decided."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, FSMField, FSMModelMixin, transition

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.models import User
from approvals.signatures.models import Signature
from approvals.submissions.enums import (
    DECIDED,
    LEFT_BATCH,
    NEVER_DEPOSITED,
    UNDECIDED,
    Context,
    DossierState,
    PieceKind,
    Printed,
)
from approvals.submissions.models.batches import Batch
from content.assets.models import Reference, Revision, Version
from content.catalogue.models import VisaRule

receipt_validator = RegexValidator(r"^\d{11,12}$", _("A receipt number has 11 or 12 digits."))


class DossierQuerySet(RecordedQuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(version__in=Version.objects.visible_to(user))

    def in_batch(self) -> Self:
        """Dossiers that are still part of their batch."""
        return self.exclude(state__in=LEFT_BATCH)

    def preparing(self) -> Self:
        return self.filter(state=DossierState.PREPARING)

    def deposited(self) -> Self:
        """Deposited and not decided."""
        return self.filter(state=DossierState.DEPOSITED)

    def undecided(self) -> Self:
        return self.filter(state__in=UNDECIDED)

    def clocks(self) -> Self:
        """Dossiers on which the authority's time runs or has run out, the first to end first."""
        return self.deposited().order_by("batch__window__evaluation_ends_on", "received_on", "pk")

    def tacit_due(self, day: date) -> Self:
        """Dossiers whose evaluation ended before a day without a decision, where silence grants."""
        outside = self.deposited().filter(batch__window=None, received_on__isnull=False)
        over = [
            dossier.pk
            for dossier in outside.select_related("batch")
            if dossier.evaluation_ends_on is not None and dossier.evaluation_ends_on < day
        ]
        silent = VisaRule.objects.filter(
            jurisdiction=OuterRef("version__asset__jurisdiction"),
            category=OuterRef("batch__category"),
            tacit_grant=False,
        )
        ended = Q(batch__window__evaluation_ends_on__lt=day) | Q(pk__in=over)
        return self.clocks().filter(ended).exclude(Exists(silent))

    def with_page(self) -> Self:
        """Everything a dossier's line shows, in a constant number of queries."""
        return (
            self.select_related(
                "version__asset__asset_type",
                "version__asset__jurisdiction",
                "version__asset__owner",
                "version__asset__lead_product",
                "reference",
                "revision",
                "batch__window",
                "created_by",
            )
            .prefetch_related(
                "pieces",
                "decisions",
                "version__asset__jurisdiction__piece_rules",
                "version__asset__jurisdiction__form_questions",
                "version__asset__products",
                "version__dependencies__document",
            )
            .prefetch_related(
                "pieces",
                "decisions__superseded_by",
                "version__asset__jurisdiction__piece_rules",
            )
        )


class Dossier(FSMModelMixin, Recorded):
    """The application for one support: its digest, its pieces, its deposit, its decisions."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="dossiers")
    version = models.ForeignKey(Version, models.PROTECT, related_name="dossiers")
    state = FSMField(
        _("state"),
        max_length=30,
        choices=DossierState.choices,
        default=DossierState.PREPARING,
        protected=True,
    )
    state_since = models.DateTimeField(_("in this state since"))
    reference = models.ForeignKey(Reference, models.PROTECT, related_name="dossiers")
    # What is asked of the authority: this revision, this digest, and nothing else.
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="dossiers")
    digest = models.CharField(_("digest"), max_length=64)
    cis = models.CharField("CIS", max_length=8)
    support_kind = models.CharField(_("kind of support"), max_length=100, blank=True)
    context = models.CharField(_("context"), max_length=20, choices=Context, blank=True)
    former_reference = models.CharField(_("former reference"), max_length=24, blank=True)
    modified_elements = models.TextField(_("elements modified"), blank=True)
    receipt_number = models.CharField(
        _("receipt number"), max_length=12, blank=True, validators=[receipt_validator]
    )
    registration_number = models.CharField(
        _("authority's registration number"), max_length=50, blank=True
    )
    # Answers to the authority's other questions, by key (``FormQuestion``).
    form = models.JSONField(_("form"), default=dict, blank=True)
    # The whole form as it was signed for: neither a new question nor an import changes it.
    frozen_form = models.JSONField(_("form as frozen"), null=True, blank=True, editable=False)
    reference_printed = models.CharField(
        _("reference in the file"), max_length=12, choices=Printed, default=Printed.UNREADABLE
    )
    reference_exempt_reason = models.TextField(_("reason for exempting the reference"), blank=True)
    month_override_reason = models.TextField(
        _("why it is deposited in another month than its reference's"), blank=True
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))

    # A stated fact with its proof, never in the future; when it was recorded is the server's.
    deposited_at = models.DateTimeField(_("deposited at"), null=True, blank=True)
    deposited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    deposit_recorded_at = models.DateTimeField(_("deposit recorded at"), null=True, blank=True)
    deposit_signature = models.OneToOneField(
        Signature, models.PROTECT, null=True, blank=True, related_name="deposited_dossier"
    )
    deposit_proof = models.ForeignKey(
        "DossierPiece", models.PROTECT, null=True, blank=True, related_name="+"
    )
    portal_number = models.CharField(_("portal number"), max_length=50, blank=True)
    # The authority's receipt: outside the windows, the evaluation counts from it.
    received_on = models.DateField(_("received by the authority on"), null=True, blank=True)
    evaluation_months = models.PositiveSmallIntegerField(_("months of evaluation"), default=2)

    missed_reason = models.TextField(_("why it was missed"), blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(state__in=UNDECIDED),
                name="submissions_one_undecided_dossier",
            ),
            models.UniqueConstraint(
                fields=["receipt_number"],
                condition=~Q(receipt_number="") & ~Q(state__in=LEFT_BATCH),
                name="submissions_receipt_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=NEVER_DEPOSITED,
                    deposited_at__isnull=True,
                    deposited_by__isnull=True,
                    deposit_recorded_at__isnull=True,
                    deposit_signature__isnull=True,
                    deposit_proof__isnull=True,
                )
                | (
                    ~Q(state__in=NEVER_DEPOSITED)
                    & Q(
                        deposited_at__isnull=False,
                        deposited_by__isnull=False,
                        deposit_recorded_at__isnull=False,
                        deposit_signature__isnull=False,
                        deposit_proof__isnull=False,
                    )
                ),
                name="submissions_deposit_has_who_when_and_proof",
            ),
            models.CheckConstraint(
                condition=~Q(state=DossierState.MISSED) | ~Q(missed_reason=""),
                name="submissions_missed_owes_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} — {self.reference.value}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:batch", args=[self.batch_id])

    @property
    def evaluation_ends_on(self) -> date | None:
        """The day the authority's time ends: the window's stored date, or counted from receipt."""
        from approvals.submissions.evaluation import evaluation_end_outside

        if self.batch.window is not None:
            return self.batch.window.evaluation_ends_on
        if self.received_on is None:
            return None
        return evaluation_end_outside(self.received_on, months=self.evaluation_months)

    # Bare transitions; the conditions are in the policies.

    @transition(field=state, source=DossierState.PREPARING, target=DossierState.DEPOSITED)
    def deposit(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=DossierState.PREPARING, target=DossierState.REMOVED)
    def remove(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=DossierState.PREPARING, target=DossierState.MISSED)
    def miss(self, *, at: datetime, reason: str) -> None:
        self.state_since = at
        self.missed_reason = reason

    @transition(field=state, source=DossierState.DEPOSITED, target=DossierState.GRANTED)
    def grant(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=DossierState.DEPOSITED, target=DossierState.REFUSED)
    def refuse(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(
        field=state, source=DossierState.DEPOSITED, target=DossierState.WITHDRAWN_BY_APPLICANT
    )
    def withdraw_by_applicant(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=DossierState.DEPOSITED, target=DossierState.INADMISSIBLE)
    def declare_inadmissible(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(
        field=state,
        source=list(DECIDED),
        target=GET_STATE(lambda dossier, to, *, at: to, states=DECIDED),
    )
    def correct_to(self, to: DossierState, *, at: datetime) -> None:
        """A signed correction says that the authority answered something else."""
        self.state_since = at


class DossierPiece(Recorded):
    """One file of a dossier; its bytes are stored once under their SHA-256."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="pieces")
    kind = models.CharField(_("kind"), max_length=20, choices=PieceKind)
    name = models.CharField(_("name"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("piece of a dossier")
        verbose_name_plural = _("pieces of dossiers")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name
