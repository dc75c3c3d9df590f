"""Dossiers: the form, the pieces, the deposit. What the authority decides: decisions.py."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.audit import StateConflict
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from approvals.signatures.pages import SignedActPage
from approvals.submissions.actions import add_piece, deposit, edit_dossier, miss
from approvals.submissions.completeness import missing_in
from approvals.submissions.enums import BatchState, DossierState, PieceKind
from approvals.submissions.forms import (
    DepositForm,
    DossierForm,
    LateDossierForm,
    PieceForm,
    ReasonForm,
    ReceivedForm,
)
from approvals.submissions.models import Dossier, DossierPiece
from approvals.submissions.pages.batches import SEES_BATCHES
from approvals.submissions.policies import (
    check_can_batch,
    check_can_deposit,
    check_can_miss,
    check_dossier_preparing,
)
from config.http.pages import ActPage, Page
from content.calendar import PARIS, day_in_words, paris_day
from content.files import open_stored


def visible_dossier(by: Any, pk: int) -> Dossier:
    return get_object_or_404(Dossier.objects.visible_to(by).with_page(), pk=pk)


class OnDossier(ActPage):
    """An act on one dossier."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Dossier:
        return visible_dossier(self.by, kwargs["pk"])


class SignedOnDossier(SignedActPage):
    """A signed act on one dossier."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Dossier:
        return visible_dossier(self.by, kwargs["pk"])


class DossierFormPage(OnDossier):
    """The dossier's form; once the batch is frozen, only what is learnt later."""

    title = _("Complete the dossier")
    button = _("Save the dossier")
    consequences_title = _("Still missing in this dossier")
    done = _("The dossier is saved.")

    def get_form_class(self, obj: Dossier) -> type[forms.BaseForm]:
        if obj.state == DossierState.DEPOSITED:
            return ReceivedForm
        return DossierForm if obj.batch.state == BatchState.PREPARING else LateDossierForm

    def check(self, obj: Dossier, by: Any, now: datetime) -> None:
        check_can_batch(by)
        if obj.state != DossierState.DEPOSITED:
            check_dossier_preparing(obj)

    def initial(self, obj: Dossier) -> dict[str, Any]:
        if obj.batch.state == BatchState.PREPARING:
            return {}
        form: Any = self.get_form_class(obj)
        return {name: getattr(obj, name) for name in form.base_fields}

    def form_kwargs(self, obj: Dossier) -> dict[str, Any]:
        return {"dossier": obj} if obj.batch.state == BatchState.PREPARING else {}

    def _form(self, obj: Dossier, **bound: Any) -> Any:
        self.shown = super()._form(obj, **bound)
        return self.shown

    def consequences(self, obj: Dossier) -> list[str]:
        if obj.batch.state != BatchState.PREPARING:
            return []
        return [str(item.text) for item in missing_in(obj)]

    def perform(self, obj: Dossier, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        if isinstance(self.shown, DossierForm):
            changes = self.shown.changes()
        else:
            changes = {name: value for name, value in cleaned_data.items() if value is not None}
        edit_dossier(obj.pk, changes=changes, by=by, now=now)
        return obj


class PiecePage(OnDossier):
    title = _("Add a piece to the dossier")
    button = _("Add the piece")
    form_class = PieceForm
    done = _("The piece is in the dossier.")

    def check(self, obj: Dossier, by: Any, now: datetime) -> None:
        check_can_batch(by)

    def initial(self, obj: Dossier) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        return {"kind": kind if kind in PieceKind.values else PieceKind.RECEIPT}

    def perform(self, obj: Dossier, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        add_piece(obj.pk, kind=cleaned_data["kind"], file=cleaned_data["file"], by=by, now=now)
        return obj


class PieceFile(Page):
    """The bytes of one piece, as an attachment that no browser runs."""

    roles = SEES_BATCHES

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        seen = Dossier.objects.visible_to(self.by)
        piece = get_object_or_404(DossierPiece.objects.filter(dossier__in=seen), pk=pk)
        response = FileResponse(
            open_stored(piece.sha256),
            as_attachment=True,
            filename=piece.name,
            content_type="application/octet-stream",
        )
        response["X-Content-Type-Options"] = "nosniff"
        return response


class MissPage(OnDossier):
    title = _("Declare the dossier missed")
    button = _("Declare it missed")
    grave = True
    form_class = ReasonForm

    def check(self, obj: Dossier, by: Any, now: datetime) -> None:
        check_can_miss(obj, by)

    def consequences(self, obj: Dossier) -> list[str]:
        said = [gettext("%(version)s is approved again.") % {"version": obj.version}]
        if not obj.batch.window_is_open(paris_day(self.now)):
            said.append(
                gettext("The reference %(reference)s is burnt: the version needs another.")
                % {"reference": obj.reference.value}
            )
        return said

    def perform(self, obj: Dossier, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        miss(obj.pk, reason=cleaned_data["reason"], by=by, now=now)
        return obj


class DepositPage(SignedOnDossier):
    title = _("Record the deposit")
    meaning = Meaning.DEPOSIT
    form_class = DepositForm
    done = _("The deposit is recorded.")

    def check(self, obj: Dossier, by: Any, now: datetime) -> None:
        check_can_deposit(obj, by)
        if not self.proofs(obj):
            raise StateConflict(
                "proof_missing", gettext("Add the portal's acknowledgement to the dossier first.")
            )
        super().check(obj, by, now)

    @staticmethod
    def proofs(obj: Dossier) -> list[Any]:
        return [piece for piece in obj.pieces.all() if piece.kind == PieceKind.PROOF]

    def form_kwargs(self, obj: Dossier) -> dict[str, Any]:
        return {"proofs": self.proofs(obj)}

    def initial(self, obj: Dossier) -> dict[str, Any]:
        return {"deposited_at": self.now.astimezone(PARIS).replace(second=0, microsecond=0)}

    def consequences(self, obj: Dossier) -> list[str]:
        said = [gettext("%(version)s is with the authority.") % {"version": obj.version}]
        if obj.evaluation_ends_on is not None:
            said.append(
                gettext("Its evaluation ends on %(day)s.")
                % {"day": day_in_words(obj.evaluation_ends_on)}
            )
        elif obj.batch.window is None:
            said.append(
                gettext(
                    "Outside the windows (R.5122-2-1) its evaluation ends two months after the"
                    " authority received it: enter that day as soon as it is known."
                )
            )
        return said

    def perform(  # type: ignore[override]
        self, obj: Dossier, cleaned_data: Any, by: Any, now: datetime, credentials: Proof
    ) -> Any:
        deposit(obj.pk, **cleaned_data, credentials=credentials, by=by, now=now)
        return obj
