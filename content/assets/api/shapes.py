"""The shapes of what assets take and tell."""

from typing import Any

from rest_framework import serializers

from config.http.api import Shape, UtcDateTimeField
from content.assets.enums import State


class AssetBody(Shape):
    """What creates an asset; the action checks the values."""

    title = serializers.CharField(allow_blank=True)
    asset_type = serializers.CharField()
    nature = serializers.CharField()
    audience = serializers.CharField()
    products = serializers.ListField(child=serializers.CharField(), required=False)
    lead_product = serializers.CharField(required=False, allow_null=True)
    team = serializers.IntegerField(required=False, allow_null=True)
    jurisdiction = serializers.CharField(required=False)
    language = serializers.CharField(required=False)
    department = serializers.CharField(required=False, allow_blank=True)
    collects_personal_data = serializers.BooleanField(required=False)
    third_party = serializers.CharField(required=False, allow_blank=True)
    safety_information = serializers.BooleanField(required=False)


class AssetChanges(AssetBody):
    """What an asset's owner changes: any of the fields, and why."""

    reason = serializers.CharField(required=False, allow_blank=True)


class TransferBody(Shape):
    to = serializers.CharField(help_text="Username of the new owner.")
    reason = serializers.CharField(allow_blank=True)


class VersionBody(Shape):
    """A version's first files; ``files`` may be repeated in the form."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), required=False
    )
    prepared_on = serializers.DateField(required=False, allow_null=True)
    change_summary = serializers.CharField(required=False, allow_blank=True)
    change_kind = serializers.CharField(required=False)
    subject = serializers.CharField(required=False, allow_blank=True)


class RevisionBody(Shape):
    """A revision's files; ``files`` may be repeated in the form."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), required=False
    )
    prepared_on = serializers.DateField(required=False, allow_null=True)
    change_summary = serializers.CharField(required=False, allow_blank=True)


class DependencyBody(Shape):
    """What to pin: a version's id or, for ``cites``, a source document's."""

    kind = serializers.CharField()
    target = serializers.IntegerField(required=False, allow_null=True)
    document = serializers.IntegerField(required=False, allow_null=True)


class ReasonBody(Shape):
    reason = serializers.CharField(required=False, allow_blank=True)


class MinimumBody(ReasonBody):
    minimum = serializers.IntegerField()


class VersionLine(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=State.choices)
    change_kind = serializers.CharField()
    change_summary = serializers.CharField()
    subject = serializers.CharField()
    needs_visa = serializers.BooleanField()
    visa_category = serializers.CharField()
    created_at = UtcDateTimeField()
    state_since = UtcDateTimeField()


class AssetLine(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    asset_type = serializers.CharField(source="asset_type.code")
    nature = serializers.CharField()
    audience = serializers.CharField()
    products = serializers.SerializerMethodField()
    lead_product = serializers.CharField(
        source="lead_product.cis", default=None, allow_null=True, read_only=True
    )
    team = serializers.IntegerField(source="team_id", allow_null=True)
    jurisdiction = serializers.CharField(source="jurisdiction.code")
    language = serializers.CharField()
    department = serializers.CharField()
    collects_personal_data = serializers.BooleanField()
    third_party = serializers.CharField()
    safety_information = serializers.BooleanField()
    owner = serializers.CharField(source="owner.username")
    created_at = UtcDateTimeField()

    def get_products(self, asset: Any) -> list[str]:
        return sorted(product.cis for product in asset.products.all())


class AssetDetailShape(AssetLine):
    versions = VersionLine(many=True, source="newest_first")
    allowed_actions = serializers.ListField(child=serializers.CharField())


class FileLine(serializers.Serializer[Any]):
    n = serializers.IntegerField(source="position")
    name = serializers.CharField()
    format = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class RevisionShape(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    version = serializers.IntegerField(source="version_id")
    revision = serializers.IntegerField(source="number")
    prepared_on = serializers.DateField()
    change_summary = serializers.CharField()
    uploaded_by = serializers.CharField(source="uploaded_by.username")
    uploaded_at = UtcDateTimeField()
    digest = serializers.CharField()
    files = FileLine(many=True)


class NewVersionShape(VersionLine):
    asset = serializers.CharField(source="asset.code")
    revision = serializers.IntegerField(source="current_revision.number", default=None)
    files = FileLine(many=True, source="current_revision.files", default=list)


class DependencyLine(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    target = serializers.IntegerField(source="target_id", allow_null=True)
    code = serializers.CharField(source="target.asset.code", default=None, allow_null=True)
    number = serializers.IntegerField(source="target.number", default=None, allow_null=True)
    state = serializers.CharField(source="target.state", default=None, allow_null=True)
    document = serializers.IntegerField(source="document_id", allow_null=True)


class LinkShape(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="version.pk")
    code = serializers.CharField(source="version.asset.code")
    number = serializers.IntegerField(source="version.number")
    title = serializers.CharField(source="version.asset.title")
    state = serializers.CharField(source="version.state")
    kind = serializers.CharField()
    depth = serializers.IntegerField()


class WhereUsedShape(serializers.Serializer[Any]):
    used_by = LinkShape(many=True)
    uses = LinkShape(many=True)
