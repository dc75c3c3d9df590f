"""Products of the public medicines database, their bars, and jurisdictions."""

import unicodedata
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from content.calendar import paris_day
from content.catalogue.enums import (
    ENDED_STATUSES,
    AlertKind,
    AlertOutcome,
    AuthorisationStatus,
    DocumentKind,
    VisaCategory,
)

cis_validator = RegexValidator(r"^\d{8}$", _("A CIS code has eight digits."))


class ListHead(models.Model):
    """One row, locked first by every act that may change usability; numbers the list version."""

    version = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="catalogue_one_list_head")]


class ProductQuerySet(RecordedQuerySet):
    def locked(self) -> Self:
        """Lock the products in the house's order (by id)."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def matching(self, text: str) -> Self:
        """Products whose name, holder, substance or CIS contains the text."""
        return self.filter(search_text__contains=unaccented(text)).order_by("name", "pk")


def unaccented(text: str) -> str:
    """Return the text as searched: lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


class Product(Recorded):
    """A medicine (spécialité), keyed by its 8-digit CIS code."""

    cis = models.CharField(_("CIS"), max_length=8, unique=True, validators=[cis_validator])
    name = models.CharField(_("name"), max_length=500)
    form = models.CharField(_("form"), max_length=500, blank=True)
    routes = models.CharField(_("routes of administration"), max_length=500, blank=True)
    holder = models.CharField(_("holder"), max_length=500, blank=True)
    atc = models.CharField(_("ATC"), max_length=20, blank=True)
    substances = models.TextField(_("active substances"), blank=True)
    procedure = models.CharField(_("procedure"), max_length=200, blank=True)
    marketing_status = models.CharField(_("marketing status"), max_length=200, blank=True)
    authorisation_status = models.CharField(
        _("authorisation"),
        max_length=20,
        choices=AuthorisationStatus,
        default=AuthorisationStatus.ACTIVE,
    )
    authorised_on = models.DateField(_("authorised on"), null=True, blank=True)
    # First day on which the authorisation no longer stands (rule 5); null while it stands.
    authorisation_ends_on = models.DateField(_("authorisation ends on"), null=True, blank=True)
    # Regulatory recorded it; otherwise it is the day an import met an ended status, and an import
    # that finds the authorisation active again takes it back.
    authorisation_end_official = models.BooleanField(_("official date of the end"), default=False)
    additional_monitoring = models.BooleanField(_("additional monitoring"), default=False)
    # Rule 6: what bars advertising to the public.
    prescription_class = models.CharField(_("prescription class"), max_length=200, blank=True)
    prescription_only = models.BooleanField(_("prescription only"), default=False)
    restricted = models.BooleanField(_("carries a restriction"), default=False)
    reimbursed = models.BooleanField(_("reimbursed"), default=False)
    reimbursement_rates = models.CharField(_("reimbursement rates"), max_length=200, blank=True)
    in_public_database = models.BooleanField(_("in the public database"), default=True)
    search_text = models.TextField(editable=False, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.cis})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.settle_search_text()
        super().save(*args, **kwargs)

    def settle_search_text(self) -> None:
        """Work out what the product is found by."""
        self.search_text = unaccented(f"{self.name} {self.substances} {self.holder} {self.cis}")

    @property
    def gp_barred(self) -> bool:
        """Whether rule 6 bars advertising to the public, exceptions apart."""
        return self.prescription_only or self.restricted or self.reimbursed

    def authorisation_stands_on(self, day: date) -> bool:
        """Whether rule 5 holds on a day: neither suspended nor ended."""
        if self.authorisation_status == AuthorisationStatus.SUSPENDED:
            return False
        if self.authorisation_ends_on is None:
            return self.authorisation_status not in ENDED_STATUSES
        return day < self.authorisation_ends_on

    def frozen_on(self, day: date) -> bool:
        """Whether advertising for the product is forbidden on a day (rule 4)."""
        return self.freezes.open_on(day).exists()


# Conditions that mean "on prescription" (lists of substances); any other one is a restriction.
LISTS = ("liste I", "liste II", "stupéfiants")


class PrescriptionCondition(Recorded):
    """A condition of prescription or dispensing as the public database words it.

    Any condition bars advertising to the public unless an administrator marked it harmless.
    """

    label = models.CharField(_("condition"), max_length=500, unique=True)
    harmless = models.BooleanField(_("harmless for the public"), default=False)

    class Meta:
        verbose_name = _("condition of prescription")
        verbose_name_plural = _("conditions of prescription")
        ordering: ClassVar[list[str]] = ["label"]

    def __str__(self) -> str:
        return self.label

    @property
    def is_list(self) -> bool:
        """Whether the condition is a list that makes the product prescription only."""
        return self.label in LISTS


class ProductConditionQuerySet(RecordedQuerySet):
    def restricting(self) -> Self:
        """Conditions, lists apart, that no administrator marked harmless."""
        return self.filter(condition__harmless=False).exclude(condition__label__in=LISTS)


class ProductCondition(Recorded):
    """That a product carries a condition of prescription or dispensing."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="conditions")
    condition = models.ForeignKey(PrescriptionCondition, models.PROTECT, related_name="+")

    objects = ProductConditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "condition"], name="catalogue_condition_once_a_product"
            )
        ]


class Presentation(Recorded):
    """A pack of a product, with its price and reimbursement."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="presentations")
    cip13 = models.CharField("CIP13", max_length=13, unique=True)
    cip7 = models.CharField("CIP7", max_length=7, blank=True)
    label = models.CharField(_("presentation"), max_length=1000)
    status = models.CharField(_("status"), max_length=100, blank=True)
    marketing_status = models.CharField(_("marketing status"), max_length=200, blank=True)
    reimbursement_rate = models.CharField(_("reimbursement rate"), max_length=50, blank=True)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, null=True, blank=True)
    in_public_database = models.BooleanField(_("in the public database"), default=True)

    class Meta:
        verbose_name = _("presentation")
        verbose_name_plural = _("presentations")
        ordering: ClassVar[list[str]] = ["cip13"]

    def __str__(self) -> str:
        return self.label


class GpExceptionQuerySet(RecordedQuerySet):
    def in_force(self, day: date) -> Self:
        """Exceptions that hold on a day, half-open."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))


class GpException(Recorded):
    """A recorded exception to rule 6 (listed vaccines, smoking cessation), with its legal basis."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="gp_exceptions")
    legal_basis = models.CharField(_("legal basis"), max_length=300)
    reason = models.TextField(_("reason"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))

    objects = GpExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception for the public")
        verbose_name_plural = _("exceptions for the public")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="catalogue_exception_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.legal_basis


class ProductFreezeQuerySet(RecordedQuerySet):
    def open_on(self, day: date) -> Self:
        """Freezes in force on a day."""
        return self.filter(starts_on__lte=day).filter(
            Q(lifted_on__isnull=True) | Q(lifted_on__gt=day)
        )

    def not_lifted(self) -> Self:
        return self.filter(lifted_at__isnull=True)


class ProductFreeze(Recorded):
    """Advertising for the product is forbidden (L.5122-3) from ``starts_on`` until lifted."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="freezes")
    reason = models.TextField(_("reason"))
    starts_on = models.DateField(_("effective on"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))
    # First day on which the bar no longer holds.
    lifted_on = models.DateField(_("lifted on"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lift_reason = models.TextField(_("reason of the lift"), blank=True)

    objects = ProductFreezeQuerySet.as_manager()

    class Meta:
        verbose_name = _("product freeze")
        verbose_name_plural = _("product freezes")
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(lifted_at__isnull=True),
                name="catalogue_one_open_freeze_a_product",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_on__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, lifted_on__isnull=False),
                name="catalogue_lift_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class SourceDocumentQuerySet(RecordedQuerySet):
    def current(self) -> Self:
        """The latest document of each product and kind: what a version should cite."""
        later = SourceDocument.objects.filter(
            product=models.OuterRef("product"), kind=models.OuterRef("kind")
        ).order_by("-dated", "-pk")
        return self.filter(pk=models.Subquery(later.values("pk")[:1]))

    def earlier_than(self, document: "SourceDocument") -> Self:
        """The documents of the same product and kind that a newer one replaces."""
        return self.filter(
            product=document.product_id, kind=document.kind, dated__lt=document.dated
        )


class SourceDocument(Recorded):
    """A dated source document kept per product: what ``cites`` points to."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind)
    title = models.CharField(_("title"), max_length=300)
    dated = models.DateField(_("dated"))
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(_("file"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))

    objects = SourceDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("source document")
        verbose_name_plural = _("source documents")
        ordering: ClassVar[list[str]] = ["-dated", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "kind", "dated", "sha256"],
                name="catalogue_source_document_once",
            )
        ]

    def __str__(self) -> str:
        return self.title


class ProductAlertQuerySet(RecordedQuerySet):
    def open(self) -> Self:
        """What nobody has confirmed yet."""
        return self.filter(settled_at__isnull=True)


class ProductAlert(Recorded):
    """A fact about a product that an import met and a person has to confirm (DOMAIN.md §8)."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="alerts")
    kind = models.CharField(_("what was noticed"), max_length=20, choices=AlertKind)
    noticed_at = models.DateTimeField(_("noticed at"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=AlertOutcome, blank=True)
    note = models.TextField(_("how it is known"), blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = ProductAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact to confirm")
        verbose_name_plural = _("facts to confirm")
        ordering: ClassVar[list[str]] = ["noticed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "kind"],
                condition=Q(settled_at__isnull=True),
                name="catalogue_one_open_alert_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, outcome="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="")),
                name="catalogue_settled_has_who_when_and_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} — {AlertKind(self.kind).label}"


class ImportRun(Recorded):
    """One import of the public database that was not a dry run: what it counted."""

    recorded_at = models.DateTimeField(_("imported at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added = models.PositiveIntegerField(_("products added"))
    changed = models.PositiveIntegerField(_("products changed"))
    unchanged = models.PositiveIntegerField(_("products unchanged"))
    vanished = models.PositiveIntegerField(_("products gone"))
    skipped = models.PositiveIntegerField(_("lines skipped"))

    class Meta:
        verbose_name = _("import of the public database")
        verbose_name_plural = _("imports of the public database")
        ordering: ClassVar[list[str]] = ["-recorded_at"]

    def __str__(self) -> str:
        return f"{paris_day(self.recorded_at)}"


class Jurisdiction(Recorded):
    """A country's rules as data; ``GLOBAL`` holds masters that cannot be used in the field."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    authority = models.CharField(_("authority"), max_length=50, blank=True)
    field_use = models.BooleanField(_("use in the field"), default=True)
    # Without a visa, months of use from the release day.
    months_without_visa = models.PositiveSmallIntegerField(_("months without a visa"), default=24)

    class Meta:
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.name_fr


class VisaRule(Recorded):
    """That a nature × audience needs a visa of a category, and how the authority counts."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="visa_rules")
    nature = models.CharField(_("nature"), max_length=20)
    audience = models.CharField(_("audience"), max_length=20)
    category = models.CharField(_("category"), max_length=2, choices=VisaCategory)
    visa_months = models.PositiveSmallIntegerField(_("months of validity"), default=24)
    evaluation_months = models.PositiveSmallIntegerField(_("months of evaluation"), default=2)
    evaluation_extra_days = models.PositiveSmallIntegerField(
        _("days before the evaluation starts"), default=1
    )
    tacit_grant = models.BooleanField(_("silence grants"), default=True)

    class Meta:
        verbose_name = _("visa rule")
        verbose_name_plural = _("visa rules")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "nature", "audience"], name="catalogue_one_visa_rule"
            )
        ]
