"""What a dossier still owes before its batch can freeze (DOMAIN.md §8)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.submissions.enums import AnswerSource, Context, PieceKind, Printed
from approvals.submissions.form import questions_of, raw_value
from approvals.submissions.models import Dossier, FormQuestion
from content.assets.enums import ChangeKind, DependencyKind
from content.catalogue.enums import DocumentKind

# What changes the text at which an answer is asked for.
ASKED = {AnswerSource.RECEIPT_NUMBER: _("the receipt number (11 or 12 digits)")}


@dataclass(frozen=True)
class Missing:
    """One thing a dossier lacks: its batch does not freeze without it."""

    code: str
    text: Any


def missing_in(dossier: Dossier) -> list[Missing]:
    """Return what is missing in a dossier, in the order in which one fills it in."""
    present = {piece.kind for piece in dossier.pieces.all()}
    pieces = [
        Missing(kind, _piece_text(dossier, kind))
        for kind in required_pieces(dossier)
        if kind not in present
    ]
    return _missing_answers(dossier) + pieces + _missing_reference(dossier)


def _missing_answers(dossier: Dossier) -> list[Missing]:
    """The questions that the authority's form requires, and what a renewal owes besides."""
    owed = [
        Missing(question.key, _answer_text(question))
        for question in questions_of(dossier)
        if question.required and not raw_value(question, dossier)
    ]
    renewal = dossier.context == Context.RENEWAL
    renewal = renewal or dossier.version.change_kind == ChangeKind.RENEWAL
    if renewal and not dossier.former_reference:
        owed.append(Missing("former_reference", _("the former reference: this is a renewal")))
    if renewal and not dossier.modified_elements:
        owed.append(Missing("modified_elements", _("what changed since the former reference")))
    named = {item.code: item for item in reversed(owed)}
    return list(reversed(named.values()))


def _answer_text(question: FormQuestion) -> Any:
    text = ASKED.get(AnswerSource(question.source)) if question.source else None
    return text or _("the answer to “%(question)s”") % {"question": question.label}


def _piece_text(dossier: Dossier, kind: str) -> Any:
    if kind == PieceKind.REFERENCE and cites_publication(dossier):
        return _("piece: the publication that it cites, its passages highlighted")
    return _("piece: %(piece)s") % {"piece": PieceKind(kind).label}


def required_pieces(dossier: Dossier) -> list[str]:
    """Return the kinds of pieces that the authority asks for this kind of support."""
    rules = dossier.version.asset.jurisdiction.piece_rules.all()
    kinds = {
        rule.piece
        for rule in rules
        if rule.active and rule.concerns(dossier.batch.category, dossier.support_kind)
    }
    if dossier.batch.window_id is None:
        # R.5122-2-1: the letter that proves the reassessment.
        kinds.add(PieceKind.LETTER)
    if cites_publication(dossier):
        kinds.add(PieceKind.REFERENCE)
    return [kind for kind in PieceKind.values if kind in kinds]


def cites_publication(dossier: Dossier) -> bool:
    """Whether the version cites a publication, which the authority then wants to read."""
    return any(
        dependency.kind == DependencyKind.CITES
        and dependency.document is not None
        and dependency.document.kind == DocumentKind.PUBLICATION
        for dependency in dossier.version.dependencies.all()
    )


def _missing_reference(dossier: Dossier) -> list[Missing]:
    """The file shows its reference; only one that cannot be read is exempt, with a reason."""
    if dossier.reference_printed == Printed.ABSENT:
        return [
            Missing(
                "reference_printed",
                _("the reference %(reference)s, which the file does not show")
                % {"reference": dossier.reference.value},
            )
        ]
    if dossier.reference_printed == Printed.UNREADABLE and not dossier.reference_exempt_reason:
        return [
            Missing(
                "reference_unreadable",
                _("the reason for exempting its reference: no text can be read in the file"),
            )
        ]
    return []


def warnings_in(dossier: Dossier, day: date) -> list[Missing]:
    """Return what does not bar the freeze, but is worth knowing before it."""
    found = [
        Missing(
            "not_in_public_database",
            _("%(product)s (%(cis)s) is no longer in the public database: check its code.")
            % {"product": product.name, "cis": product.cis},
        )
        for product in dossier.version.asset.products.all()
        if not product.in_public_database
    ]
    window = dossier.batch.window
    if window is not None and window.provisional:
        found.append(
            Missing(
                "window_provisional",
                _("The window is provisional: nothing is deposited until it is published."),
            )
        )
    return found + _month_warning(dossier, day)


def _month_warning(dossier: Dossier, day: date) -> list[Missing]:
    """A deposit is possible on no day of the reference's month any more."""
    reference = dossier.reference
    if (reference.year, reference.month) >= (day.year, day.month):
        return []
    if dossier.month_override_reason:
        text = _("It is deposited in another month than its reference's: %(reason)s") % {
            "reason": dossier.month_override_reason
        }
    else:
        text = _("The month of its reference is over: correct it, or say why at the deposit.")
    return [Missing("reference_month", text)]
