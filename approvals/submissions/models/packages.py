"""The one ZIP of a frozen batch, and the sheets that are printed for it one after the other."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.models import User
from approvals.submissions.enums import PackageFault, PackageState
from approvals.submissions.models.batches import Batch, BatchSeal


class DepositPackageQuerySet(RecordedQuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(seal__batch__in=Batch.objects.visible_to(user))

    def of(self, batch: Batch) -> Self:
        """A batch's packages, the newest first."""
        return self.filter(seal__batch=batch).with_batch().order_by("-pk")

    def with_batch(self) -> Self:
        return self.select_related("seal__batch__window", "seal__sealed_by")


class DepositPackage(Recorded):
    """What a freeze hands over: named by the SHA-256 of what was frozen, then of its bytes.

    What was frozen and the manifest are kept as files are, under their SHA-256; the ZIP is made
    from them alone, as often as wanted (ADR 0032).
    """

    seal = models.OneToOneField(BatchSeal, models.PROTECT, related_name="package")
    state = models.CharField(
        _("state"), max_length=10, choices=PackageState, default=PackageState.BUILDING
    )
    # The text that was written in the freeze, and how many dossiers it tells of.
    contents = models.CharField(_("contents"), max_length=64)
    total = models.PositiveIntegerField(_("dossiers"))
    manifest = models.CharField(_("manifest"), max_length=64, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    failure = models.CharField(
        _("why it was not made"), max_length=20, choices=PackageFault, blank=True
    )
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)

    objects = DepositPackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("package of a batch")
        verbose_name_plural = _("packages of batches")
        ordering: ClassVar[list[Any]] = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=PackageState.READY)
                | (~Q(sha256="") & ~Q(manifest="") & Q(size__isnull=False, made_at__isnull=False)),
                name="submissions_ready_package_names_its_bytes",
            ),
            models.CheckConstraint(
                condition=Q(state=PackageState.FAILED, failure__gt="")
                | (~Q(state=PackageState.FAILED) & Q(failure="")),
                name="submissions_failed_package_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state=PackageState.VOID, voided_at__isnull=False)
                | (~Q(state=PackageState.VOID) & Q(voided_at__isnull=True)),
                name="submissions_void_package_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Package of %(batch)s")) % {"batch": self.seal.batch}

    @property
    def done(self) -> int:
        """How many of its dossiers have their sheet."""
        if self.state == PackageState.READY:
            return self.total
        return self.sheets.filter(position__gt=0).count()


class PackageSheet(models.Model):
    """A printed sheet of a package under way: 0 the cover, then one a dossier. Bytes as files.

    Unregulated: what was made so far, so that a build that stopped goes on where it was.
    """

    package = models.ForeignKey(DepositPackage, models.PROTECT, related_name="sheets")
    position = models.PositiveIntegerField()
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["package", "position"], name="submissions_package_sheet_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.package_id}/{self.position}"
