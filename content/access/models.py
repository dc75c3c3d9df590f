"""Teams (réseaux), their products and members, and delegation."""

from collections.abc import Collection
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from content.catalogue.models import Product


class TeamQuerySet(RecordedQuerySet):
    def locked(self) -> Self:
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def with_member(self, user_id: int) -> Self:
        """Teams to which a person belongs."""
        return self.filter(memberships__user_id=user_id)

    def presenting(self, product_ids: Collection[int]) -> Self:
        """Teams that present at least one of the products."""
        return self.filter(team_products__product_id__in=product_ids).distinct()


class Team(Recorded):
    """A network of people who present the same products."""

    name = models.CharField(_("name"), max_length=100, unique=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class TeamProduct(Recorded):
    """That a team presents a product."""

    team = models.ForeignKey(
        Team, models.PROTECT, related_name="team_products", verbose_name=_("team")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="team_products", verbose_name=_("product")
    )

    class Meta:
        verbose_name = _("product of a team")
        verbose_name_plural = _("products of teams")
        constraints = [
            models.UniqueConstraint(fields=["team", "product"], name="access_product_once_a_team")
        ]

    def __str__(self) -> str:
        return str(self.product)


class Membership(Recorded):
    """That a person belongs to a team."""

    team = models.ForeignKey(
        Team, models.PROTECT, related_name="memberships", verbose_name=_("team")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="access_member_once_a_team")
        ]

    def __str__(self) -> str:
        return str(self.user)


class ScopeChangeQuerySet(models.QuerySet["ScopeChange"]):
    def of(self, user: AbstractBaseUser) -> Self:
        """What changed the lists that a person sees, theirs and their teams'."""
        teams = Membership.objects.filter(user=user).values("team")
        return self.filter(Q(person=user) | Q(team__in=teams))

    def after(self, list_version: int) -> Self:
        return self.filter(list_version__gt=list_version)


class ScopeChange(models.Model):
    """That what a person, or a team, may see changed, under a number of the lists (ADR 0036).

    Whoever follows the lists by their number starts again from there. Append-only: the rows that
    changed have their own history.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    list_version = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()

    objects = ScopeChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of what is seen")
        verbose_name_plural = _("changes of what is seen")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(team__isnull=True),
                name="access_scope_change_of_one",
            )
        ]


class DelegationQuerySet(RecordedQuerySet):
    def locked(self) -> Self:
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def in_force(self, day: date) -> Self:
        """Delegations that hold on a Paris day, half-open."""
        return self.filter(revoked_at__isnull=True, starts_on__lte=day, ends_on__gt=day)


class Delegation(Recorded):
    """One person's roles lent to another between two days, ``[starts_on, ends_on)``."""

    delegator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_received"
    )
    roles = models.JSONField(_("roles"), default=list)
    products = models.ManyToManyField(Product, blank=True, related_name="+")
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    created_at = models.DateTimeField(_("created at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revocation_reason = models.TextField(_("reason of the revocation"), blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="access_delegation_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(delegate=F("delegator")), name="access_no_delegation_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="access_revocation_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegator} → {self.delegate}"
