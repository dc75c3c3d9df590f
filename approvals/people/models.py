"""People and their API tokens."""

from typing import Any, ClassVar

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from approvals.audit.errors import InvalidInput
from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import OFFICE

SYSTEM_USERNAME = "system"


class PeopleQuerySet(RecordedQuerySet):
    def holding(self, *roles: str) -> "PeopleQuerySet":
        """Active people who hold one of the roles."""
        return self.active().filter(groups__name__in=roles).distinct()

    def active(self) -> "PeopleQuerySet":
        """People who have not left."""
        return self.filter(is_active=True)

    def named(self, username: str, *, field: str) -> "User":
        """Return the one of these people whose username somebody typed.

        :raises InvalidInput: at ``field`` if there is none.
        """
        person: User | None = self.filter(username=username).first()
        if person is None:
            raise InvalidInput.at(field, gettext("Nobody has this username: check it."))
        return person


class PeopleManager(UserManager["User"].from_queryset(PeopleQuerySet)):  # type: ignore[misc]
    """Django's own creation methods, with business questions."""

    # Others' migrations (allauth's) update people in bulk, which our querysets refuse.
    use_in_migrations = False


class User(Recorded, AbstractUser):
    """A person, or the named system actor. Deactivated, never deleted (21 CFR 11.300(a))."""

    # The trail says that it changed, never what it is (SECURITY.md 6).
    secret_fields: ClassVar[frozenset[str]] = frozenset({"password"})
    # Sign-ins are events of the trail, not a column that rewrites the person.
    last_login = None
    accountability_accepted_at = models.DateTimeField(
        _("accountability statement accepted at"), null=True, blank=True
    )
    must_change_password = models.BooleanField(_("must change password"), default=False)
    # Null: no second factor. Written with the factors, so that no page asks for them.
    second_factor_since = models.DateTimeField(_("second factor since"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, default="fr")

    objects = PeopleManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar[list[str]] = ["username"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The codes of the roles this person holds."""
        if self.pk is None:
            return frozenset()
        return frozenset(self.groups.values_list("name", flat=True))

    def holds(self, *roles: str) -> bool:
        return not self.role_names.isdisjoint(roles)

    @property
    def is_office(self) -> bool:
        """Whether this person works in the admin."""
        return self.holds(*OFFICE)

    def check_password(self, raw_password: str | None) -> bool:
        # No silent rehash: it would rewrite the person outside an act.
        return bool(raw_password) and check_password(raw_password, self.password)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise models.ProtectedError(
            "People are deactivated, never deleted (21 CFR 11.300(a)).", {self}
        )


class ApiToken(AbstractAuthToken):
    """An API token; scoped by the person's rights today, read-only when asked for."""

    read_only = models.BooleanField(_("read only"), default=False)

    class Meta(AbstractAuthToken.Meta):
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
