"""Immutable sets of files, who touched a version, and what it needs."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from content.assets.enums import COMPONENT_KINDS, DependencyKind, FileFormat, InvolvementKind
from content.assets.models.versions import Version
from content.catalogue.models import SourceDocument


class Revision(Recorded):
    """One immutable set of files of a version. Verdicts and signatures bind to its digest."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    prepared_on = models.DateField(_("prepared on"))
    change_summary = models.TextField(_("summary of the change"), blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    # Canonical regulated metadata and digest, frozen at submission (ARCHITECTURE.md).
    metadata_text = models.TextField(_("regulated metadata"), blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True, db_index=True)
    frozen_at = models.DateTimeField(_("frozen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering: ClassVar[list[str]] = ["version", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "number"], name="assets_revision_number_once"
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, digest="", metadata_text="")
                | (Q(frozen_at__isnull=False) & ~Q(digest="") & ~Q(metadata_text="")),
                name="assets_frozen_revision_has_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} r{self.number}"


class RevisionFile(Recorded):
    """One file of a revision; its bytes are stored once under their SHA-256."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=200)
    format = models.CharField(_("format"), max_length=10, choices=FileFormat)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering: ClassVar[list[str]] = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "position"], name="assets_file_position_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Involvement(Recorded):
    """That a person ever owned, edited or uploaded to a version: they never decide on it."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="involvements")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="involvements")
    kind = models.CharField(_("kind"), max_length=10, choices=InvolvementKind)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "user", "kind"], name="assets_involvement_once"
            )
        ]


class DependencyQuerySet(RecordedQuerySet):
    def components(self) -> Self:
        """Dependencies that limit use."""
        return self.filter(kind__in=COMPONENT_KINDS)


class Dependency(Recorded):
    """That a version needs, may include, cites… another thing. It pins one version."""

    dependent = models.ForeignKey(Version, models.PROTECT, related_name="dependencies")
    kind = models.CharField(_("kind"), max_length=20, choices=DependencyKind)
    target = models.ForeignKey(
        Version, models.PROTECT, null=True, blank=True, related_name="dependents"
    )
    document = models.ForeignKey(
        SourceDocument, models.PROTECT, null=True, blank=True, related_name="citations"
    )

    objects = DependencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        constraints = [
            models.UniqueConstraint(
                fields=["dependent", "target"],
                condition=Q(target__isnull=False),
                name="assets_dependency_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=DependencyKind.CITES, document__isnull=False, target__isnull=True)
                | (~Q(kind=DependencyKind.CITES) & Q(document__isnull=True, target__isnull=False)),
                name="assets_cites_a_document_else_a_version",
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | ~Q(dependent=F("target")),
                name="assets_not_its_own_dependency",
            ),
        ]
