"""One passage of a version through a route, and one role's work in it."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from approvals.audit.models import Recorded, RecordedQuerySet
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.enums import OPEN_CYCLE, OPEN_TASK, CycleKind, CycleState, TaskState
from approvals.review.models.routes import Route
from content.access.policies import lent_to
from content.assets.models import AssetProduct, Involvement, Revision, Version
from content.calendar import paris_day


class ReviewCycleQuerySet(RecordedQuerySet):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def latest_of(self, version: Version) -> "ReviewCycle | None":
        """The version's last cycle, whatever became of it."""
        return self.filter(version=version).order_by("number").last()


class ReviewCycle(FSMModelMixin, Recorded):
    """One passage of a version through a route, as the route was when it opened."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="cycles")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=CycleKind, default=CycleKind.REVIEW)
    state = FSMField(
        _("state"),
        max_length=20,
        choices=CycleState.choices,
        default=CycleState.REVIEWING,
        protected=True,
    )
    route = models.ForeignKey(Route, models.PROTECT, related_name="cycles")
    # The route as it was: [[{"role", "due_days", "may_be_not_applicable"}, …], …], one list a
    # stage. A later change of the route never touches it.
    stages = models.JSONField(_("stages"))
    # The roles whose positive verdict the release asks for (invariant 2).
    required_roles = models.JSONField(_("required roles"))
    stage = models.PositiveSmallIntegerField(_("current stage"), default=1)
    # What the verdicts are about now; a confirmed correction moves it on.
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="cycles")
    # The printed reference when it opened, so that a reference-only correction can be told.
    reference = models.CharField(_("reference"), max_length=24, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = ReviewCycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("review cycle")
        verbose_name_plural = _("review cycles")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="review_cycle_number_once"),
            # Invariant 6.
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(closed_at__isnull=True),
                name="review_one_open_cycle_a_version",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_CYCLE, closed_at__isnull=True)
                | (~Q(state__in=OPEN_CYCLE) & Q(closed_at__isnull=False)),
                name="review_closed_cycle_has_its_instant",
            ),
            models.CheckConstraint(
                condition=~Q(stages=[]) & ~Q(required_roles=[]), name="review_cycle_asks_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} — {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_CYCLE

    @transition(
        field=state,
        source=[CycleState.REVIEWING, CycleState.CONFIRMING],
        target=CycleState.AWAITING_CHANGES,
    )
    def await_changes(self) -> None: ...

    @transition(field=state, source=CycleState.AWAITING_CHANGES, target=CycleState.CONFIRMING)
    def confirm(self, *, revision: Revision) -> None:
        """The owner answered: those who asked confirm on the new revision."""
        self.revision = revision

    @transition(field=state, source=CycleState.CONFIRMING, target=CycleState.REVIEWING)
    def go_on(self) -> None:
        """Every change is confirmed: the next stage opens."""

    @transition(
        field=state,
        source=[CycleState.REVIEWING, CycleState.CONFIRMING],
        target=CycleState.PASSED,
    )
    def conclude(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(
        field=state,
        source=[CycleState.REVIEWING, CycleState.CONFIRMING],
        target=CycleState.CHANGES_REQUIRED,
    )
    def refuse(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(field=state, source=list(OPEN_CYCLE), target=CycleState.RECALLED)
    def recall(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(field=state, source=list(OPEN_CYCLE), target=CycleState.CANCELLED)
    def cancel(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(field=state, source=CycleState.AWAITING_CHANGES, target=CycleState.VOIDED)
    def void(self, *, at: datetime) -> None:
        self.closed_at = at


class ReviewTaskQuerySet(RecordedQuerySet):
    def visible_to(self, user: User) -> Self:
        """Tasks of the versions that this person may see in preparation."""
        return self.filter(cycle__version__in=Version.objects.visible_to(user))

    def open(self) -> Self:
        """Tasks that owe a signature."""
        return self.filter(state__in=OPEN_TASK)

    def mine(self, user: User, day: date | None = None) -> Self:
        """What falls to this person by role or by name, and what they decided.

        Given a day, what is lent to them on it too, as far as its products reach.
        """
        roles = Q(role__in=_roles_of(user))
        for role, products in lent_to(user, day) if day else ():
            roles |= _lent(role, products)
        by_role = roles & (Q(assignee__isnull=True) | Q(assignee=user))
        decided = self.model.objects.filter(pk=OuterRef("pk"), verdicts__decided_by=user)
        return self.filter(by_role | Q(Exists(decided)))

    def awaiting(self, user: User, day: date | None = None) -> Self:
        """Open tasks that this person may decide, soonest due first; on a day, as a delegate too.

        What they owned, edited or uploaded, and the cycles in which they decided another task,
        are left out (four eyes, DOMAIN.md §6); a confirmation falls to who asked for the change.
        """
        tasks = self.model.objects
        asked = tasks.filter(
            pk=OuterRef("pk"), verdicts__decided_by=user, verdicts__voided_at__isnull=True
        )
        elsewhere = tasks.filter(cycle=OuterRef("cycle"), verdicts__decided_by=user)
        elsewhere = elsewhere.exclude(pk=OuterRef("pk"))
        involved = Involvement.objects.filter(version=OuterRef("cycle__version"), user=user)
        return (
            self.mine(user, day)
            .open()
            .filter(~Exists(elsewhere), ~Exists(involved))
            .filter(Q(state=TaskState.OPEN) | Q(Exists(asked)))
            .order_by("due_on", "pk")
        )

    def overdue(self, at: datetime) -> Self:
        """Open tasks whose last working day is over."""
        return self.open().filter(due_on__lt=paris_day(at))

    def with_page(self) -> Self:
        """Everything a task's line shows, in a constant number of queries."""
        return self.select_related(
            "cycle__version__asset__asset_type",
            "cycle__version__asset__owner",
            "cycle__version__asset__lead_product",
            "assignee",
        )


def _lent(role: str, products: frozenset[int]) -> Q:
    """Tasks of a lent role; one limited to products covers every product of the asset."""
    if not products:
        return Q(role=role)
    named = AssetProduct.objects.filter(asset=OuterRef("cycle__version__asset"))
    return Q(role=role) & Q(Exists(named)) & ~Q(Exists(named.exclude(product__in=products)))


def _roles_of(user: User) -> set[str]:
    """The roles whose tasks a person sees as theirs: a deputy sees the pharmacist's."""
    roles = set(user.role_names)
    if Role.DEPUTY_PHARMACIST in roles:
        roles.add(Role.RESPONSIBLE_PHARMACIST)
    return roles


class ReviewTask(FSMModelMixin, Recorded):
    """One role's work in a cycle."""

    cycle = models.ForeignKey(ReviewCycle, models.PROTECT, related_name="tasks")
    stage = models.PositiveSmallIntegerField(_("stage"))
    role = models.CharField(_("role"), max_length=40, choices=Role)
    state = FSMField(
        _("state"),
        max_length=20,
        choices=TaskState.choices,
        default=TaskState.OPEN,
        protected=True,
    )
    # The last day on which it is in time.
    due_on = models.DateField(_("due on"))
    opened_at = models.DateTimeField(_("opened at"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="review_tasks",
        verbose_name=_("assigned to"),
    )
    assigned_at = models.DateTimeField(_("assigned at"), null=True, blank=True)
    may_be_not_applicable = models.BooleanField(_("may be not applicable"), default=False)
    # The questions as they were: [{"key", "fr", "en"}, …].
    questions = models.JSONField(_("checklist"), default=list, blank=True)

    objects = ReviewTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("review task")
        verbose_name_plural = _("review tasks")
        ordering: ClassVar[list[str]] = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "stage", "role"], name="review_one_task_a_role_and_stage"
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True, assigned_at__isnull=True)
                | Q(assignee__isnull=False, assigned_at__isnull=False),
                name="review_assignment_has_who_and_when",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "role", "due_on"], name="review_task_to_do")
        ]

    def __str__(self) -> str:
        return f"{self.cycle} — {Role(self.role).label}"

    def get_absolute_url(self) -> str:
        return reverse("review:task", args=[self.pk])

    @property
    def version(self) -> Version:
        return self.cycle.version

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_TASK

    @property
    def checklist(self) -> list[dict[str, str]]:
        """The questions in the language of the moment: ``[{"key", "label"}, …]``."""
        language = "en" if get_language() == "en" else "fr"
        return [{"key": item["key"], "label": item[language]} for item in self.questions]

    @property
    def verdict(self) -> Any:
        """The verdict in force, or None."""
        return self.verdicts.in_force().first()

    @transition(
        field=state, source=[TaskState.OPEN, TaskState.TO_CONFIRM], target=TaskState.DECIDED
    )
    def decide(self) -> None: ...

    @transition(field=state, source=TaskState.DECIDED, target=TaskState.TO_CONFIRM)
    def ask_confirmation(self) -> None: ...

    @transition(field=state, source=TaskState.TO_CONFIRM, target=TaskState.DECIDED)
    def confirm(self) -> None: ...

    @transition(field=state, source=TaskState.DECIDED, target=TaskState.OPEN)
    def reopen(self) -> None: ...

    @transition(field=state, source=list(OPEN_TASK), target=TaskState.CLOSED)
    def close(self) -> None: ...
