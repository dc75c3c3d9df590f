"""Which roles sign, in which stages, within how many working days: data, not code."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import Role
from approvals.review.enums import ROUTE_ROLES, Condition
from content.assets.enums import Audience, Nature
from content.assets.models import Asset, AssetType
from content.catalogue.models import Jurisdiction


class RouteQuerySet(RecordedQuerySet):
    def fitting(self, asset: Asset) -> Self:
        """Active routes that fit an asset, the most specific first (DOMAIN.md §6)."""
        return (
            self.filter(
                active=True,
                jurisdiction=asset.jurisdiction_id,
                for_components=asset.asset_type.is_component,
            )
            .filter(
                Q(asset_type=asset.asset_type_id) | Q(asset_type__isnull=True),
                nature__in=(asset.nature, ""),
                audience__in=(asset.audience, ""),
            )
            .order_by(F("asset_type").asc(nulls_last=True), "-audience", "-nature", "-pk")
        )

    def locked(self) -> Self:
        """Lock the routes: two administrators who change one change it in turn."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def with_stages(self) -> Self:
        """Everything a route's page shows, in a constant number of queries."""
        return self.select_related("jurisdiction", "asset_type").prefetch_related("stages__tasks")


class Route(Recorded):
    """A route for a jurisdiction × nature × audience × asset type; an empty one fits all."""

    name = models.CharField(_("name"), max_length=100)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="routes", verbose_name=_("jurisdiction")
    )
    nature = models.CharField(_("nature"), max_length=20, choices=Nature, blank=True)
    audience = models.CharField(_("audience"), max_length=20, choices=Audience, blank=True)
    asset_type = models.ForeignKey(
        AssetType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="routes",
        verbose_name=_("asset type"),
    )
    for_components = models.BooleanField(_("for components"), default=False)
    active = models.BooleanField(_("active"), default=True)

    objects = RouteQuerySet.as_manager()

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "nature", "audience", "for_components"],
                condition=Q(active=True, asset_type__isnull=True),
                name="review_one_active_route_a_case",
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "nature", "audience", "asset_type"],
                condition=Q(active=True, asset_type__isnull=False),
                name="review_one_active_route_a_type",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("review:route", args=[self.pk])


class RouteStage(Recorded):
    """One step of a route; the tasks of a stage run in parallel."""

    route = models.ForeignKey(Route, models.PROTECT, related_name="stages")
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("stage of a route")
        verbose_name_plural = _("stages of routes")
        ordering: ClassVar[list[str]] = ["route", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["route", "position"], name="review_one_stage_a_position"
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="review_stages_count_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.route} — {self.position}"


class RouteTask(Recorded):
    """That a stage asks a role to sign within a number of working days."""

    stage = models.ForeignKey(RouteStage, models.PROTECT, related_name="tasks")
    role = models.CharField(_("role"), max_length=40, choices=Role)
    due_days = models.PositiveSmallIntegerField(_("working days"))
    condition = models.CharField(
        _("condition"), max_length=20, choices=Condition, default=Condition.ALWAYS
    )
    may_be_not_applicable = models.BooleanField(_("may be not applicable"), default=False)

    class Meta:
        verbose_name = _("task of a route")
        verbose_name_plural = _("tasks of routes")
        ordering: ClassVar[list[str]] = ["stage", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "role"], name="review_role_once_a_stage"),
            models.CheckConstraint(
                condition=Q(role__in=ROUTE_ROLES), name="review_route_asks_a_reviewing_role"
            ),
            models.CheckConstraint(
                condition=Q(due_days__gte=1), name="review_due_within_at_least_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} — {Role(self.role).label}"


class ChecklistItem(Recorded):
    """A question that a role answers before an approving verdict."""

    role = models.CharField(_("role"), max_length=40, choices=Role)
    key = models.SlugField(_("key"), max_length=60)
    label_fr = models.CharField(_("question in French"), max_length=300)
    label_en = models.CharField(_("question in English"), max_length=300)
    position = models.PositiveSmallIntegerField(_("position"))
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        ordering: ClassVar[list[str]] = ["role", "position"]
        constraints = [
            models.UniqueConstraint(fields=["role", "key"], name="review_checklist_key_once")
        ]

    def __str__(self) -> str:
        return self.label_en if get_language() == "en" else self.label_fr


class MinorModificationCategory(Recorded):
    """A category on the authority's list of minor modifications (DOMAIN.md §3): data."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label_fr = models.CharField(_("label in French"), max_length=300)
    label_en = models.CharField(_("label in English"), max_length=300)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("category of minor modification")
        verbose_name_plural = _("categories of minor modification")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.label_en if get_language() == "en" else self.label_fr
