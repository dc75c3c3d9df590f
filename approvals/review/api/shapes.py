"""The shapes of what review tells and takes."""

from typing import Any

from rest_framework import serializers

from approvals.review.enums import Answer, Outcome, Severity
from config.http.api import Shape, UtcDateTimeField


class QuestionShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()


class TaskShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    role = serializers.CharField()
    version = serializers.IntegerField(source="cycle.version_id")
    asset = serializers.CharField(source="cycle.version.asset.code")
    number = serializers.IntegerField(source="cycle.version.number")
    cycle = serializers.IntegerField(source="cycle.number")
    stage = serializers.IntegerField()
    state = serializers.CharField()
    due_on = serializers.DateField()
    assignee = serializers.CharField(source="assignee.username", default=None, allow_null=True)
    checklist = QuestionShape(many=True)


class ChangeShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    evidence = serializers.CharField()
    confirmed_at = UtcDateTimeField(allow_null=True)


class VerdictShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    task = serializers.IntegerField(source="task_id")
    role = serializers.CharField(source="task.role")
    verdict = serializers.CharField(source="outcome")
    comment = serializers.CharField()
    digest = serializers.CharField()
    decided_by = serializers.CharField(source="decided_by.username")
    decided_at = UtcDateTimeField()
    on_behalf_of = serializers.CharField(
        source="on_behalf_of.username", default=None, allow_null=True
    )
    changes = ChangeShape(source="changes.all", many=True)


class TaskDetailShape(TaskShape):
    verdict = VerdictShape(allow_null=True)
    why_not = serializers.CharField(allow_null=True, source="conflict")


class VersionStateShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    state = serializers.CharField()


class CycleShape(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="version_id")
    state = serializers.CharField(source="version.state")
    cycle = serializers.IntegerField(source="number")
    digest = serializers.CharField(source="revision.digest")


class CarryShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    from_digest = serializers.CharField()
    to_digest = serializers.CharField()
    carried_by = serializers.CharField(source="carried_by.username")
    carried_at = UtcDateTimeField()
    on_behalf_of = serializers.CharField(
        source="on_behalf_of.username", default=None, allow_null=True
    )
    state = serializers.CharField(source="version.state")


class ReplyShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    author = serializers.CharField(source="author.username")
    created_at = UtcDateTimeField()
    body = serializers.CharField()


class CommentShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField(source="version_id")
    revision = serializers.IntegerField(source="revision.number", default=None, allow_null=True)
    author = serializers.CharField(source="author.username")
    created_at = UtcDateTimeField()
    body = serializers.CharField()
    severity = serializers.CharField()
    # The position of the file that the anchor is about.
    file = serializers.IntegerField(allow_null=True)
    anchor = serializers.DictField(allow_null=True)
    resolved_at = UtcDateTimeField(allow_null=True)
    verified_at = UtcDateTimeField(allow_null=True)
    replies = ReplyShape(source="replies.all", many=True)


class ReasonBody(Shape):
    reason = serializers.CharField(allow_blank=True, max_length=5000)


class ReassignBody(Shape):
    to = serializers.CharField(max_length=150)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=5000)


class AnswerShape(Shape):
    answer = serializers.ChoiceField(choices=Answer.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=5000)


class ExemptionShape(Shape):
    support_category = serializers.CharField(allow_blank=True, max_length=200)


class DecideBody(Shape):
    verdict = serializers.ChoiceField(choices=Outcome.choices)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    changes = serializers.ListField(
        child=serializers.CharField(max_length=5000), required=False, max_length=100
    )
    checklist = serializers.DictField(child=AnswerShape(), required=False)
    visa_exemption = ExemptionShape(required=False, allow_null=True)
    on_behalf_of = serializers.CharField(required=False, allow_null=True, max_length=150)


class CarryBody(Shape):
    tasks = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=50)
    category = serializers.CharField(required=False, allow_blank=True, max_length=40)
    reason = serializers.CharField(allow_blank=True, max_length=5000)


class AnchorShape(Shape):
    """A rectangle of a page, a slide of a package or a line of a source; in which file."""

    file = serializers.IntegerField(required=False, allow_null=True)
    page = serializers.IntegerField(required=False, allow_null=True)
    x = serializers.FloatField(required=False)
    y = serializers.FloatField(required=False)
    width = serializers.FloatField(required=False)
    height = serializers.FloatField(required=False)
    slide = serializers.CharField(required=False, max_length=500)
    line = serializers.IntegerField(required=False, allow_null=True)


class CommentBody(Shape):
    body = serializers.CharField(allow_blank=True, max_length=10_000)
    severity = serializers.ChoiceField(choices=Severity.choices)
    anchor = AnchorShape(required=False, allow_null=True)
    revision = serializers.IntegerField(required=False, allow_null=True)


class ReplyBody(Shape):
    body = serializers.CharField(allow_blank=True, max_length=10_000)
