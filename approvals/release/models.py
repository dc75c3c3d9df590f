"""The responsible pharmacist's signed acts on versions and products."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import OWNERS
from approvals.people.models import User
from approvals.release.enums import TO_DECIDE, ActKind, FreezeKind, ImpactOutcome
from approvals.signatures.models import Signature
from content.access.policies import scope_of
from content.assets.models import Asset, Dependency, Version
from content.catalogue.enums import SourceKind
from content.catalogue.models import Product, ProductFreeze, SourceDocument
from content.positive_list.models import Edition


class ReleaseActQuerySet(RecordedQuerySet):
    def on(self, version: Version) -> Self:
        """The acts on a version, the latest first."""
        return self.filter(version=version).select_related("signature").order_by("-pk")


class ReleaseAct(Recorded):
    """One signed act of the pharmacist on one version: it points to its signature."""

    version = models.ForeignKey(
        Version, models.PROTECT, related_name="release_acts", verbose_name=_("version")
    )
    kind = models.CharField(_("act"), max_length=10, choices=ActKind)
    reason = models.TextField(_("reason"), blank=True)
    # The letter by which the authority gave a suspended visa back: owed to resume then.
    authority_proof = models.CharField(_("authority's letter"), max_length=300, blank=True)
    effective_on = models.DateField(_("effective on"))
    digest = models.CharField(_("digest"), max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made at"))
    signature = models.OneToOneField(
        Signature, models.PROTECT, related_name="release_act", verbose_name=_("signature")
    )

    objects = ReleaseActQuerySet.as_manager()

    class Meta:
        verbose_name = _("pharmacist's act")
        verbose_name_plural = _("pharmacist's acts")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ActKind.RELEASE) | ~Q(reason=""),
                name="release_act_has_a_reason",
            ),
            models.CheckConstraint(condition=~Q(digest=""), name="release_act_binds_a_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.version} — {ActKind(self.kind).label}"


class ProductFreezeAct(Recorded):
    """The signed act by which a product was frozen, or its bar lifted."""

    freeze = models.ForeignKey(
        ProductFreeze, models.PROTECT, related_name="acts", verbose_name=_("product freeze")
    )
    kind = models.CharField(_("act"), max_length=10, choices=FreezeKind)
    reason = models.TextField(_("reason"))
    effective_on = models.DateField(_("effective on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made at"))
    signature = models.OneToOneField(
        Signature, models.PROTECT, related_name="product_freeze_act", verbose_name=_("signature")
    )

    class Meta:
        verbose_name = _("act on a product")
        verbose_name_plural = _("acts on products")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="release_freeze_act_has_a_reason"),
            # A freeze may be brought forward by a second act; it is lifted once.
            models.UniqueConstraint(
                fields=["freeze"],
                condition=Q(kind=FreezeKind.LIFT),
                name="release_one_lift_a_freeze",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.freeze.product} — {FreezeKind(self.kind).label}"


class ImpactTerm(Recorded):
    """How many days the pharmacist has to decide after a source of a kind changed: data."""

    kind = models.CharField(_("source"), max_length=20, choices=SourceKind, unique=True)
    days = models.PositiveSmallIntegerField(_("calendar days"), default=30)

    class Meta:
        verbose_name = _("term of impact lists")
        verbose_name_plural = _("terms of impact lists")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=365), name="release_term_between_1_and_365"
            )
        ]

    def __str__(self) -> str:
        return str(SourceKind(self.kind).label)


class ImpactListQuerySet(RecordedQuerySet):
    def visible_to(self, user: User) -> Self:
        """Lists of the products of an asset that the person may see in preparation."""
        if scope_of(user).sees_all:
            return self
        if not user.holds(*OWNERS):
            return self.none()
        assets = Asset.objects.visible_to(user)
        return self.filter(product__in=assets.values("products"))

    def waiting(self) -> Self:
        """Lists in which a version still waits for the pharmacist's decision."""
        decided = ImpactDecision.objects.filter(impact=OuterRef(OuterRef("pk")))
        citing = Dependency.objects.filter(
            ~Exists(decided.filter(version=OuterRef("dependent"))),
            dependent__state__in=TO_DECIDE,
            document__product=OuterRef("product"),
            document__kind=OuterRef("kind"),
            document__dated__lt=OuterRef("document__dated"),
        )
        naming = ImpactItem.objects.filter(
            ~Exists(decided.filter(version=OuterRef("version"))),
            version__state__in=TO_DECIDE,
            impact=OuterRef("pk"),
        )
        return self.filter(Exists(citing) | Exists(naming))

    def with_page(self) -> Self:
        return self.select_related("product", "document", "previous", "opened_by")


class ImpactList(Recorded):
    """What a newer source of a product makes wrong, to be decided on by a day (DOMAIN.md §8).

    Opened by a newer document: then whoever cites an earlier one is concerned, whenever they come
    to cite it. Or by what the public database changed: then ``items`` names who repeated it.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="impacts")
    kind = models.CharField(_("source"), max_length=20, choices=SourceKind)
    document = models.OneToOneField(
        SourceDocument, models.PROTECT, null=True, blank=True, related_name="impact"
    )
    previous = models.ForeignKey(
        SourceDocument, models.PROTECT, null=True, blank=True, related_name="+"
    )
    before = models.TextField(_("said before"), blank=True)
    after = models.TextField(_("said after"), blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    # Last day on which a decision is in time.
    deadline = models.DateField(_("deadline of the decisions"))

    objects = ImpactListQuerySet.as_manager()

    class Meta:
        verbose_name = _("impact list")
        verbose_name_plural = _("impact lists")
        ordering: ClassVar[list[str]] = ["deadline", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(document__isnull=False, previous__isnull=False, before="", after="")
                | (Q(document__isnull=True, previous__isnull=True) & ~Q(before=models.F("after"))),
                name="release_impact_of_a_document_or_of_a_fact",
            )
        ]

    def __str__(self) -> str:
        return f"{SourceKind(self.kind).label} — {self.product.name}"

    def get_absolute_url(self) -> str:
        return reverse("release:impact", args=[self.pk])


class ImpactItem(Recorded):
    """That a version repeated what the public database changed, when it changed."""

    impact = models.ForeignKey(ImpactList, models.PROTECT, related_name="items")
    version = models.ForeignKey(Version, models.PROTECT, related_name="impact_items")

    class Meta:
        verbose_name = _("version concerned by a change")
        verbose_name_plural = _("versions concerned by a change")
        constraints = [
            models.UniqueConstraint(fields=["impact", "version"], name="release_impact_item_once")
        ]


class ImpactDecision(Recorded):
    """What the pharmacist decided for one version of an impact list, signed."""

    impact = models.ForeignKey(ImpactList, models.PROTECT, related_name="decisions")
    version = models.ForeignKey(Version, models.PROTECT, related_name="impact_decisions")
    outcome = models.CharField(_("outcome"), max_length=20, choices=ImpactOutcome)
    reason = models.TextField(_("reason"), blank=True)
    digest = models.CharField(_("digest"), max_length=64)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided at"))
    signature = models.OneToOneField(
        Signature, models.PROTECT, related_name="impact_decision", verbose_name=_("signature")
    )

    class Meta:
        verbose_name = _("decision on an impact")
        verbose_name_plural = _("decisions on impacts")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["impact", "version"], name="release_one_impact_decision_a_version"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=ImpactOutcome.KEEP) | ~Q(reason=""),
                name="release_keeping_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(digest=""), name="release_impact_decision_binds_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} — {ImpactOutcome(self.outcome).label}"


class EditionAct(Recorded):
    """The signed act by which an edition of the lists was published: it points to its signature."""

    edition = models.OneToOneField(
        Edition, models.PROTECT, related_name="signed_act", verbose_name=_("edition")
    )
    digest = models.CharField(_("digest"), max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made at"))
    signature = models.OneToOneField(
        Signature, models.PROTECT, related_name="edition_act", verbose_name=_("signature")
    )

    class Meta:
        verbose_name = _("signature of an edition")
        verbose_name_plural = _("signatures of editions")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(digest=""), name="release_edition_act_binds_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return str(self.edition)
