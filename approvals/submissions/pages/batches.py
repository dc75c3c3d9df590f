"""Batches: what goes into the next window, what is missing, the one next step."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import OWNERS, PHARMACISTS, Role
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.signatures.pages import SignedActPage
from approvals.submissions.actions import (
    add_to_batch,
    cancel_batch,
    create_batch,
    freeze_batch,
    remove_from_batch,
    unfreeze_batch,
)
from approvals.submissions.enums import LEFT_BATCH, BatchState, DossierState
from approvals.submissions.forms import AddForm, NewBatchForm, ReasonForm
from approvals.submissions.models import Batch, Dossier
from approvals.submissions.next_step import next_step, rows_of
from approvals.submissions.pages.on_batch import OnBatch
from approvals.submissions.pages.packages import standing
from approvals.submissions.policies import (
    can_batch,
    can_cancel,
    can_unfreeze,
    check_can_batch,
    check_can_cancel,
    check_can_freeze,
    check_can_remove,
    check_can_unfreeze,
    check_preparing,
)
from approvals.submissions.reading import read_ahead
from config.http.pages import ActPage, Page
from content.assets.enums import State
from content.assets.models import Version
from content.calendar import paris_day

SEES_BATCHES = (
    *OWNERS,
    *PHARMACISTS,
    Role.REGULATORY_REVIEWER,
    Role.MEDICAL_REVIEWER,
    Role.COMPLIANCE_REVIEWER,
    Role.INSPECTOR,
)
# In seconds: how often the page looks again while a package is made.
LOOK_AGAIN = 3
BATCH_PILLS = {
    BatchState.PREPARING: ("✎", "amber"),
    BatchState.FROZEN: ("◔", "blue"),
    BatchState.DEPOSITED: ("⇪", "indigo"),
    BatchState.CLOSED: ("✓", "teal"),
    BatchState.CANCELLED: ("✕", "grey"),
}
DOSSIER_PILLS = {
    DossierState.PREPARING: ("✎", "amber"),
    DossierState.DEPOSITED: ("⇪", "indigo"),
    DossierState.GRANTED: ("◈", "violet"),
    DossierState.REFUSED: ("✕", "red"),
    DossierState.WITHDRAWN_BY_APPLICANT: ("✕", "grey"),
    DossierState.INADMISSIBLE: ("✕", "red"),
    DossierState.REMOVED: ("✕", "grey"),
    DossierState.MISSED: ("✕", "grey"),
}


def pill_of(thing: Any) -> tuple[str, Any, str]:
    """Return the shape, word and colour of a batch's or a dossier's state."""
    if isinstance(thing, Batch):
        shape, colour = BATCH_PILLS[BatchState(thing.state)]
        return shape, BatchState(thing.state).label, colour
    shape, colour = DOSSIER_PILLS[DossierState(thing.state)]
    return shape, DossierState(thing.state).label, colour


class BatchPage(Page):
    """One batch: its dossiers, what each owes, the one next step."""

    roles = SEES_BATCHES
    template_name = "submissions/batch.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batches = Batch.objects.visible_to(self.by).select_related("window")
        batch = get_object_or_404(batches, pk=pk)
        dossiers = list(batch.dossiers.visible_to(self.by).with_page())
        for dossier in dossiers:
            dossier.batch = batch
        day = paris_day(self.now)
        rows = rows_of(batch, dossiers, day)
        package = standing(batch, self.by)
        response = self.page(
            title=str(batch),
            batch=batch,
            pill=pill_of(batch),
            rows=[(row, pill_of(row.dossier), self.links(batch, row.dossier)) for row in rows],
            step=next_step(batch, rows, self.by, day),
            may_complete=can_batch(self.by),
            seals=batch.seals.select_related("signature"),
            acts=self.acts(batch),
            package=package,
        )
        if package is not None and package.waits:
            response["Refresh"] = str(LOOK_AGAIN)
        return response

    def acts(self, batch: Batch) -> list[tuple[str, str]]:
        """Return the acts on the batch itself that would be accepted: (words, address)."""
        found = []
        if can_batch(self.by) and batch.state == BatchState.PREPARING:
            found.append((gettext("Add a version"), reverse("submissions:add", args=[batch.pk])))
        if can_unfreeze(batch, self.by):
            found.append((gettext("Reopen"), reverse("submissions:unfreeze", args=[batch.pk])))
        if can_cancel(batch, self.by):
            found.append(
                (gettext("Cancel the batch"), reverse("submissions:cancel", args=[batch.pk]))
            )
        return found

    def links(self, batch: Batch, dossier: Dossier) -> list[tuple[str, str]]:
        """Return the acts on a dossier that would be accepted: (words, address)."""
        names = []
        if dossier.deposited_at is not None:
            names.append((gettext("Decisions"), "decisions"))
        names += self.act_names(batch, dossier) if can_batch(self.by) else []
        return [(words, reverse(f"submissions:{name}", args=[dossier.pk])) for words, name in names]

    @staticmethod
    def act_names(batch: Batch, dossier: Dossier) -> list[tuple[str, str]]:
        """Return regulatory's acts on a dossier: (words, name of the page)."""
        preparing = dossier.state == DossierState.PREPARING
        names = []
        if preparing:
            names.append((gettext("Form"), "dossier"))
        if dossier.state == DossierState.DEPOSITED:
            names.append((gettext("Enter its receipt"), "dossier"))
        if dossier.state not in LEFT_BATCH:
            names.append((gettext("Add a piece"), "piece"))
        if preparing and batch.state == BatchState.PREPARING:
            names.append((gettext("Remove"), "remove"))
        if preparing and batch.state == BatchState.FROZEN:
            names.append((gettext("Record the deposit"), "deposit"))
        if preparing:
            names.append((gettext("Declare it missed"), "miss"))
        if dossier.state in (DossierState.DEPOSITED, DossierState.GRANTED):
            names.append((gettext("Record a decision"), "decide"))
        return names


class CreateBatchPage(ActPage):
    title = _("Open a batch")
    button = _("Open the batch")
    form_class = NewBatchForm

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return None

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        check_can_batch(by)

    def form_kwargs(self, obj: Any) -> dict[str, Any]:
        return {"day": paris_day(self.now)}

    def back(self, obj: Any) -> str:
        return reverse("submissions:batches")

    def _form(self, obj: Any, **bound: Any) -> Any:
        self.shown = super()._form(obj, **bound)
        return self.shown

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        return create_batch(**self.shown.batch(), by=by, now=now)


class AddPage(OnBatch):
    title = _("Add a version to the batch")
    button = _("Add the version")
    form_class = AddForm

    def check(self, obj: Batch, by: Any, now: datetime) -> None:
        check_can_batch(by)
        check_preparing(obj)

    def form_kwargs(self, obj: Batch) -> dict[str, Any]:
        return {"candidates": candidates_of(obj)}

    def consequences(self, obj: Batch) -> list[str]:
        if candidates_of(obj):
            return [gettext("The version is in the batch from then on: it is no longer changed.")]
        return [gettext("No approved version waits for this window: its owner plans it first.")]

    def prepared(self, obj: Batch, cleaned_data: dict[str, Any]) -> dict[str, Any]:
        return {**cleaned_data, "reading": read_ahead(cleaned_data["version"])}

    def perform(self, obj: Batch, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        add_to_batch(obj.pk, **cleaned_data, by=by, now=now)
        return obj


def candidates_of(batch: Batch) -> list[Version]:
    """Return the approved versions that are planned for a batch's window."""
    planned = Version.objects.filter(
        state=State.APPROVED,
        needs_visa=True,
        visa_category=batch.category,
        planned_deposits__replaced_at__isnull=True,
        planned_deposits__window=batch.window,
    )
    return list(planned.select_related("asset").order_by("asset__code", "pk"))


class RemovePage(ActPage):
    title = _("Remove from the batch")
    button = _("Remove the version")
    grave = True

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Dossier:
        dossiers = Dossier.objects.visible_to(self.by).with_page()
        return get_object_or_404(dossiers, pk=kwargs["pk"])

    def check(self, obj: Dossier, by: Any, now: datetime) -> None:
        check_can_remove(obj, by)

    def consequences(self, obj: Dossier) -> list[str]:
        return [
            gettext("%(version)s is approved again and keeps its reference.")
            % {"version": obj.version}
        ]

    def perform(self, obj: Dossier, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        remove_from_batch(obj.batch_id, version=obj.version_id, by=by, now=now)
        return obj.get_absolute_url()


class CancelPage(OnBatch):
    title = _("Cancel the batch")
    button = _("Cancel the batch")
    grave = True
    form_class = ReasonForm

    def check(self, obj: Batch, by: Any, now: datetime) -> None:
        check_can_cancel(obj, by)

    def consequences(self, obj: Batch) -> list[str]:
        return [gettext("Every version in it is approved again.")]

    def perform(self, obj: Batch, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        cancel_batch(obj.pk, reason=cleaned_data["reason"], by=by, now=now)
        return obj


class SignedOnBatch(SignedActPage):
    """A signed act on one batch."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Batch:
        batches = Batch.objects.visible_to(self.by).select_related("window")
        return get_object_or_404(batches, pk=kwargs["pk"])


class FreezePage(SignedOnBatch):
    title = _("Freeze the batch")
    meaning = Meaning.BATCH_FREEZE

    def check(self, obj: Batch, by: Any, now: datetime) -> None:
        check_can_freeze(obj, by)
        super().check(obj, by, now)

    def consequences(self, obj: Batch) -> list[str]:
        return [
            gettext("%(reference)s — %(version)s is frozen for the deposit.")
            % {"reference": dossier.reference.value, "version": dossier.version}
            for dossier in obj.dossiers.preparing().with_page()
        ]

    def perform(  # type: ignore[override]
        self, obj: Batch, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> Any:
        freeze_batch(obj.pk, credentials=credentials, by=by, now=now)
        return obj


class UnfreezePage(SignedOnBatch):
    title = _("Reopen the batch")
    meaning = Meaning.BATCH_UNFREEZE
    form_class = ReasonForm
    grave = True

    def check(self, obj: Batch, by: Any, now: datetime) -> None:
        check_can_unfreeze(obj, by)
        super().check(obj, by, now)

    def consequences(self, obj: Batch) -> list[str]:
        return [
            gettext("The package that was frozen is void: freeze the batch again to deposit it.")
        ]

    def perform(  # type: ignore[override]
        self, obj: Batch, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> Any:
        unfreeze_batch(
            obj.pk, reason=cleaned_data["reason"], credentials=credentials, by=by, now=now
        )
        return obj
