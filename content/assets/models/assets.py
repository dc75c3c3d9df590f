"""What is approved: an asset and its identity for ever."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.models import User
from content.access.models import Team
from content.access.policies import scope_of
from content.assets.enums import Audience, Nature
from content.catalogue.models import Jurisdiction, Product


class AssetType(Recorded):
    """A kind of asset: the formats it accepts, whether it is a component, its kind of support."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    formats = models.JSONField(_("accepted formats"), default=list)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    is_component = models.BooleanField(_("component"), default=False)
    support_kind = models.CharField(_("kind of support (authority)"), max_length=100, blank=True)
    is_email = models.BooleanField(_("e-mail"), default=False)

    class Meta:
        verbose_name = _("asset type")
        verbose_name_plural = _("asset types")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_fr


class AssetNumber(models.Model):
    """The last number given per jurisdiction and year; locked while the next one is taken."""

    prefix = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year"], name="assets_one_counter_a_year")
        ]


class AssetQuerySet(RecordedQuerySet):
    def visible_to(self, user: User) -> Self:
        """Assets that this person may see in preparation (DOMAIN.md §1)."""
        scope = scope_of(user)
        if scope.sees_all:
            return self
        if not scope.prepares:
            return self.none()
        seen = Q(team__in=scope.team_ids) | Q(Q(team__isnull=True), products__in=scope.product_ids)
        assets = self.filter(seen)
        if not scope.sees_medical:
            assets = assets.exclude(nature=Nature.MEDICAL)
        return assets.distinct()

    def with_page(self) -> Self:
        """Everything an asset's line shows, in a constant number of queries."""
        return self.select_related(
            "asset_type", "owner", "team", "lead_product", "jurisdiction"
        ).prefetch_related("products")

    def matching(self, text: str) -> Self:
        return self.filter(Q(code__icontains=text) | Q(title__icontains=text))


class Asset(Recorded):
    """A brochure, an e-ADV, a template… identified for ever by its ``code``."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=200)
    asset_type = models.ForeignKey(AssetType, models.PROTECT, verbose_name=_("type"))
    nature = models.CharField(_("nature"), max_length=20, choices=Nature)
    audience = models.CharField(_("audience"), max_length=20, choices=Audience)
    products = models.ManyToManyField(
        Product, through="AssetProduct", related_name="assets", verbose_name=_("products")
    )
    lead_product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_assets",
        verbose_name=_("lead product"),
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, verbose_name=_("team"), related_name="assets"
    )
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, verbose_name=_("jurisdiction"))
    language = models.CharField(_("language"), max_length=5, default="fr")
    department = models.CharField(_("department"), max_length=100, blank=True)
    collects_personal_data = models.BooleanField(_("collects personal data"), default=False)
    third_party = models.CharField(_("third party named"), max_length=200, blank=True)
    safety_information = models.BooleanField(_("safety information"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assets", verbose_name=_("owner")
    )
    created_at = models.DateTimeField(_("created at"))

    objects = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=False) | Q(lead_product__isnull=False),
                name="assets_has_a_team_or_products",
            ),
            models.CheckConstraint(
                condition=~Q(nature=Nature.PROMOTIONAL) | Q(lead_product__isnull=False),
                name="assets_promotional_names_a_product",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} — {self.title}"

    @property
    def is_promotional(self) -> bool:
        return self.nature == Nature.PROMOTIONAL

    def get_absolute_url(self) -> str:
        return reverse("desk:asset", args=[self.code])


class AssetProduct(Recorded):
    """That an asset concerns a product."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="asset_products")
    product = models.ForeignKey(Product, models.PROTECT, related_name="asset_products")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset", "product"], name="assets_product_once")
        ]
