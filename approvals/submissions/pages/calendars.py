"""The calendar address of a person, and the file that it gives."""

import hashlib
import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from approvals.submissions.actions import renew_calendar_address, revoke_calendar_address
from approvals.submissions.feed import calendar_of
from approvals.submissions.models import CalendarAddress
from approvals.submissions.policies.calendars import PLANNERS, can_have_calendar
from config.http.pages import ActPage, Page
from content.calendar import paris_day

KEY = re.compile(r"[A-Za-z0-9_-]{43}")
# How long a program may keep the file before it asks again.
KEPT_SECONDS = 1800


class CalendarPage(Page):
    """Where a person's calendar finds their dates; the address is told once, when it is made."""

    title = _("Your dates in your calendar")
    roles = PLANNERS
    template_name = "submissions/calendar.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown()

    def post(self, request: HttpRequest) -> HttpResponse:
        key = renew_calendar_address(by=self.by, now=self.now)
        path = reverse("submissions:feed", args=[key])
        answer = self._shown(address=root_of(request) + path)
        answer["Cache-Control"] = "private, no-store"
        return answer

    def _shown(self, **context: Any) -> HttpResponse:
        mine = CalendarAddress.objects.in_force().filter(person=self.by).first()
        return self.page(mine=mine, back=reverse("submissions:windows"), **context)


class RevokeCalendarPage(ActPage):
    title = _("Revoke your calendar address")
    button = _("Revoke the address")
    roles = PLANNERS
    back_label = _("Your dates in your calendar")
    done = _("The address no longer answers.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return None

    def back(self, obj: Any) -> str:
        return reverse("submissions:calendar")

    def consequences(self, obj: Any) -> list[str]:
        return [str(_("Programs that fetch your dates get nothing any more, at once."))]

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: Any) -> Any:
        revoke_calendar_address(by=by, now=now)
        return "submissions:calendar"


class CalendarFeed(View):
    """A person's dates for a calendar program, which cannot sign in: the address is the key."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        person = self._person(key)
        content = calendar_of(person, paris_day(timezone.now()), root=root_of(request))
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        answer: HttpResponse
        if request.headers.get("If-None-Match", "") == etag:
            answer = HttpResponseNotModified()
        else:
            answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
            answer["Content-Disposition"] = 'inline; filename="imprimatur.ics"'
        answer["ETag"] = etag
        answer["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
        answer["Referrer-Policy"] = "no-referrer"
        return answer

    def _person(self, key: str) -> Any:
        """Return whose key it is.

        :raises Http404: unknown, revoked, or of somebody who left or may no longer plan.
        """
        if not KEY.fullmatch(key):
            raise Http404
        found = CalendarAddress.objects.with_key(key).select_related("person").first()
        if found is None or not can_have_calendar(found.person):
            raise Http404
        return found.person


def root_of(request: HttpRequest) -> str:
    """Return the application's own address, without a slash at its end."""
    return str(settings.SITE_URL) or request.build_absolute_uri("/").rstrip("/")
