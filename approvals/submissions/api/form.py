"""What the authority asks for: its questions and pieces; administrators keep them."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.submissions.actions import add_piece_rule, remove_piece_rule, save_question
from approvals.submissions.api.shapes import REASON, FilingReasonBody
from approvals.submissions.api.windows import choice_of
from approvals.submissions.models import FormQuestion, PieceRule
from approvals.submissions.policies import SEES_FORM
from config.http.api import ActEndpoint, ListEndpoint, Shape
from config.http.idempotency import Answer
from content.catalogue.enums import VisaCategory


class FormQuestionShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    category = serializers.CharField()
    key = serializers.CharField()
    position = serializers.IntegerField()
    label_fr = serializers.CharField()
    label_en = serializers.CharField()
    kind = serializers.CharField(max_length=10)
    choices = serializers.ListField(child=serializers.CharField())
    required = serializers.BooleanField()
    support_kinds = serializers.ListField(child=serializers.CharField())
    source = serializers.CharField()
    active = serializers.BooleanField()


class FormQuestionBody(Shape):
    category = serializers.ChoiceField(choices=VisaCategory.choices, required=False)
    key = serializers.CharField(max_length=60, required=False)
    position = serializers.IntegerField()
    label_fr = serializers.CharField(max_length=300)
    label_en = serializers.CharField(max_length=300)
    kind = serializers.CharField(max_length=10)
    choices = serializers.ListField(child=serializers.CharField(max_length=100), required=False)
    required = serializers.BooleanField(required=False)
    support_kinds = serializers.ListField(
        child=serializers.CharField(max_length=100), required=False
    )
    source = serializers.CharField(max_length=20, required=False, allow_blank=True)
    active = serializers.BooleanField(required=False)
    reason = serializers.CharField(allow_blank=True, **REASON)


class PieceRuleShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    piece = serializers.CharField()
    category = serializers.CharField()
    support_kind = serializers.CharField()


class PieceRuleBody(Shape):
    piece = serializers.CharField(max_length=20)
    category = serializers.ChoiceField(
        choices=VisaCategory.choices, required=False, allow_blank=True
    )
    support_kind = serializers.CharField(max_length=100, required=False, allow_blank=True)
    reason = serializers.CharField(allow_blank=True, **REASON)


class Questions(ActEndpoint, ListEndpoint):
    """The questions of the authority's form; an administrator asks a new one."""

    serializer_class = FormQuestionBody
    read_serializer_class = FormQuestionShape
    responses = {201: FormQuestionShape}
    parameters = ("category",)
    ordering = ("position", "pk")

    def get_queryset(self) -> Any:
        check_role(self.request.user, SEES_FORM)  # type: ignore[arg-type]
        category = choice_of(self.request, "category", VisaCategory.values)
        asked = FormQuestion.objects.all()
        return asked.filter(category=category) if category else asked

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        wanted = dict(data)
        question = save_question(wanted, reason=wanted.pop("reason"), by=by, now=now)
        return 201, FormQuestionShape(question).data


class QuestionDetail(ActEndpoint):
    """Change a question, or ask it no longer (``active``)."""

    serializer_class = FormQuestionBody
    responses = {200: FormQuestionShape}
    act_methods = ("PATCH",)

    def get_object(self, request: Request, **kwargs: Any) -> FormQuestion:
        check_role(request.user, SEES_FORM)  # type: ignore[arg-type]
        found: FormQuestion = get_object_or_404(FormQuestion, pk=kwargs["pk"])
        return found

    def perform(self, obj: FormQuestion, data: Any, *, by: User, now: datetime) -> Answer:
        wanted = dict(data)
        reason = wanted.pop("reason", "")
        question = save_question(wanted, question_id=obj.pk, reason=reason, by=by, now=now)
        return 200, FormQuestionShape(question).data


class PieceRules(ActEndpoint, ListEndpoint):
    """The pieces that dossiers owe; an administrator asks for one more."""

    serializer_class = PieceRuleBody
    read_serializer_class = PieceRuleShape
    responses = {201: PieceRuleShape}
    ordering = "pk"

    def get_queryset(self) -> Any:
        check_role(self.request.user, SEES_FORM)  # type: ignore[arg-type]
        return PieceRule.objects.active()

    def perform(self, obj: Any, data: Any, *, by: User, now: datetime) -> Answer:
        return 201, PieceRuleShape(add_piece_rule(**data, by=by, now=now)).data


class RemovePieceRule(ActEndpoint):
    """Ask for a piece no longer."""

    serializer_class = FilingReasonBody
    responses = {200: PieceRuleShape}

    def get_object(self, request: Request, **kwargs: Any) -> PieceRule:
        check_role(request.user, SEES_FORM)  # type: ignore[arg-type]
        found: PieceRule = get_object_or_404(PieceRule.objects.active(), pk=kwargs["pk"])
        return found

    def perform(self, obj: PieceRule, data: Any, *, by: User, now: datetime) -> Answer:
        rule = remove_piece_rule(obj.pk, reason=data["reason"], by=by, now=now)
        return 200, PieceRuleShape(rule).data
