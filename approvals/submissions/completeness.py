"""What a dossier still owes before its batch can freeze (DOMAIN.md §8)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.submissions.enums import Context, PieceKind, Printed
from approvals.submissions.models import Dossier
from approvals.submissions.reading import text_of
from content.assets.enums import ChangeKind
from content.assets.models import Revision


@dataclass(frozen=True)
class Missing:
    """One thing a dossier lacks: its batch does not freeze without it."""

    code: str
    text: Any


def missing_in(dossier: Dossier) -> list[Missing]:
    """Return what is missing in a dossier, in the order in which one fills it in."""
    owed: list[Missing] = []
    if not dossier.receipt_number:
        owed.append(Missing("receipt_number", _("the receipt number (11 or 12 digits)")))
    present = {piece.kind for piece in dossier.pieces.all()}
    owed += [
        Missing(kind, _("piece: %(piece)s") % {"piece": PieceKind(kind).label})
        for kind in required_pieces(dossier)
        if kind not in present
    ]
    renewal = dossier.context == Context.RENEWAL
    renewal = renewal or dossier.version.change_kind == ChangeKind.RENEWAL
    if renewal and not dossier.former_reference:
        owed.append(Missing("former_reference", _("the former reference: this is a renewal")))
    return owed + _missing_reference(dossier)


def required_pieces(dossier: Dossier) -> list[str]:
    """Return the kinds of pieces that the authority asks for this kind of support."""
    rules = dossier.version.asset.jurisdiction.piece_rules.all()
    kinds = {rule.piece for rule in rules if rule.support_kind in ("", dossier.support_kind)}
    if dossier.batch.window_id is None:
        # R.5122-2-1: the letter that proves the reassessment.
        kinds.add(PieceKind.LETTER)
    return [kind for kind in PieceKind.values if kind in kinds]


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


def printed_in(revision: Revision, reference: str) -> Printed:
    """Say whether a reference is found in the text of a revision's files."""
    texts = [text_of(file) for file in revision.files.all()]
    wanted = squeezed(reference)
    if any(wanted in squeezed(text) for text in texts):
        return Printed.FOUND
    return Printed.ABSENT if any(squeezed(text) for text in texts) else Printed.UNREADABLE


def squeezed(text: str) -> str:
    """Return a text without its blanks: a layout may break a reference over two lines."""
    return "".join(text.split()).casefold()
