"""That an agency was invited to one version: it sees that version's files and remarks, no more."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import Role
from approvals.people.models import User
from content.assets.models.versions import Version


class InvitationQuerySet(RecordedQuerySet):
    def standing(self) -> Self:
        """Invitations that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        """An agency's own that stand; for the others, those to the versions that they see."""
        if user.holds(Role.AGENCY):
            return self.standing().filter(agency=user)
        return self.filter(version__in=Version.objects.visible_to(user))

    def with_page(self) -> Self:
        """Everything a line of an invitation shows, in a constant number of queries."""
        return self.select_related(
            "agency", "invited_by", "version__asset__asset_type", "version__asset__owner"
        ).prefetch_related("version__asset__products")


class Invitation(Recorded):
    """An agency's way into one version, until it is withdrawn."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="invitations")
    agency = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="invitations",
        verbose_name=_("agency"),
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("invited by"),
    )
    invited_at = models.DateTimeField(_("invited at"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawal_reason = models.TextField(_("reason of the withdrawal"), blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation of an agency")
        verbose_name_plural = _("invitations of agencies")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "agency"],
                condition=Q(withdrawn_at__isnull=True),
                name="assets_one_standing_invitation",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawal_reason="")
                ),
                name="assets_withdrawal_has_who_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} — {self.agency}"

    def get_absolute_url(self) -> str:
        return reverse("review:invitation", args=[self.pk])
