"""Comments anchored on a page, their threads, and what became of them."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.enums import Severity
from content.assets.models import Revision, Version


class CommentQuerySet(RecordedQuerySet):
    def visible_to(self, user: User) -> Self:
        """Comments on the versions that this person may see in preparation."""
        return self.filter(version__in=Version.objects.visible_to(user))

    def open_to(self, user: User) -> Self:
        """Comments that this person may read: an agency those of its invitations, too."""
        return self.filter(version__in=Version.objects.open_to(user))

    def told_to(self, user: User, version: Version) -> Self:
        """A version's comments as a person is told them: an agency none of another version."""
        if user.holds(Role.AGENCY):
            return self.filter(version=version)
        return self.concerning(version)

    def concerning(self, version: Version) -> Self:
        """The version's comments, and what its predecessors left open: carried forward."""
        earlier = Q(version__asset=version.asset_id, version__number__lt=version.number)
        return self.filter(Q(version=version) | (earlier & Q(resolved_at__isnull=True)))

    def open(self) -> Self:
        """Comments that the owner did not resolve."""
        return self.filter(resolved_at__isnull=True)

    def blocking(self) -> Self:
        """Open comments that block an approval."""
        return self.open().filter(severity=Severity.BLOCKING)

    def with_thread(self) -> Self:
        """Everything a thread shows, in a constant number of queries, the oldest first."""
        people = ("author", "resolved_by", "verified_by")
        return (
            self.select_related(*people, "revision", "version__asset__owner")
            .prefetch_related("replies__author")
            .order_by("pk")
        )


class Comment(Recorded):
    """A remark on a version: blocking, suggestion or question; on a rectangle of a page."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="comments")
    revision = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="comments"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    created_at = models.DateTimeField(_("created at"))
    body = models.TextField(_("comment"))
    severity = models.CharField(_("severity"), max_length=20, choices=Severity)
    # Where it points, if anywhere: a file by position, and there a rectangle of a page (fractions,
    # from its top left corner), a slide (a package's entry) or a line of the source.
    file = models.PositiveSmallIntegerField(_("file"), null=True, blank=True)
    slide = models.CharField(_("slide"), max_length=500, blank=True)
    line = models.PositiveIntegerField(_("line"), null=True, blank=True)
    page = models.PositiveIntegerField(_("page"), null=True, blank=True)
    x = models.DecimalField(max_digits=7, decimal_places=6, null=True, blank=True)
    y = models.DecimalField(max_digits=7, decimal_places=6, null=True, blank=True)
    width = models.DecimalField(max_digits=7, decimal_places=6, null=True, blank=True)
    height = models.DecimalField(max_digits=7, decimal_places=6, null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="review_comment_says_something"),
            models.CheckConstraint(
                condition=Q(page=None, x=None, y=None, width=None, height=None)
                | Q(
                    page__gte=1,
                    x__gte=0,
                    y__gte=0,
                    width__gt=0,
                    height__gt=0,
                    width__lte=1 - F("x"),
                    height__lte=1 - F("y"),
                ),
                name="review_anchor_lies_on_the_page",
            ),
            models.CheckConstraint(
                condition=Q(file=None, slide="", line=None, page=None)
                | Q(file__gte=1, slide="", line=None, page__isnull=False)
                | (Q(file__gte=1, line=None, page=None) & ~Q(slide=""))
                | Q(file__gte=1, slide="", line__gte=1, page=None),
                name="review_anchor_is_one_place_of_a_file",
            ),
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True, resolved_at__isnull=True)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False),
                name="review_resolution_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True, verified_at__isnull=True)
                | Q(
                    verified_by__isnull=False,
                    verified_at__isnull=False,
                    resolved_at__isnull=False,
                ),
                name="review_verification_follows_resolution",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:80]

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None

    @property
    def anchor(self) -> dict[str, Any] | None:
        """Where in its file: a rectangle as fractions of a page, a slide, a line; or None."""
        if self.slide:
            return {"slide": self.slide}
        if self.line is not None:
            return {"line": self.line}
        if self.page is None:
            return None
        sides = {side: float(getattr(self, side)) for side in ("x", "y", "width", "height")}
        return {"page": self.page, **sides}


class CommentReply(Recorded):
    """One answer in a comment's thread."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    body = models.TextField(_("reply"))

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="review_reply_says_something")
        ]

    def __str__(self) -> str:
        return self.body[:80]
