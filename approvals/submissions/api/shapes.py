"""What bodies look like, in and out; shape only."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from approvals.submissions.completeness import missing_in, warnings_in
from approvals.submissions.enums import (
    FIXED_SOURCES,
    BatchState,
    Context,
    DossierState,
    Outcome,
    PackageState,
    PieceKind,
)
from approvals.submissions.form import choices_of, field_name, questions_of, raw_value
from approvals.submissions.models import Batch, DepositPackage, Dossier
from approvals.submissions.outlook import Outlook
from approvals.submissions.policies import (
    can_add_piece,
    can_batch,
    can_cancel,
    can_correct,
    can_decide,
    can_deposit,
    can_edit_dossier,
    can_freeze,
    can_miss,
    can_read_package,
    can_remove,
    can_retry,
    can_unfreeze,
    state_of_package,
    why_not_made,
)
from config.http.api import Shape, UtcDateTimeField
from content.calendar import paris_day
from content.catalogue.enums import VisaCategory

REASON = {"max_length": 4000}


class WindowLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    authority = serializers.CharField()
    category = serializers.ChoiceField(choices=VisaCategory.choices)
    opens_on = serializers.DateField()
    closes_on = serializers.DateField()
    evaluation_ends_on = serializers.DateField()
    overridden_reason = serializers.CharField()
    provisional = serializers.BooleanField()
    made_up = serializers.BooleanField()
    source = serializers.CharField()


class WindowBody(Shape):
    category = serializers.ChoiceField(choices=VisaCategory.choices)
    opens_on = serializers.DateField()
    closes_on = serializers.DateField()
    authority = serializers.CharField(max_length=50, required=False)
    jurisdiction = serializers.CharField(max_length=10, required=False)
    evaluation_ends_on = serializers.DateField(required=False, allow_null=True)
    overridden_reason = serializers.CharField(required=False, allow_blank=True, **REASON)
    provisional = serializers.BooleanField(required=False)
    source = serializers.CharField(required=False, allow_blank=True, max_length=200)


class WindowChange(Shape):
    opens_on = serializers.DateField()
    closes_on = serializers.DateField()
    evaluation_ends_on = serializers.DateField(allow_null=True)
    overridden_reason = serializers.CharField(allow_blank=True, **REASON)
    provisional = serializers.BooleanField()
    source = serializers.CharField(allow_blank=True, max_length=200)
    reason = serializers.CharField(allow_blank=True, **REASON)


class PlannedLine(serializers.Serializer[Any]):
    """A planned version; ``act_by``: the latest day of its next step (review, batch, deposit)."""

    version = serializers.IntegerField(source="plan.version_id")
    asset = serializers.CharField(source="plan.version.asset.code")
    number = serializers.IntegerField(source="plan.version.number")
    title = serializers.CharField(source="plan.version.asset.title")
    state = serializers.CharField(source="plan.version.state")
    reference = serializers.CharField(source="plan.reference.value")
    planned_on = serializers.DateField(source="plan.planned_on")
    outlook = serializers.ChoiceField(choices=Outlook.choices)
    reason = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())
    enter_by = serializers.DateField(allow_null=True)
    act_by = serializers.DateField(allow_null=True)
    review_ends_on = serializers.DateField(source="judgement.passes_on", allow_null=True)
    slack = serializers.IntegerField(source="judgement.slack", allow_null=True)


class RouteDayLine(serializers.Serializer[Any]):
    """A route; ``enter_by``: the latest day to enter review without its conditional tasks."""

    route = serializers.CharField(source="name")
    asset_type = serializers.CharField()
    review_days = serializers.IntegerField(source="days")
    enter_by = serializers.DateField()


class OutOfWindow(Shape):
    reason = serializers.CharField(**REASON)
    proof = serializers.CharField(**REASON)
    planned_on = serializers.DateField()


class PlanBody(Shape):
    window = serializers.IntegerField(required=False)
    planned_on = serializers.DateField(required=False)
    out_of_window = OutOfWindow(required=False)


class ReferenceLine(serializers.Serializer[Any]):
    reference = serializers.CharField()


class BatchLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    window = serializers.IntegerField(source="window_id", allow_null=True)
    category = serializers.CharField()
    state = serializers.CharField()
    created_at = UtcDateTimeField()


class BatchBody(Shape):
    window = serializers.IntegerField(required=False)
    # The category of a batch outside the windows (R.5122-2-1).
    out_of_window = serializers.ChoiceField(choices=VisaCategory.choices, required=False)


class BatchVersionBody(Shape):
    version = serializers.IntegerField()


class FilingReasonBody(Shape):
    reason = serializers.CharField(allow_blank=True, **REASON)


class DossierBody(Shape):
    receipt_number = serializers.CharField(allow_blank=True, max_length=50)
    context = serializers.ChoiceField(choices=Context.choices, allow_blank=True)
    former_reference = serializers.CharField(allow_blank=True, max_length=24)
    modified_elements = serializers.CharField(allow_blank=True, **REASON)
    support_kind = serializers.CharField(allow_blank=True, max_length=100)
    registration_number = serializers.CharField(allow_blank=True, max_length=50)
    reference_exempt_reason = serializers.CharField(allow_blank=True, **REASON)
    month_override_reason = serializers.CharField(allow_blank=True, **REASON)
    received_on = serializers.DateField()
    form = serializers.DictField()


class PieceBody(Shape):
    kind = serializers.ChoiceField(choices=PieceKind.choices)
    file = serializers.FileField(allow_empty_file=True, max_length=200)


class DepositBody(Shape):
    deposited_at = UtcDateTimeField()
    portal_number = serializers.CharField(max_length=50)
    proof = serializers.IntegerField()
    received_on = serializers.DateField(required=False, allow_null=True)


class DecisionBody(Shape):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    decided_on = serializers.DateField()
    notified_on = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    # A piece of the dossier, of kind ``letter``.
    letter = serializers.IntegerField(required=False, allow_null=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    start_reason = serializers.CharField(required=False, allow_blank=True, **REASON)
    until = serializers.DateField(required=False, allow_null=True)
    no_letter_received = serializers.BooleanField(required=False)


class CorrectionBody(Shape):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    decided_on = serializers.DateField()
    notified_on = serializers.DateField(required=False, allow_null=True)
    # Why the entry was wrong; the authority's own reasons where the outcome owes some.
    reason = serializers.CharField(allow_blank=True, max_length=20000)
    authority_reasons = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    # The entry that is corrected; by default the last one that the outcome can correct.
    decision = serializers.IntegerField(required=False)
    letter = serializers.IntegerField(required=False, allow_null=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    start_reason = serializers.CharField(required=False, allow_blank=True, **REASON)
    until = serializers.DateField(required=False, allow_null=True)


class LetterBody(Shape):
    letter = serializers.IntegerField()


class PieceLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class WrongDays(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    name = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()


class DecisionLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    outcome = serializers.CharField()
    decided_on = serializers.DateField()
    notified_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    letter = serializers.IntegerField(source="letter_id", allow_null=True)
    starts_on = serializers.DateField(allow_null=True)
    start_reason = serializers.CharField()
    until = serializers.DateField(allow_null=True)
    silence_statement = serializers.CharField()
    # The entry that it corrects, and why; whether a later one corrects it.
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)
    correction_reason = serializers.CharField()
    wrong_days = WrongDays(many=True)
    standing = serializers.BooleanField(source="is_standing")
    recorded_at = UtcDateTimeField()


class QuestionLine(serializers.Serializer[Any]):
    key = serializers.CharField()
    # Where PATCH takes the answer: a field of the dossier, or ``form.<key>``.
    field = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    required = serializers.BooleanField()
    # Follows from the version: shown, never given.
    fixed = serializers.BooleanField()
    value = serializers.CharField()


class ClockLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField(source="version_id")
    batch = serializers.IntegerField(source="batch_id")
    reference = serializers.CharField(source="reference.value")
    state = serializers.CharField()
    deposited_at = UtcDateTimeField()
    evaluation_ends_on = serializers.DateField(allow_null=True)
    # Days until the evaluation ends, below zero once it ended.
    days_left = serializers.SerializerMethodField()

    def get_days_left(self, dossier: Dossier) -> int | None:
        ends_on = dossier.evaluation_ends_on
        return (ends_on - paris_day(timezone.now())).days if ends_on else None


class DossierPage(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField(source="version_id")
    batch = serializers.IntegerField(source="batch_id")
    reference = serializers.CharField(source="reference.value")
    state = serializers.CharField()
    # Codes of what is owed, and the same as sentences.
    missing = serializers.SerializerMethodField()
    missing_texts = serializers.SerializerMethodField()
    # What does not bar the freeze, and is worth knowing: {code: sentence}.
    warnings = serializers.SerializerMethodField()
    digest = serializers.CharField()
    cis = serializers.CharField()
    support_kind = serializers.CharField()
    context = serializers.CharField()
    former_reference = serializers.CharField()
    modified_elements = serializers.CharField()
    receipt_number = serializers.CharField()
    registration_number = serializers.CharField()
    reference_printed = serializers.CharField()
    reference_exempt_reason = serializers.CharField()
    form = serializers.DictField()
    # The authority's questions for this dossier, in its order, with what is answered so far.
    questions = serializers.SerializerMethodField()
    deposited_at = UtcDateTimeField(allow_null=True)
    portal_number = serializers.CharField()
    received_on = serializers.DateField(allow_null=True)
    evaluation_ends_on = serializers.DateField(allow_null=True)
    pieces = PieceLine(many=True)
    decisions = DecisionLine(many=True)
    allowed_actions = serializers.SerializerMethodField()

    def get_missing(self, dossier: Dossier) -> list[str]:
        return [item.code for item in _owed(dossier)]

    def get_missing_texts(self, dossier: Dossier) -> list[str]:
        return [str(item.text) for item in _owed(dossier)]

    def get_warnings(self, dossier: Dossier) -> dict[str, str]:
        if dossier.state != DossierState.PREPARING:
            return {}
        day = paris_day(timezone.now())
        return {item.code: str(item.text) for item in warnings_in(dossier, day)}

    @extend_schema_field(QuestionLine(many=True))
    def get_questions(self, dossier: Dossier) -> Any:
        lines = [
            {
                "key": question.key,
                "field": field_name(question),
                "label": question.label,
                "kind": question.kind,
                "choices": [value for value, _label in choices_of(question)],
                "required": question.required,
                "fixed": question.source in FIXED_SOURCES,
                "value": raw_value(question, dossier),
            }
            for question in questions_of(dossier)
        ]
        return QuestionLine(lines, many=True).data

    def get_allowed_actions(self, dossier: Dossier) -> list[str]:
        by = self.context["request"].user
        offered = {
            "edit": can_edit_dossier(dossier, by),
            "pieces": any(can_add_piece(dossier, kind, by) for kind in PieceKind.values),
            "deposit": can_deposit(dossier, by),
            "miss": can_miss(dossier, by),
            "decide": any(can_decide(dossier, outcome, by) for outcome in Outcome.values),
            "correct": can_correct(dossier, by),
        }
        return [name for name, may in offered.items() if may]


def _owed(dossier: Dossier) -> list[Any]:
    return missing_in(dossier) if dossier.state == DossierState.PREPARING else []


class PackageLine(serializers.Serializer[Any]):
    state = serializers.SerializerMethodField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    # Why it could not be made, as a sentence.
    failure = serializers.SerializerMethodField()

    def get_state(self, package: DepositPackage) -> str:
        return state_of_package(package)

    def get_failure(self, package: DepositPackage) -> str:
        failed = state_of_package(package) == PackageState.FAILED
        return why_not_made(package) if failed else ""


class BatchPage(BatchLine):
    opens_on = serializers.DateField(source="window.opens_on", default=None)
    closes_on = serializers.DateField(source="window.closes_on", default=None)
    dossiers = serializers.SerializerMethodField()
    # Null where there is none, or for who does not answer for the whole batch.
    package = serializers.SerializerMethodField()
    allowed_actions = serializers.SerializerMethodField()

    def get_dossiers(self, batch: Batch) -> list[dict[str, Any]]:
        dossiers = batch.dossiers.visible_to(self.context["request"].user).with_page()
        return [DossierPage(dossier, context=self.context).data for dossier in dossiers]

    @extend_schema_field(PackageLine(allow_null=True))
    def get_package(self, batch: Batch) -> dict[str, Any] | None:
        package = DepositPackage.objects.of(batch).first()
        if package is None or not can_read_package(self.context["request"].user):
            return None
        return dict(PackageLine(package).data)

    def get_allowed_actions(self, batch: Batch) -> list[str]:
        by = self.context["request"].user
        offered = {
            "add": can_batch(by) and batch.state == BatchState.PREPARING,
            "remove": any(can_remove(dossier, by) for dossier in batch.dossiers.preparing()[:1]),
            "freeze": can_freeze(batch, by),
            "unfreeze": can_unfreeze(batch, by),
            "cancel": can_cancel(batch, by),
            "package": can_retry(DepositPackage.objects.of(batch).first(), by),
        }
        return [name for name, may in offered.items() if may]
