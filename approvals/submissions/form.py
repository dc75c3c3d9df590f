"""The authority's form: its questions for a dossier, in its order, and their answers.

Answers come from what is known (reference, CIS), from columns of the dossier (receipt number,
context) and from what was typed (``Dossier.form``). The freeze keeps the whole form as it was then.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from approvals.submissions.enums import (
    COLUMN_SOURCES,
    FIXED_SOURCES,
    AnswerKind,
    AnswerSource,
    Context,
)
from approvals.submissions.models import Dossier, FormQuestion

LONGEST = 4000
YES_NO = {"yes": "oui", "no": "non"}
FIELD = "form.%s"


@dataclass(frozen=True)
class Answer:
    """One line of the form as the authority reads it: in French, in its order."""

    key: str
    label: str
    value: str
    required: bool


def questions_of(dossier: Dossier) -> list[FormQuestion]:
    """Return the questions that the authority asks for this dossier, in its order."""
    asked = [
        question
        for question in dossier.version.asset.jurisdiction.form_questions.all()
        if question.active
        and question.category == dossier.batch.category
        and question.concerns(dossier.support_kind)
    ]
    return sorted(asked, key=lambda question: (question.position, question.pk))


def field_name(question: FormQuestion) -> str:
    """Return the field at which a question is asked, and refused: a column, or ``form.<key>``."""
    return question.source if question.source in COLUMN_SOURCES else FIELD % question.key


def form_answers(dossier: Dossier) -> list[Answer]:
    """Return the form in the authority's order; once frozen, as it was signed for."""
    if dossier.frozen_form is not None:
        return [Answer(**line) for line in dossier.frozen_form]
    return [
        Answer(question.key, question.label_fr, _in_french(question, dossier), question.required)
        for question in questions_of(dossier)
    ]


def frozen(dossier: Dossier) -> list[dict[str, Any]]:
    """Return what a dossier keeps of its form when its batch is frozen."""
    return [asdict(answer) for answer in form_answers(dossier)]


def raw_value(question: FormQuestion, dossier: Dossier) -> str:
    """Return an answer as it is stored: given, or proposed from what is known."""
    if question.source in COLUMN_SOURCES:
        return str(getattr(dossier, question.source))
    if question.source in FIXED_SOURCES:
        return _known(question.source, dossier)
    return str(dossier.form.get(question.key) or _known(question.source, dossier))


def _known(source: str, dossier: Dossier) -> str:
    """Return what the application knows itself; nothing for what is only typed."""
    asset = dossier.version.asset
    product = asset.lead_product
    known = {
        AnswerSource.REFERENCE: dossier.reference.value,
        AnswerSource.LEAD_CIS: dossier.cis,
        AnswerSource.ATC: product.atc if product else "",
        AnswerSource.HOLDER: product.holder if product else "",
        AnswerSource.TITLE: asset.title,
        AnswerSource.CONTACT_NAME: str(dossier.created_by),
        AnswerSource.CONTACT_EMAIL: dossier.created_by.email,
    }
    return str(known.get(AnswerSource(source), "")) if source else ""


def _in_french(question: FormQuestion, dossier: Dossier) -> str:
    value = raw_value(question, dossier)
    if not value:
        return ""
    if question.source == AnswerSource.CONTEXT:
        with translation.override("fr"):
            return str(Context(value).label)
    if question.kind == AnswerKind.YES_NO:
        return YES_NO.get(value, value)
    # Given before an administrator asked for a day, it is told as it was given.
    if question.kind == AnswerKind.DATE and _is_day(value):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return value


def choices_of(question: FormQuestion, current: str = "") -> list[tuple[str, Any]]:
    """Return what can be chosen: stored value and words; what is chosen now stays a choice."""
    if question.source == AnswerSource.CONTEXT:
        return [(value, label) for value, label in Context.choices]
    if question.kind == AnswerKind.YES_NO:
        return [("yes", _("yes")), ("no", _("no"))]
    listed = [str(choice) for choice in question.choices]
    if current and current not in listed:
        listed.append(current)
    return [(choice, choice) for choice in listed]


def form_errors(dossier: Dossier, answers: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what is wrong with answers, each at its field ``form.<key>``."""
    asked = {question.key: question for question in questions_of(dossier)}
    errors: dict[str, list[Any]] = {}
    for key, value in answers.items():
        sentence = _refusal(asked.get(str(key)), value)
        if sentence:
            errors[FIELD % key] = [sentence]
    return errors


def support_kind_error(dossier: Dossier, value: str) -> str:
    """Return why a kind of support is none of the authority's, or nothing."""
    asked = (one for one in questions_of(dossier) if one.source == AnswerSource.SUPPORT_KIND)
    question = next(asked, None)
    if question is None or question.kind != AnswerKind.CHOICE:
        return ""
    listed = [stored for stored, _label in choices_of(question, dossier.support_kind)]
    return "" if value in ("", *listed) else _choose(listed)


def _choose(listed: list[str]) -> str:
    return _("Choose one of: %(choices)s.") % {"choices": ", ".join(listed)}


def _refusal(question: FormQuestion | None, value: Any) -> str:
    if question is None:
        return _("The authority's form has no such question for this dossier.")
    if question.source in FIXED_SOURCES:
        return _("This answer follows from the version: it is not typed.")
    if question.source in COLUMN_SOURCES:
        return _("This answer has a field of its own, %(field)s: give it there.") % {
            "field": question.source
        }
    if not isinstance(value, str):
        return _("Give a text.")
    return _wrong_value(question, value.strip()) if value.strip() else ""


def _wrong_value(question: FormQuestion, value: str) -> str:
    if len(value) > LONGEST:
        return _("Give at most %(limit)s characters.") % {"limit": LONGEST}
    if question.kind in (AnswerKind.CHOICE, AnswerKind.YES_NO):
        listed = [stored for stored, _label in choices_of(question)]
        if value not in listed:
            return _choose(listed)
    if question.kind == AnswerKind.NUMBER and not re.fullmatch(r"[0-9]{1,12}([.,][0-9]+)?", value):
        return _("Give a number.")
    if question.kind == AnswerKind.DATE and not _is_day(value):
        return _("Give a day as YYYY-MM-DD.")
    return ""


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def taken_over(dossier: Dossier) -> dict[str, str]:
    """Return what a new dossier takes over from the last ones: an address is typed once."""
    before = Dossier.objects.filter(
        version__asset__jurisdiction=dossier.version.asset.jurisdiction_id
    ).order_by("-pk")
    last = before.first()
    of_product = before.filter(cis=dossier.cis).first()
    found = {}
    for question in questions_of(dossier):
        kept = {AnswerSource.LAST_DOSSIER: last, AnswerSource.LAST_OF_PRODUCT: of_product}
        previous = kept.get(AnswerSource(question.source)) if question.source else None
        value = previous.form.get(question.key) if previous is not None else ""
        if value and not _refusal(question, value):
            found[question.key] = str(value)
    return found
