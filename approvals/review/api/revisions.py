"""A corrected revision, with where each requested change was made."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from approvals.people.models import User
from approvals.review import actions
from config.http.idempotency import Answer
from content.assets.actions import upload_revision
from content.assets.api import versions
from content.assets.api.shapes import RevisionBody, RevisionShape
from content.assets.models import Version

MOST_ANSWERS = 200


@extend_schema_field(OpenApiTypes.OBJECT)
class AnswersField(serializers.Field[Any, Any, Any, Any]):
    """``[{"change", "evidence"}, …]``: as JSON, also inside a multipart form, or one a field."""

    def get_value(self, dictionary: Mapping[str, Any]) -> Any:
        if not hasattr(dictionary, "getlist"):
            return super().get_value(dictionary)
        given = dictionary.getlist(self.field_name)
        if not given:
            return serializers.empty
        return given[0] if len(given) == 1 else given

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        given = self._read(data)
        answers = [self._read(item) for item in (given if isinstance(given, list) else [given])]
        fit = all(
            isinstance(answer, dict)
            and set(answer) == {"change", "evidence"}
            and isinstance(answer["change"], int)
            and isinstance(answer["evidence"], str)
            and len(answer["evidence"]) <= 5000
            and "\x00" not in answer["evidence"]
            for answer in answers
        )
        if not fit or len(answers) > MOST_ANSWERS:
            raise serializers.ValidationError(
                _('Give a list of {"change": number, "evidence": sentence}.')
            )
        return answers

    def _read(self, data: Any) -> Any:
        if not isinstance(data, str):
            return data
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise serializers.ValidationError(_("This is not JSON.")) from error


class AnsweredRevisionBody(RevisionBody):
    answers = AnswersField(required=False)


class Revisions(versions.Revisions):
    """A new revision of a version that may change, with its answers where changes were asked."""

    serializer_class = AnsweredRevisionBody
    responses: ClassVar[dict[int, Any]] = {201: RevisionShape}

    def perform(self, obj: Version, data: Any, *, by: User, now: datetime) -> Answer:
        given = dict(data)
        answers = given.pop("answers", ())
        if answers:
            revision = actions.revise(obj.pk, answers=answers, by=by, now=now, **given)
        else:
            revision = upload_revision(obj.pk, by=by, now=now, **given)
        return 201, RevisionShape(revision).data
