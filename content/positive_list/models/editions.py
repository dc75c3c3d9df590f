"""Editions: dated, numbered, signed snapshots of both lists, and who was told of them."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import FIELD, OWNERS, READERS_OF_ALL, Role
from approvals.people.models import User
from content.positive_list.enums import EditionState

# Who follows who read an edition: they open it too, even where its entries are not theirs.
FOLLOWERS = (*READERS_OF_ALL, Role.ADMINISTRATOR)


class Snapshot(models.Model):
    """The text of an edition, under its SHA-256: it is written once and altered by nobody."""

    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField()


class EditionQuerySet(RecordedQuerySet):
    def visible_to(self, user: User) -> Self:
        """Signed ones for the owners and the field; drafts too for those who see all."""
        if user.holds(*FOLLOWERS):
            return self
        if user.holds(*OWNERS, *FIELD):
            return self.signed()
        return self.none()

    def signed(self) -> Self:
        return self.filter(state=EditionState.SIGNED)

    def with_page(self) -> Self:
        return self.select_related("drafted_by", "signed_by")


class Edition(Recorded):
    """A snapshot of the positive and the negative list: it always shows what was signed."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    state = models.CharField(
        _("state"), max_length=10, choices=EditionState, default=EditionState.DRAFT
    )
    day = models.DateField(_("day"))
    as_of = models.DateTimeField(_("as known at"))
    list_version = models.BigIntegerField(_("list version"))
    digest = models.CharField(_("digest"), max_length=64)
    # How many lines: for a list of editions, which reads no snapshot.
    positive = models.PositiveIntegerField(_("usable"))
    negative = models.PositiveIntegerField(_("no longer usable"))
    came = models.PositiveIntegerField(_("came"))
    went = models.PositiveIntegerField(_("went"))
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drawn up by")
    )
    drafted_at = models.DateTimeField(_("drawn up at"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signed by"),
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    # The name and the role as they were, for the print.
    signed_name = models.CharField(_("name signed"), max_length=300, blank=True)
    signed_role = models.CharField(_("role signed"), max_length=40, blank=True)
    signed_for = models.CharField(_("on behalf of"), max_length=300, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering: ClassVar[list[str]] = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="positive_list_edition_from_1"),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=EditionState.DRAFT),
                name="positive_list_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(state=EditionState.DRAFT, signed_at=None, signed_by=None)
                | Q(
                    ~Q(signed_name=""),
                    state=EditionState.SIGNED,
                    signed_at__isnull=False,
                    signed_by__isnull=False,
                ),
                name="positive_list_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Edition %(number)s") % {"number": self.number}

    def get_absolute_url(self) -> str:
        return reverse("positive_list:edition", args=[self.number])

    @property
    def is_signed(self) -> bool:
        return self.state == EditionState.SIGNED


class RecipientQuerySet(RecordedQuerySet):
    def waiting(self) -> Self:
        """Of people who are still there: those who have not acknowledged."""
        return self.filter(acknowledged_at=None, person__is_active=True)


class Recipient(Recorded):
    """That a person of the field was told of an edition, took note of it, destroyed old paper."""

    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="recipients", verbose_name=_("edition")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    told_at = models.DateTimeField(_("told at"))
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    destroyed_at = models.DateTimeField(_("destruction attested at"), null=True, blank=True)
    # The versions whose paper they attest to have destroyed, as they were listed to them.
    destroyed = models.JSONField(_("destroyed"), default=list, blank=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader of an edition")
        verbose_name_plural = _("readers of editions")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "person"], name="positive_list_told_once_an_edition"
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at=None) | Q(acknowledged_at__isnull=False),
                name="positive_list_acknowledged_before_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} — {self.person}"
