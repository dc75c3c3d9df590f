"""Who leads a role: the one who shares its tasks out, and whom an escalation reaches."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.enums import ROUTE_ROLES

# Who reads what is in preparation may lead: a lead who saw nothing could share nothing out.
ABLE_TO_LEAD = (*ROUTE_ROLES, Role.DEPUTY_PHARMACIST)


class RoleLeadQuerySet(RecordedQuerySet):
    def standing(self) -> Self:
        """Leads who are still here and still review."""
        able = User.objects.holding(*ABLE_TO_LEAD)
        return self.filter(user__in=able.values("pk"))

    def roles_of(self, user: User) -> list[str]:
        """Return the roles that a person leads, in alphabetical order."""
        return sorted(self.standing().filter(user=user).values_list("role", flat=True))


class RoleLead(Recorded):
    """That a person leads a role. Who led it before is in its history."""

    role = models.CharField(_("role"), max_length=40, choices=Role)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="led_roles", verbose_name=_("person")
    )
    named_at = models.DateTimeField(_("named at"))

    objects = RoleLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead of a role")
        verbose_name_plural = _("leads of roles")
        ordering: ClassVar[list[str]] = ["role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["role", "user"], name="review_lead_once_a_role"),
            models.CheckConstraint(
                condition=Q(role__in=ROUTE_ROLES), name="review_lead_of_a_reviewing_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{Role(self.role).label} — {self.user}"
