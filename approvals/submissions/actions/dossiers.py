"""Complete a dossier: its form, its receipt number, its pieces."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.audit import InvalidInput, act
from approvals.people.models import User
from approvals.submissions.actions.locking import lock_dossier
from approvals.submissions.enums import LEFT_BATCH, Context, PieceKind, Printed
from approvals.submissions.form import form_errors, support_kind_error
from approvals.submissions.models import Dossier, DossierPiece
from approvals.submissions.models.dossiers import receipt_validator
from approvals.submissions.policies import (
    BATCH_ROLES,
    check_can_add_piece,
    check_can_batch,
    check_can_date_receipt,
    check_can_edit_dossier,
    check_dossier_preparing,
)
from content import files as storage
from content.assets.inspection import check_extension, check_name, check_size

EDITABLE_FIELDS = (
    "support_kind",
    "context",
    "former_reference",
    "modified_elements",
    "receipt_number",
    "form",
    "reference_exempt_reason",
)
# What is known only once the package left.
LATE_FIELDS = ("registration_number", "month_override_reason", "received_on")
# Fields that are no text, each with the sentence for another shape.
NOT_TEXTS: dict[str, tuple[type, Any]] = {
    "form": (dict, gettext_lazy("The form is a set of named answers.")),
    "received_on": (date, gettext_lazy("Give a day as YYYY-MM-DD.")),
}


@act("edit_dossier", roles=BATCH_ROLES)
def edit_dossier(
    dossier_id: int, *, changes: Mapping[str, Any], by: User, now: datetime
) -> Dossier:
    """Fill in a dossier's form while its batch is prepared; three fields also later.

    ``form`` holds answers by their question's key: those named change, the others stay, a blank
    one is taken back. ``received_on`` is the authority's receipt, known at times only after the
    deposit was recorded.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: the field that is unknown or wrong; ``receipt_number`` if used before;
        ``reference_exempt_reason`` where the file can be read; ``form.<key>`` for an answer.
    :raises StateConflict: ``batch_not_preparing``, ``dossier_not_preparing``, ``not_deposited``.
    """
    dossier, _version, _products = lock_dossier(dossier_id)
    _check_may_edit(dossier, changes, by)
    errors = _errors_in(dossier, changes)
    if errors:
        raise InvalidInput(errors)
    if changes.get("received_on") is not None:
        check_can_date_receipt(dossier, changes["received_on"], now)
    for name, value in changes.items():
        if name == "form":
            dossier.form = _merged(dossier.form, value)
        else:
            setattr(dossier, name, value.strip() if isinstance(value, str) else value)
    dossier.save()
    return dossier


def _merged(before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the answers with those given in their place; a blank one is no answer."""
    merged = {**before, **{key: value.strip() for key, value in given.items()}}
    return {key: value for key, value in merged.items() if value}


def _check_may_edit(dossier: Dossier, changes: Mapping[str, Any], by: User) -> None:
    check_can_batch(by)
    if set(changes) - set(LATE_FIELDS):
        check_can_edit_dossier(dossier, by)
    elif "month_override_reason" in changes:
        check_dossier_preparing(dossier)


def _errors_in(dossier: Dossier, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = {}
    for name, value in changes.items():
        if name not in (*EDITABLE_FIELDS, *LATE_FIELDS):
            errors[name] = [_("A dossier has no such field.")]
        elif name in NOT_TEXTS:
            kind, sentence = NOT_TEXTS[name]
            if not isinstance(value, kind):
                errors[name] = [sentence]
        elif not isinstance(value, str):
            errors[name] = [_("Give a text.")]
        elif (limit := getattr(Dossier._meta.get_field(name), "max_length", None)) and len(
            value.strip()
        ) > limit:
            errors[name] = [_("Give at most %(limit)s characters.") % {"limit": limit}]
    return errors | _errors_of_meaning(
        dossier, {name: value for name, value in changes.items() if name not in errors}
    )


def _errors_of_meaning(dossier: Dossier, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What is of the right shape, and yet no answer."""
    errors: dict[str, list[Any]] = {}
    if "form" in changes:
        errors |= form_errors(dossier, changes["form"])
    if "receipt_number" in changes:
        errors |= _receipt_errors(dossier, changes["receipt_number"].strip())
    if changes.get("reference_exempt_reason"):
        errors |= _exemption_errors(dossier)
    if refused := support_kind_error(dossier, changes.get("support_kind", "").strip()):
        errors["support_kind"] = [refused]
    context = changes.get("context")
    if context and context not in Context.values:
        errors["context"] = [_("Choose one of the contexts of the list.")]
    return errors


def _exemption_errors(dossier: Dossier) -> dict[str, list[Any]]:
    """A file in which text can be searched shows its reference, whatever the reason."""
    if dossier.reference_printed == Printed.UNREADABLE:
        return {}
    sentence = _("Text can be read in this file: it is not exempt. Leave the reason empty.")
    return {"reference_exempt_reason": [sentence]}


def _receipt_errors(dossier: Dossier, number: str) -> dict[str, list[Any]]:
    if not number:
        return {}
    try:
        receipt_validator(number)
    except ValidationError as error:
        return {"receipt_number": list(error.messages)}
    used = Dossier.objects.exclude(pk=dossier.pk).exclude(state__in=LEFT_BATCH)
    if used.filter(receipt_number=number).exists():
        return {
            "receipt_number": [_("This receipt paid another dossier: each dossier has its own.")]
        }
    return {}


def _checked_name(file: UploadedFile) -> str:
    """Return a piece's name; what is said of an upload is said at ``file`` here."""
    name = file.name or ""
    try:
        check_name(name)
        check_size(name, file)
        check_extension(name, file)
    except InvalidInput as error:
        raise InvalidInput.at("file", error.message, error.code) from None
    return name


@act("add_piece", roles=BATCH_ROLES)
def add_piece(
    dossier_id: int, *, kind: str, file: UploadedFile, by: User, now: datetime
) -> DossierPiece:
    """Add a file to a dossier; proofs and letters also after the freeze.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``kind``, ``file``.
    :raises StateConflict: ``batch_not_preparing``, ``dossier_not_preparing``.
    """
    check_can_batch(by)
    if kind not in PieceKind.values:
        raise InvalidInput.at("kind", _("Choose one of the kinds of the list."))
    name = _checked_name(file)
    dossier, _version, _products = lock_dossier(dossier_id)
    check_can_add_piece(dossier, kind, by)
    stored = storage.keep(file)
    piece = DossierPiece(
        dossier=dossier,
        kind=kind,
        name=name,
        sha256=stored.sha256,
        size=stored.size,
        added_by=by,
        added_at=now,
    )
    piece.save(force_insert=True)
    return piece
