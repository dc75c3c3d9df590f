"""The forecast: what lapses if a window is missed, what a wanted day asks for, what to renew."""

from datetime import date
from typing import Any, ClassVar

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.audit import InvalidInput
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.submissions.api.forecast_shapes import (
    BackwardLine,
    ForecastShape,
    LapseLine,
    RenewalLine,
)
from approvals.submissions.api.shapes import WindowLine
from approvals.submissions.backward import to_be_usable_by
from approvals.submissions.forecast import (
    Portfolio,
    lapses_if_missed,
    renewals_within,
)
from approvals.submissions.forecast.tables import lapses_table, renewals_table
from approvals.submissions.models import DepositWindow
from approvals.submissions.pages.forecast import SEES_FORECAST, USUAL_MONTHS, csv_answer
from config.http.api import ReadEndpoint
from content.assets.models import Asset
from content.calendar import paris_day
from content.positive_list.api import FormatsByName

MOST_MONTHS = 60


class Forecast(ReadEndpoint):
    """One question: ``missing_window``, or ``usable_by`` with ``asset``, or what ends ``within``

    some months (12 unless told). The first and the last come as CSV too.
    """

    content_negotiation_class = FormatsByName
    read_serializer_class = ForecastShape
    parameters: ClassVar[tuple[str, ...]] = ("missing_window", "usable_by", "asset", "within")

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        by: Any = request.user
        check_role(by, SEES_FORECAST)
        given = request.query_params
        form = _form(given.get("format", "json"))
        _check_one_question(given)
        today = paris_day(timezone.now())
        if "missing_window" in given:
            return self.if_missed(
                _number("missing_window", given["missing_window"]), by, today, form
            )
        if "usable_by" in given or "asset" in given:
            return self.usable_by(given, by, today, form)
        months = _months(given.get("within", str(USUAL_MONTHS)))
        renewals = renewals_within(Portfolio.seen_by(by, today), months)
        if form == "csv":
            return csv_answer(renewals_table(renewals))
        return Response({"within": months, "results": RenewalLine(renewals, many=True).data})

    def if_missed(self, pk: int, by: User, today: date, form: str) -> HttpResponseBase:
        window = get_object_or_404(DepositWindow.objects.visible_to(by), pk=pk)
        portfolio = Portfolio.seen_by(by, today)
        lapses = lapses_if_missed(portfolio.items, window, portfolio.windows, today)
        if form == "csv":
            return csv_answer(lapses_table(lapses))
        return Response(
            {
                "missing_window": WindowLine(window).data,
                "results": LapseLine(lapses, many=True).data,
            }
        )

    def usable_by(self, given: Any, by: User, today: date, form: str) -> Response:
        wanted = _day(given.get("usable_by", ""))
        if not given.get("asset"):
            raise InvalidInput.at("asset", _("Name the asset by its code."))
        if form != "json":
            raise InvalidInput.at("format", _("This answer comes as json."))
        assets = Asset.objects.visible_to(by).with_page()
        asset = get_object_or_404(assets, code=given["asset"])
        if wanted < today:
            raise InvalidInput.at("usable_by", _("This day is past: give today or a later one."))
        return Response(BackwardLine(to_be_usable_by(asset, wanted, today)).data)


def _check_one_question(given: Any) -> None:
    asked = [name for name in ("missing_window", "usable_by", "within") if name in given]
    if len(asked) > 1:
        raise InvalidInput.at(asked[1], _("Ask one question at a time: leave this out."))
    if "asset" in given and asked not in ([], ["usable_by"]):
        raise InvalidInput.at("asset", _("An asset goes with usable_by: leave it out."))


def _form(text: str) -> str:
    if text not in {"json", "csv"}:
        raise InvalidInput.at("format", _("A forecast comes as json or csv."))
    return text


def _number(name: str, text: str) -> int:
    """:raises InvalidInput: if this is no number; :raises Http404: if no window can have it."""
    if not (text.isascii() and text.isdecimal()):
        raise InvalidInput.at(name, _("Give the number of a window."))
    if len(text) > 18:
        raise Http404
    return int(text)


def _months(text: str) -> int:
    if not (
        text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= MOST_MONTHS
    ):
        raise InvalidInput.at(
            "within", _("Give a number of months from 1 to %(most)d.") % {"most": MOST_MONTHS}
        )
    return int(text)


def _day(text: str) -> date:
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise InvalidInput.at("usable_by", _("Give a day as YYYY-MM-DD.")) from wrong
