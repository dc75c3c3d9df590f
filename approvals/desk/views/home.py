"""``/`` sends each person to their home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from approvals.people.enums import EVERYONE, FIELD, Role
from config.http.pages import Page


class Home(Page):
    """The office goes to its dashboard, the field to its list, agencies to
    their invitations, others to their profile."""

    roles = EVERYONE

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.by.is_office:
            return redirect("admin:index")
        if self.by.holds(*FIELD):
            return redirect(_field_home())
        if self.by.holds(Role.AGENCY):
            return redirect("review:invitations")
        return redirect("desk:profile")


def _field_home() -> str:
    try:
        return reverse("positive_list:field")
    except NoReverseMatch:
        return reverse("desk:profile")
