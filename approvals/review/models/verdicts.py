"""Verdicts, the changes they ask for, their carries, and exemptions from a visa."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import Role
from approvals.review.enums import APPROVING, POSITIVE, CarryKind, Outcome
from approvals.review.models.cycles import ReviewCycle, ReviewTask
from approvals.review.models.routes import MinorModificationCategory
from approvals.signatures.models import Signature
from content.assets.models import Revision, Version


class VerdictQuerySet(RecordedQuerySet):
    def in_force(self) -> Self:
        """Verdicts that were not voided by a reopening or a change of mind."""
        return self.filter(voided_at__isnull=True)

    def holding_on(self, digest: str, *, cycle: ReviewCycle) -> Self:
        """Verdicts in force, given in the cycle on this digest or carried to it there."""
        given = Q(cycle=cycle, digest=digest, outcome__in=POSITIVE)
        carried = Q(
            carried__carry__cycle=cycle,
            carried__carry__to_digest=digest,
            outcome__in=(*POSITIVE, *APPROVING),
        )
        return self.in_force().filter(given | carried).distinct()


class Verdict(Recorded):
    """What a person said about one digest, in one role, signed."""

    task = models.ForeignKey(ReviewTask, models.PROTECT, related_name="verdicts")
    # The task's cycle, kept here so that the database itself holds "one person, one task".
    cycle = models.ForeignKey(ReviewCycle, models.PROTECT, related_name="verdicts")
    outcome = models.CharField(_("verdict"), max_length=30, choices=Outcome)
    comment = models.TextField(_("comment"), blank=True)
    # As answered: [{"key", "fr", "en", "answer", "note"}, …]; part of the signed record.
    checklist = models.JSONField(_("checklist"), default=list, blank=True)
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="verdicts")
    digest = models.CharField(_("digest"), max_length=64)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="verdicts"
    )
    decided_at = models.DateTimeField(_("decided at"))
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signature = models.OneToOneField(Signature, models.PROTECT, related_name="verdict")
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    void_reason = models.TextField(_("why it was voided"), blank=True)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(voided_at__isnull=True),
                name="review_one_verdict_in_force_a_task",
            ),
            # Invariant 3: nobody decides two tasks of a cycle.
            models.UniqueConstraint(
                fields=["cycle", "decided_by"],
                condition=Q(voided_at__isnull=True),
                name="review_one_verdict_a_person_and_cycle",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.CHANGES_REQUIRED) | ~Q(comment=""),
                name="review_refusal_has_its_comment",
            ),
            models.CheckConstraint(condition=~Q(digest=""), name="review_verdict_names_a_digest"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="review_voided_has_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True) | ~Q(on_behalf_of=F("decided_by")),
                name="review_not_on_behalf_of_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} — {Outcome(self.outcome).label}"


class RequestedChangeQuerySet(RecordedQuerySet):
    def standing(self) -> Self:
        """Changes that a verdict in force asks for."""
        return self.filter(verdict__voided_at__isnull=True)

    def unconfirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=True)


class RequestedChange(Recorded):
    """One change that a verdict asks for, the evidence of it, and its confirmation."""

    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="changes")
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.TextField(_("change"))
    evidence = models.TextField(_("evidence"), blank=True)
    answered_in = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="answers"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    objects = RequestedChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("requested change")
        verbose_name_plural = _("requested changes")
        ordering: ClassVar[list[str]] = ["verdict", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["verdict", "position"], name="review_change_position_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="review_change_says_what"),
            models.CheckConstraint(
                condition=Q(
                    evidence="", answered_in__isnull=True, answered_by=None, answered_at=None
                )
                | (
                    ~Q(evidence="")
                    & Q(
                        answered_in__isnull=False,
                        answered_by__isnull=False,
                        answered_at__isnull=False,
                    )
                ),
                name="review_answer_has_evidence_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(answered_at__isnull=False),
                name="review_confirmed_was_answered",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Carry(Recorded):
    """A signed act by which verdicts (or a visa) given on one digest hold for another."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="carries")
    cycle = models.ForeignKey(ReviewCycle, models.PROTECT, related_name="carries")
    # The task it settles, where there is one (not for a reference-only correction).
    task = models.ForeignKey(
        ReviewTask, models.PROTECT, null=True, blank=True, related_name="carries"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=CarryKind)
    category = models.ForeignKey(
        MinorModificationCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carries",
        verbose_name=_("category of minor modification"),
    )
    role = models.CharField(_("role"), max_length=40, choices=Role)
    reason = models.TextField(_("reason"))
    difference = models.JSONField(_("difference"), default=dict)
    from_revision = models.ForeignKey(Revision, models.PROTECT, related_name="carries_from")
    to_revision = models.ForeignKey(Revision, models.PROTECT, related_name="carries_to")
    from_digest = models.CharField(_("from digest"), max_length=64)
    to_digest = models.CharField(_("to digest"), max_length=64)
    carried_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="carries")
    carried_at = models.DateTimeField(_("carried at"))
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signature = models.OneToOneField(Signature, models.PROTECT, related_name="carry")

    class Meta:
        verbose_name = _("carry")
        verbose_name_plural = _("carries")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="review_carry_has_its_reason"),
            models.CheckConstraint(
                condition=~Q(from_digest="") & ~Q(to_digest=""), name="review_carry_names_both"
            ),
            models.CheckConstraint(
                condition=~Q(kind=CarryKind.MINOR_MODIFICATION)
                | Q(category__isnull=False, task__isnull=False),
                name="review_minor_carry_names_its_category",
            ),
            # Regulatory and pharmacist are two people.
            models.UniqueConstraint(
                fields=["cycle", "carried_by"],
                condition=Q(kind=CarryKind.MINOR_MODIFICATION),
                name="review_one_minor_carry_a_person",
            ),
            models.UniqueConstraint(
                fields=["cycle", "role"],
                condition=Q(kind=CarryKind.MINOR_MODIFICATION),
                name="review_one_minor_carry_a_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} — {CarryKind(self.kind).label}"


class CarriedVerdict(Recorded):
    """That a carry makes a verdict hold for the carry's new digest."""

    carry = models.ForeignKey(Carry, models.PROTECT, related_name="carried")
    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="carried")

    class Meta:
        verbose_name = _("carried verdict")
        verbose_name_plural = _("carried verdicts")
        constraints = [
            models.UniqueConstraint(fields=["carry", "verdict"], name="review_carried_once_a_carry")
        ]


class VisaExemption(Recorded):
    """That regulatory, in this very verdict, found that the support needs no visa."""

    verdict = models.OneToOneField(Verdict, models.PROTECT, related_name="visa_exemption")
    version = models.ForeignKey(Version, models.PROTECT, related_name="visa_exemptions")
    support_category = models.CharField(_("category of support not deposited"), max_length=200)
    # It lapses with its verdict: the version needs its visa again.
    lapsed_at = models.DateTimeField(_("lapsed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("exemption from a visa")
        verbose_name_plural = _("exemptions from a visa")
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(lapsed_at__isnull=True),
                name="review_one_exemption_in_force_a_version",
            ),
            models.CheckConstraint(
                condition=~Q(support_category=""), name="review_exemption_names_its_category"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} — {self.support_category}"
