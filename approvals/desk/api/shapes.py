"""The shapes of what the desk tells."""

from typing import Any

from rest_framework import serializers

from config.http.api import UtcDateTimeField
from content.positive_list.api import ReasonShape


class FileShape(serializers.Serializer[Any]):
    n = serializers.IntegerField(source="position")
    name = serializers.CharField()
    format = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class VisaShape(serializers.Serializer[Any]):
    category = serializers.CharField()
    reference = serializers.CharField(source="reference.value")
    basis = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class VersionShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    asset = serializers.CharField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    revision = serializers.IntegerField(allow_null=True)
    state = serializers.CharField()
    state_since = UtcDateTimeField()
    change_kind = serializers.CharField()
    digest = serializers.CharField(allow_null=True)
    files = FileShape(many=True)
    needs_visa = serializers.BooleanField()
    visa_category = serializers.CharField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    visa = VisaShape(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    usable_from = serializers.DateField(allow_null=True)
    last_usable_day = serializers.DateField(allow_null=True)
    limited_by = serializers.CharField(allow_null=True)
    usable_today = serializers.BooleanField()
    why_not = ReasonShape(many=True)
    allowed_actions = serializers.ListField(child=serializers.CharField())


class HistoryShape(serializers.Serializer[Any]):
    at = UtcDateTimeField(source="history_date")
    by = serializers.CharField(source="history_user.username", default=None, allow_null=True)
    kind = serializers.CharField(source="get_history_type_display")
    state = serializers.CharField()
    reason = serializers.CharField(source="history_change_reason", allow_null=True)


class CoveredShape(serializers.Serializer[Any]):
    revision = serializers.IntegerField()
    digest = serializers.CharField()


class SignatureLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    username = serializers.CharField()
    role = serializers.CharField()
    on_behalf_of = serializers.CharField()
    meaning = serializers.CharField()
    meaning_text = serializers.CharField(source="get_meaning_display")
    signed_at = UtcDateTimeField()
    zone = serializers.CharField()
    revision = serializers.IntegerField()
    digest = serializers.CharField()
    # All that it binds: a carry names the digest decided on, and the one that it holds for.
    covered = CoveredShape(many=True)


class SignaturesShape(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    results = SignatureLine(many=True)


class EventShape(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    at = UtcDateTimeField(source="recorded_at")
    kind = serializers.CharField()
    actor = serializers.CharField(source="actor.username")
    role = serializers.CharField(source="told.role", allow_blank=True)
    reason = serializers.CharField(source="told.reason", allow_blank=True)
    details = serializers.JSONField(source="told.details")
    changes = serializers.JSONField(source="told.changes")
    hash = serializers.CharField()
