"""The authority's form: its questions for a dossier, in its order, and their answers."""

from dataclasses import dataclass

from django.utils import translation

from approvals.submissions.enums import Context
from approvals.submissions.models import Dossier


@dataclass(frozen=True)
class Answer:
    """One line of the form as the authority reads it: in French, in its order."""

    key: str
    label: str
    value: str
    required: bool


def form_answers(dossier: Dossier) -> list[Answer]:
    with translation.override("fr"):
        context = str(Context(dossier.context).label) if dossier.context else ""
    rows = [
        ("reference", "Référence", dossier.reference.value),
        ("cis", "Code CIS", dossier.cis),
        ("context", "Contexte", context),
        ("receipt_number", "Numéro de quittance", dossier.receipt_number),
    ]
    return [Answer(key, label, value, True) for key, label, value in rows] + [
        Answer(str(key), str(key), str(value), False) for key, value in dossier.form.items()
    ]
