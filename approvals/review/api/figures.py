"""The figures over the API: the same function as the page, as JSON or one table as CSV."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.policies import check_role
from approvals.review.figures import TABLES, VIEWERS, Asked, figures
from approvals.review.figures.asked import PARAMETERS
from approvals.review.views.figures import csv_answer
from config.http.api import ReadEndpoint
from content.calendar import paris_day
from content.positive_list.api import FormatsByName


class TimesShape(serializers.Serializer[Any]):
    decided = serializers.IntegerField()
    median = serializers.FloatField(allow_null=True, help_text="Working days.")
    p90 = serializers.FloatField(allow_null=True, help_text="Working days.")
    in_time = serializers.FloatField(allow_null=True, help_text="Percentage.")


class StageFiguresShape(serializers.Serializer[Any]):
    stage = serializers.IntegerField()
    role = serializers.CharField()
    service_least = serializers.IntegerField()
    service_most = serializers.IntegerField()
    times = TimesShape()


class WaitingShape(serializers.Serializer[Any]):
    stage = serializers.IntegerField()
    role = serializers.CharField()
    days = serializers.IntegerField()
    tasks = serializers.IntegerField()


class MonthFiguresShape(serializers.Serializer[Any]):
    month = serializers.DateField(help_text="Its first day.")
    times = TimesShape()


class ApprovedShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    rounds = serializers.IntegerField()


class RoundFiguresShape(serializers.Serializer[Any]):
    approved = serializers.IntegerField()
    median = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)
    first_ended = serializers.IntegerField()
    first_passed = serializers.IntegerField()
    first_pass = serializers.FloatField(allow_null=True, help_text="Percentage.")
    longest = ApprovedShape(many=True)


class FiguresShape(serializers.Serializer[Any]):
    since = serializers.DateField(source="asked.since")
    until = serializers.DateField(source="asked.until")
    times = TimesShape()
    stages = StageFiguresShape(many=True)
    bottleneck = WaitingShape(allow_null=True)
    waiting = WaitingShape(many=True)
    months = MonthFiguresShape(many=True)
    rounds = RoundFiguresShape()


class FiguresView(ReadEndpoint):
    """Figures of review; with ``format=csv`` one ``table``.

    Tables: stages, waiting, months, rounds, longest.
    """

    read_serializer_class = FiguresShape
    parameters = (*PARAMETERS, "table", "format")
    content_negotiation_class = FormatsByName

    def get(self, request: Request) -> HttpResponse:
        by: Any = request.user
        check_role(by, VIEWERS)
        given, now = request.query_params.dict(), timezone.now()
        form, name = given.get("format", "json"), given.get("table", "stages")
        asked, faults = Asked.read(given, by=by, today=paris_day(now))
        if form not in ("json", "csv"):
            faults["format"] = _("Figures come as json or csv.")
        if name not in TABLES:
            faults["table"] = _("No table is named so.")
        if faults:
            raise InvalidInput({field: [said] for field, said in faults.items()})
        found = figures(asked, by=by, now=now)
        if form == "csv":
            return csv_answer(TABLES[name](found))
        return Response(FiguresShape(found).data)
