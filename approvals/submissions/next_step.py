"""The one next thing to do on a batch (SCREENS.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.people.models import User
from approvals.submissions.completeness import Missing, missing_in, warnings_in
from approvals.submissions.enums import BatchState, DossierState, PieceKind
from approvals.submissions.models import Batch, Dossier
from approvals.submissions.policies import can_batch
from content.calendar import day_in_words

# Batches of which not everything is with the authority yet.
NOT_DEPOSITED = (BatchState.PREPARING, BatchState.FROZEN)


@dataclass(frozen=True)
class Step:
    """A sentence, and where it is done (``""``: only waiting)."""

    text: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class DossierRow:
    """One dossier of a batch, with what it still owes and what is worth knowing."""

    dossier: Dossier
    missing: list[Missing]
    warnings: list[Missing]
    has_proof: bool

    @property
    def owed(self) -> list[Step]:
        """What is missing, each with where it is given."""
        return [where_given(self.dossier, item) for item in self.missing]


def rows_of(batch: Batch, dossiers: Sequence[Dossier], day: date) -> list[DossierRow]:
    """Return each dossier with what it owes while the batch is prepared."""
    preparing = batch.state == BatchState.PREPARING
    rows = []
    for dossier in dossiers:
        waits = dossier.state == DossierState.PREPARING
        missing = missing_in(dossier) if preparing and waits else []
        warnings = warnings_in(dossier, day) if waits else []
        has_proof = any(piece.kind == PieceKind.PROOF for piece in dossier.pieces.all())
        rows.append(DossierRow(dossier, missing, warnings, has_proof))
    return rows


def where_given(dossier: Dossier, item: Missing) -> Step:
    """Return what is missing and where it is given: the form, the pieces, or a corrected file."""
    if item.code in PieceKind.values:
        address = reverse("submissions:piece", args=[dossier.pk])
        return Step(str(item.text), _("Add the piece"), f"{address}?kind={item.code}")
    if item.code == "reference_printed":
        # A file is corrected by its owner, after regulatory sent the version back.
        return Step(str(item.text), _("Open the version"), dossier.version.get_absolute_url())
    address = reverse("submissions:dossier", args=[dossier.pk])
    return Step(str(item.text), _("Complete the dossier"), address)


def next_step(batch: Batch, rows: Sequence[DossierRow], by: User, day: date) -> Step | None:
    """Return what is to be done next on a batch, or None when nothing is or one may not."""
    if not can_batch(by):
        return None
    open_rows = [row for row in rows if row.dossier.state == DossierState.PREPARING]
    if batch.state in NOT_DEPOSITED and not batch.window_is_open(day):
        return _after_closing(batch, open_rows)
    if batch.state == BatchState.PREPARING:
        return _while_preparing(batch, open_rows)
    if batch.state == BatchState.FROZEN:
        return _while_frozen(batch, open_rows)
    waiting = [row.dossier for row in rows if row.dossier.state == DossierState.DEPOSITED]
    return _while_deposited(waiting, day) if waiting else None


def _after_closing(batch: Batch, rows: Sequence[DossierRow]) -> Step:
    """What was not deposited in time is missed; a deposit made in time may still be recorded."""
    if not rows:
        return Step(
            _("Nothing of this batch was deposited, and its window is closed."),
            _("Cancel the batch"),
            reverse("submissions:cancel", args=[batch.pk]),
        )
    dossier = rows[0].dossier
    if rows[0].has_proof and batch.state == BatchState.FROZEN:
        return _recording(dossier)
    assert batch.window is not None
    return Step(
        _(
            "The window closed on %(day)s. Add the acknowledgement of %(dossier)s if it was"
            " deposited in time; else declare it missed."
        )
        % {"day": day_in_words(batch.window.closes_on), "dossier": dossier},
        _("Declare it missed"),
        reverse("submissions:miss", args=[dossier.pk]),
    )


def _recording(dossier: Dossier) -> Step:
    return Step(
        _("The acknowledgement of %(dossier)s is there.") % {"dossier": dossier},
        _("Record the deposit"),
        reverse("submissions:deposit", args=[dossier.pk]),
    )


def _while_preparing(batch: Batch, rows: Sequence[DossierRow]) -> Step:
    if not rows:
        return Step(
            _("This batch is empty: add a version that is approved and planned for it."),
            _("Add a version"),
            reverse("submissions:add", args=[batch.pk]),
        )
    incomplete = next((row for row in rows if row.missing), None)
    if incomplete is not None:
        return _completing(incomplete)
    return Step(
        _("Every dossier is complete."),
        _("Freeze the batch"),
        reverse("submissions:freeze", args=[batch.pk]),
    )


def _completing(row: DossierRow) -> Step:
    """Lead to where the first missing thing is given."""
    first = where_given(row.dossier, row.missing[0])
    text = _("%(dossier)s still needs %(what)s.") % {"dossier": row.dossier, "what": first.text}
    return Step(text, first.label, first.url)


def _while_frozen(batch: Batch, rows: Sequence[DossierRow]) -> Step:
    if not rows:
        return Step(
            _("No dossier is left in this batch: reopen it to add another, or cancel it."),
            _("Cancel the batch"),
            reverse("submissions:cancel", args=[batch.pk]),
        )
    row = rows[0]
    if not row.has_proof:
        return Step(
            _("Deposit %(dossier)s on the portal, then add its acknowledgement.")
            % {"dossier": row.dossier},
            _("Add the acknowledgement"),
            reverse("submissions:piece", args=[row.dossier.pk]) + "?kind=proof",
        )
    return _recording(row.dossier)


def _while_deposited(waiting: Sequence[Dossier], day: date) -> Step:
    dossier = waiting[0]
    ends_on: Any = dossier.evaluation_ends_on
    if ends_on is not None and day > ends_on:
        return Step(
            _("The evaluation of %(dossier)s ended on %(day)s.")
            % {"dossier": dossier, "day": day_in_words(ends_on)},
            _("Confirm the tacit grant"),
            reverse("submissions:tacit", args=[dossier.pk]),
        )
    text = _("The authority evaluates %(dossier)s.") % {"dossier": dossier}
    if ends_on is not None:
        text = _("The authority evaluates %(dossier)s until %(day)s.") % {
            "dossier": dossier,
            "day": day_in_words(ends_on),
        }
    return Step(text, _("Record its decision"), reverse("submissions:decide", args=[dossier.pk]))
