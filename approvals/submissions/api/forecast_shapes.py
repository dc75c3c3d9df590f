"""What the forecast's answers look like."""

from typing import Any

from rest_framework import serializers

from approvals.submissions.api.shapes import WindowLine


class FollowingLine(serializers.Serializer[Any]):
    """The version that is to follow, and the window it is planned for."""

    number = serializers.IntegerField(source="successor.number")
    state = serializers.CharField(source="successor.state")
    window = serializers.IntegerField(source="window.pk", default=None)


class EndingLine(serializers.Serializer[Any]):
    """What ends: a list row, its last day, what follows it."""

    code = serializers.CharField(source="item.version.asset.code")
    number = serializers.IntegerField(source="item.version.number")
    title = serializers.CharField(source="item.version.asset.title")
    asset_type = serializers.CharField(source="item.version.asset.asset_type.code")
    audience = serializers.CharField(source="item.version.asset.audience")
    nature = serializers.CharField(source="item.version.asset.nature")
    products = serializers.SerializerMethodField()
    reference = serializers.CharField(source="item.version.reference.value", default="")
    last_usable_day = serializers.DateField(source="last_day")
    ends_because = serializers.CharField(source="item.limited_by")
    successor = serializers.SerializerMethodField()

    def get_products(self, row: Any) -> list[dict[str, str]]:
        products = row.item.version.asset.products.all()
        return [{"cis": product.cis, "name": product.name} for product in products]

    def get_successor(self, row: Any) -> dict[str, Any] | None:
        return FollowingLine(row.item).data if row.item.successor else None


class LapseLine(EndingLine):
    """What leaves the list if the window is missed; no ``back_on`` where none is known."""

    window = serializers.IntegerField(source="through.pk", default=None)
    back_on = serializers.DateField(allow_null=True)
    gap_days = serializers.IntegerField(source="gap", allow_null=True)
    gap_days_if_met = serializers.IntegerField(source="gap_if_met", allow_null=True)
    authorisation_ends_before = serializers.BooleanField(source="barred")


class RenewalLine(EndingLine):
    """By when a renewal is under way, so that there is no gap."""

    enter_review_by = serializers.SerializerMethodField()
    deposit_by = serializers.DateField(source="through.closes_on", default=None)
    window = serializers.IntegerField(source="through.pk", default=None)
    back_on = serializers.DateField(allow_null=True)
    gap_days = serializers.IntegerField(source="gap")
    outlook = serializers.CharField(allow_null=True)

    def get_enter_review_by(self, row: Any) -> str | None:
        return row.act_by.isoformat() if row.enters_review else None


class BackwardLine(serializers.Serializer[Any]):
    """What a wanted first day of use asks for."""

    usable_by = serializers.DateField(source="wanted")
    feasible = serializers.BooleanField()
    enter_review_by = serializers.DateField(allow_null=True)
    deposit_by = serializers.DateField(allow_null=True)
    window = WindowLine(allow_null=True)
    evaluation_ends_on = serializers.DateField(allow_null=True)
    usable_from = serializers.DateField(allow_null=True)
    review_days = serializers.IntegerField()
    needs_visa = serializers.BooleanField()
    sentences = serializers.ListField(child=serializers.CharField())


class ForecastShape(serializers.Serializer[Any]):
    """An answer holds ``results``, or the fields of one wanted day."""

    missing_window = WindowLine(required=False)
    within = serializers.IntegerField(required=False)
    results = RenewalLine(many=True)
