"""Keep what the authority asks for: the questions of its form, and the pieces of a dossier."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.models import User
from approvals.submissions.enums import AnswerKind, AnswerSource, PieceKind
from approvals.submissions.models import FormQuestion, PieceRule
from approvals.submissions.policies import FORM_ROLES, check_can_keep_form
from content.catalogue.enums import VisaCategory
from content.catalogue.models import Jurisdiction

# What a new question may take its answer from; the others are asked already.
OFFERED_SOURCES = ("", AnswerSource.LAST_DOSSIER, AnswerSource.LAST_OF_PRODUCT)
FIXED_ONCE_ASKED = ("key", "category", "source")
TEXTS = {"label_fr": 300, "label_en": 300, "key": 60}
FIELDS = (
    *FIXED_ONCE_ASKED,
    "label_fr",
    "label_en",
    "kind",
    "choices",
    "required",
    "support_kinds",
    "position",
    "active",
)
FARTHEST = 32_000


@act("save_question", roles=FORM_ROLES)
def save_question(
    wanted: Mapping[str, Any],
    *,
    question_id: int | None = None,
    reason: str,
    by: User,
    now: datetime,
) -> FormQuestion:
    """Ask a new question, or change one: its words, its place, whether it is owed or still asked.

    What is frozen keeps the question and the answer that it was signed with.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator.
    :raises InvalidInput: ``reason`` if blank, or the field that is wrong.
    :raises StateConflict: ``question_exists``.
    """
    check_can_keep_form(by)
    _owed(reason)
    jurisdiction = Jurisdiction.objects.get(code="FR")
    kept = {one.pk: one for one in FormQuestion.objects.locked().filter(jurisdiction=jurisdiction)}
    if question_id is None:
        question = FormQuestion(jurisdiction=jurisdiction)
        _check_new(wanted, list(kept.values()))
    elif question_id in kept:
        question = kept[question_id]
        _check_unmoved(question, wanted)
    else:
        raise InvalidInput.at("question", _("There is no such question."))
    for name, value in wanted.items():
        setattr(question, name, value.strip() if isinstance(value, str) else value)
    _check_question(question)
    question.save()
    return question


def _owed(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput.at("reason", _("Say why."))


def _check_new(wanted: Mapping[str, Any], kept: list[FormQuestion]) -> None:
    key, category = str(wanted.get("key", "")).strip(), wanted.get("category", "")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key):
        raise InvalidInput.at("key", _("Give a key of small letters, digits and underscores."))
    if category not in VisaCategory.values:
        raise InvalidInput.at("category", _("Choose PM or GP."))
    if wanted.get("source", "") not in OFFERED_SOURCES:
        raise InvalidInput.at("source", _("Choose one of the sources of the list."))
    if any((one.key, one.category) == (key, category) for one in kept):
        raise StateConflict(
            "question_exists",
            _("A question “%(key)s” exists for %(category)s: change it.")
            % {"key": key, "category": category},
        )


def _check_unmoved(question: FormQuestion, wanted: Mapping[str, Any]) -> None:
    """The key, the category and the source of a question never change: answers hang on them."""
    for name in FIXED_ONCE_ASKED:
        if name in wanted and wanted[name] != getattr(question, name):
            raise InvalidInput.at(
                name, _("This never changes: retire the question and ask another.")
            )


def _check_question(question: FormQuestion) -> None:
    errors: dict[str, list[Any]] = {}
    for name, limit in TEXTS.items():
        value = getattr(question, name)
        if not isinstance(value, str) or not 1 <= len(value) <= limit:
            errors[name] = [_("Give a text of at most %(limit)s characters.") % {"limit": limit}]
    if question.kind not in AnswerKind.values:
        errors["kind"] = [_("Choose one of the kinds of the list.")]
    for name in ("choices", "support_kinds"):
        listed = getattr(question, name)
        if not isinstance(listed, list) or not all(
            isinstance(one, str) and 0 < len(one.strip()) <= 100 for one in listed
        ):
            errors[name] = [_("Give a list of texts, each of at most 100 characters.")]
    if question.kind == AnswerKind.CHOICE and not question.choices:
        errors["choices"] = [_("Give what can be chosen, in the authority’s words.")]
    place = question.position
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place <= FARTHEST:
        errors["position"] = [_("Give a place in the form: a number.")]
    if errors:
        raise InvalidInput(errors)


@act("add_piece_rule", roles=FORM_ROLES)
def add_piece_rule(
    *,
    piece: str,
    category: str = "",
    support_kind: str = "",
    reason: str,
    by: User,
    now: datetime,
) -> PieceRule:
    """Ask for a piece: for a category, for a kind of support, or for every dossier.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator.
    :raises InvalidInput: ``reason``, ``piece``, ``category``, ``support_kind``.
    :raises StateConflict: ``piece_asked_already``.
    """
    check_can_keep_form(by)
    _owed(reason)
    if piece not in PieceKind.values or piece == PieceKind.PROOF:
        raise InvalidInput.at("piece", _("Choose one of the kinds of the list."))
    if category and category not in VisaCategory.values:
        raise InvalidInput.at("category", _("Choose PM or GP."))
    if len(support_kind.strip()) > 100:
        raise InvalidInput.at(
            "support_kind", _("Give at most %(limit)s characters.") % {"limit": 100}
        )
    jurisdiction = Jurisdiction.objects.get(code="FR")
    case = {"category": category, "support_kind": support_kind.strip(), "piece": piece}
    rules = PieceRule.objects.locked().filter(jurisdiction=jurisdiction)
    found = next((rule for rule in rules if _case_of(rule) == case), None)
    rule = found or PieceRule(jurisdiction=jurisdiction, **case)
    if found is not None and found.active:
        raise StateConflict("piece_asked_already", _("This piece is asked for already."))
    rule.active = True
    rule.save()
    return rule


def _case_of(rule: PieceRule) -> dict[str, str]:
    return {"category": rule.category, "support_kind": rule.support_kind, "piece": rule.piece}


@act("remove_piece_rule", roles=FORM_ROLES)
def remove_piece_rule(rule_id: int, *, reason: str, by: User, now: datetime) -> PieceRule:
    """Ask for a piece no longer; its history stays.

    :raises PolicyDenied: ``role_missing`` unless ``by`` is an administrator.
    :raises InvalidInput: ``reason`` if blank.
    :raises StateConflict: ``piece_not_asked``.
    """
    check_can_keep_form(by)
    _owed(reason)
    rule: PieceRule = PieceRule.objects.locked().get(pk=rule_id)
    if not rule.active:
        raise StateConflict("piece_not_asked", _("This piece is not asked for any more."))
    rule.active = False
    rule.save()
    return rule
