"""The thing that has a lifecycle state, and its bare transitions (DOMAIN.md §3)."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import Role
from approvals.people.models import User
from content.access.policies import scope_of
from content.assets.enums import IN_PREPARATION, IN_USE, OPEN, ChangeKind, Nature, State
from content.assets.models.assets import Asset, AssetProduct
from content.assets.models.facts import Reference, Visa


class VersionQuerySet(RecordedQuerySet):
    def locked(self) -> Self:
        """Lock the versions in the house's order (by id)."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def visible_to(self, user: User) -> Self:
        """Versions this person may see in preparation: those of the assets they may see."""
        if scope_of(user).sees_all:
            return self
        return self.filter(asset__in=Asset.objects.visible_to(user))

    def open_to(self, user: User) -> Self:
        """Versions whose files and remarks this person may see: an agency's invitations, too.

        Nothing else of an agency's version is shown through this: neither verdicts nor the trail.
        """
        if not user.holds(Role.AGENCY):
            return self.visible_to(user)
        invited = Q(invitations__agency=user, invitations__withdrawn_at__isnull=True)
        mine = Version.objects.filter(invited).values("pk")
        return self.filter(Q(asset__in=Asset.objects.visible_to(user)) | Q(pk__in=mine))

    def open(self) -> Self:
        """Versions still in the owner's or the reviewers' hands."""
        return self.filter(state__in=OPEN)

    def awaiting_release(self) -> Self:
        """What the pharmacist may release: cleared, or approved where no visa is needed."""
        return self.filter(
            Q(state=State.CLEARED) | Q(state=State.APPROVED, needs_visa=False)
        ).exclude(asset__asset_type__is_component=True, state=State.CLEARED)

    def released_after(self, version: "Version") -> Self:
        """Later versions of the same asset that were ever released."""
        return self.filter(
            asset=version.asset_id, number__gt=version.number, released_at__isnull=False
        )

    def in_use_before(self, version: "Version") -> Self:
        """Earlier versions of the same asset that a release would replace."""
        return self.filter(asset=version.asset_id, number__lt=version.number, state__in=IN_USE)

    def due_to_expire(self, day: date) -> Self:
        """Versions whose end has come, for the sweep."""
        return self.filter(
            state__in=(State.CLEARED, *IN_USE), expires_on__isnull=False, expires_on__lte=day
        )

    def due_to_be_superseded(self, day: date) -> Self:
        """Versions whose successor's first usable day has come, for the sweep."""
        return self.filter(state__in=IN_USE, superseded_on__isnull=False, superseded_on__lte=day)

    def ever_naming(self, product_ids: Collection[int]) -> Self:
        """Versions of the assets that name, or ever named, one of the products.

        Editing a released asset changes neither what its versions concern nor what limits them.
        """
        links = AssetProduct.history.filter(product__in=product_ids)  # type: ignore[attr-defined]
        return self.filter(asset__in=links.values("asset"))

    def with_asset(self) -> Self:
        return self.select_related(
            "asset__asset_type",
            "asset__owner",
            "asset__lead_product",
            "asset__team",
            "asset__jurisdiction",
            "reference",
            "visa",
        )


class Version(FSMModelMixin, Recorded):
    """Number 1, 2, 3… of an asset. Its state changes only through the actions of the apps above."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    state = FSMField(
        _("state"), max_length=20, choices=State.choices, default=State.DRAFT, protected=True
    )
    change_kind = models.CharField(
        _("kind of change"), max_length=20, choices=ChangeKind, default=ChangeKind.CONTENT
    )
    change_summary = models.TextField(_("summary of the change"), blank=True)
    subject = models.CharField(_("subject of the e-mail"), max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    # Why and since when it stands where it stands; each transition writes it.
    state_since = models.DateTimeField(_("in this state since"))

    # Whether a visa is needed follows from the jurisdiction, unless regulatory set it to no in
    # a signed verdict (the row bound to that verdict lives in review).
    visa_category = models.CharField(_("category of visa"), max_length=2, blank=True)
    needs_visa = models.BooleanField(_("needs a visa"), default=False)
    reference = models.ForeignKey(
        Reference, models.PROTECT, null=True, blank=True, related_name="versions"
    )
    visa = models.ForeignKey(Visa, models.PROTECT, null=True, blank=True, related_name="versions")
    minimum_components = models.PositiveSmallIntegerField(_("minimum of components"), default=0)

    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    valid_from = models.DateField(_("first day of use"), null=True, blank=True)
    # First day on which it may not be used: the visa's end, or 24 months after the release.
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    overlap_days = models.PositiveSmallIntegerField(_("overlap in days"), default=0)
    # First day on which a successor replaces it: worked out anew until it comes, then final.
    superseded_on = models.DateField(_("superseded on"), null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "number"], name="assets_version_number_once"),
            models.UniqueConstraint(
                fields=["asset"],
                condition=Q(state__in=IN_PREPARATION),
                name="assets_one_version_in_preparation",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True, valid_from=None)
                | Q(
                    released_at__isnull=False,
                    released_by__isnull=False,
                    valid_from__isnull=False,
                    expires_on__isnull=False,
                ),
                name="assets_release_has_who_when_and_days",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=IN_USE) | Q(released_at__isnull=False),
                name="assets_in_use_was_released",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(expires_on__gt=F("valid_from")),
                name="assets_expires_after_first_day",
            ),
            models.CheckConstraint(
                condition=Q(overlap_days__lte=90), name="assets_overlap_within_90_days"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "expires_on"], name="assets_state_end")
        ]

    def __str__(self) -> str:
        return f"{self.asset.code} v{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("desk:version", args=[self.asset.code, self.number])

    @property
    def is_promotional(self) -> bool:
        return self.asset.nature == Nature.PROMOTIONAL

    @property
    def current_revision(self) -> Any:
        """The latest revision, or None while nothing was uploaded."""
        return self.revisions.order_by("-number").first()

    # Bare transitions. Who may and when else is for the policies of the app whose act calls them.

    @transition(field=state, source=State.DRAFT, target=State.IN_REVIEW)
    def submit(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.IN_REVIEW, target=State.DRAFT)
    def recall(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.IN_REVIEW, target=State.CHANGES_REQUESTED)
    def request_changes(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.CHANGES_REQUESTED, target=State.IN_REVIEW)
    def resubmit(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.IN_REVIEW, target=State.APPROVED)
    def approve(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.IN_REVIEW, target=State.CLEARED)
    def carry_visa(self, *, at: datetime) -> None:
        """A minor modification: the old visa stands."""
        self.state_since = at

    @transition(field=state, source=State.APPROVED, target=State.CHANGES_REQUESTED)
    def send_back(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.APPROVED, target=State.IN_BATCH)
    def add_to_batch(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.IN_BATCH, target=State.APPROVED)
    def leave_batch(self, *, at: datetime) -> None:
        """Removed, missed, or its batch cancelled."""
        self.state_since = at

    @transition(field=state, source=State.IN_BATCH, target=State.DEPOSITED)
    def deposit(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.DEPOSITED, target=State.CLEARED)
    def grant(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.DEPOSITED, target=State.REFUSED)
    def refuse(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.DEPOSITED, target=State.APPROVED)
    def return_undecided(self, *, at: datetime) -> None:
        """The applicant withdrew, or the authority declared it inadmissible."""
        self.state_since = at

    @transition(field=state, source=[State.CLEARED, State.APPROVED], target=State.RELEASED)
    def release(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.RELEASED, target=State.SUSPENDED)
    def suspend(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=State.SUSPENDED, target=State.RELEASED)
    def resume(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(
        field=state,
        source=[State.CLEARED, State.RELEASED, State.SUSPENDED],
        target=State.WITHDRAWN,
    )
    def withdraw(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(field=state, source=[State.RELEASED, State.SUSPENDED], target=State.SUPERSEDED)
    def supersede(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(
        field=state, source=[State.CLEARED, State.RELEASED, State.SUSPENDED], target=State.EXPIRED
    )
    def expire(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(
        field=state,
        source=[State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED],
        target=State.CANCELLED,
    )
    def cancel(self, *, at: datetime) -> None:
        self.state_since = at

    # Corrections of a decision entered wrongly (DOMAIN.md §3, last row of the table).

    @transition(
        field=state,
        source=[State.APPROVED, State.REFUSED, State.WITHDRAWN],
        target=State.CLEARED,
    )
    def correct_to_cleared(self, *, at: datetime) -> None:
        """Newly granted, never released."""
        self.state_since = at

    @transition(field=state, source=[State.WITHDRAWN, State.REFUSED], target=State.SUSPENDED)
    def correct_to_suspended(self, *, at: datetime) -> None:
        """Newly granted, released before: use returns only by a signed ``resume``."""
        self.state_since = at

    @transition(
        field=state,
        source=[
            State.APPROVED,
            State.CLEARED,
            State.RELEASED,
            State.SUSPENDED,
            State.WITHDRAWN,
        ],
        target=State.REFUSED,
    )
    def correct_to_refused(self, *, at: datetime) -> None:
        self.state_since = at

    @transition(
        field=state,
        source=[State.CLEARED, State.REFUSED, State.WITHDRAWN],
        target=State.APPROVED,
    )
    def correct_to_approved(self, *, at: datetime) -> None:
        """Inadmissible or withdrawn by the applicant, never released."""
        self.state_since = at

    @transition(
        field=state,
        source=[State.RELEASED, State.SUSPENDED, State.REFUSED],
        target=State.WITHDRAWN,
    )
    def correct_to_withdrawn(self, *, at: datetime) -> None:
        """Inadmissible or withdrawn by the applicant, released before."""
        self.state_since = at
