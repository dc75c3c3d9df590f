"""What a person keeps for themselves of the lists: favourites, and the days of their visits."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.models import User
from content.assets.models import Asset


class FavouriteQuerySet(RecordedQuerySet):
    def kept_by(self, person: User) -> Self:
        return self.filter(person=person)


class Favourite(Recorded):
    """That a person wants a material at hand, whatever its version."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    asset = models.ForeignKey(
        Asset, models.PROTECT, related_name="favourites", verbose_name=_("asset")
    )
    added_at = models.DateTimeField(_("added at"))

    objects = FavouriteQuerySet.as_manager()

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [
            models.UniqueConstraint(fields=["person", "asset"], name="lists_favourite_once")
        ]

    def __str__(self) -> str:
        return str(self.asset)


class FieldVisit(Recorded):
    """The last Paris day on which a person opened the field's list, and the one before it."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    day = models.DateField(_("day of the last visit"))
    before = models.DateField(_("day of the visit before"), null=True, blank=True)

    class Meta:
        verbose_name = _("visit of the lists")
        verbose_name_plural = _("visits of the lists")
        ordering: ClassVar[list[str]] = ["person"]
        constraints = [
            models.CheckConstraint(
                condition=Q(before__isnull=True) | Q(before__lt=F("day")),
                name="lists_visits_in_order",
            )
        ]

    def __str__(self) -> str:
        return str(self.day)
