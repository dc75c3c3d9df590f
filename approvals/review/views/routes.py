"""The routes: which there are, which one a case takes, and the editor with its preview."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.audit import Refusal
from approvals.people.enums import Role
from approvals.review import actions
from approvals.review.admin_forms import (
    AskedCaseForm,
    RouteForm,
    cells,
    rearranged,
    rows_of,
    rows_of_route,
)
from approvals.review.effects import NAMED, case_of_codes, choice_for, effects_of
from approvals.review.models import Route
from approvals.review.policies.routes import (
    READERS,
    can_edit_routes,
    check_can_edit_routes,
    check_route,
)
from approvals.review.queries import route_history
from approvals.review.routing import RouteData, TaskData, candidates
from approvals.review.setup.routes import DUE_DAYS
from config.http.pages import ActPage, Page

# What a new route begins with: the French stages of what is not promotional (DOMAIN.md §6).
BEGINNING = (
    (Role.MEDICAL_REVIEWER, Role.REGULATORY_REVIEWER),
    (Role.RESPONSIBLE_PHARMACIST,),
)


def route_with(pk: int) -> Route:
    """:raises Http404: if there is no such route."""
    route: Route | None = Route.objects.with_stages().filter(pk=pk).first()
    if route is None:
        raise Http404
    return route


class RouteList(Page):
    """Answer: which routes are there, and which one would this take?"""

    title = gettext_lazy("Review routes")
    roles = READERS
    template_name = "review/routes.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = AskedCaseForm(request.GET or None, label_suffix="")
        choice = None
        if request.GET and asked.is_valid():
            choice = choice_for(case_of_codes(**asked.cleaned_data))
        routes = Route.objects.with_stages().order_by("-active", "jurisdiction__code", "name", "pk")
        return self.page(
            routes=[(route, RouteData.of(route)) for route in routes],
            asked=asked,
            choice=choice,
            edits=can_edit_routes(self.by),
        )


class RoutePage(Page):
    """One route: its case, its stages, who would take it now, and its history."""

    roles = READERS
    template_name = "review/route.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        route = route_with(pk)
        data = RouteData.of(route)
        return self.page(
            title=route.name,
            route=route,
            data=data,
            effects=effects_of(data, route),
            most=NAMED,
            history=route_history(route),
            edits=can_edit_routes(self.by),
        )


class RouteEditor(ActPage):
    """Change a route: rows come and go by buttons, a preview says what would follow."""

    title = gettext_lazy("Change the route")
    button = gettext_lazy("Save the route")
    done = gettext_lazy("The route is saved; what is in review goes on as it began.")
    roles = READERS
    form_class = RouteForm
    template_name = "review/route_form.html"

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Route | None:
        return route_with(kwargs["pk"])

    def changed(self, obj: Any) -> Route | None:
        """Return the route that is changed, None for a new one."""
        route: Route | None = obj
        return route

    def beginning(self, obj: Any) -> RouteData:
        """Return what a fresh form shows."""
        return RouteData.of(obj)

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        check_can_edit_routes(by)

    def back(self, obj: Any) -> str:
        return obj.get_absolute_url() if obj else reverse("review:routes")

    def initial(self, obj: Any) -> dict[str, Any]:
        data = self.beginning(obj)
        named = ("name", "jurisdiction", "nature", "audience", "asset_type")
        head = {name: getattr(data, name) for name in (*named, "for_components", "active")}
        return head | cells(rows_of_route(data))

    def form_kwargs(self, obj: Any) -> dict[str, Any]:
        if self.request.method == "POST":
            return {"rows": rows_of(self.request.POST)}
        return {"rows": rows_of_route(self.beginning(obj))}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        do = request.POST.get("do", "save")
        if do == "save":
            return super().post(request, **kwargs)
        obj = self.get_object(request, **kwargs)
        if refused := self._refused(obj):
            return refused
        if do == "preview":
            return self._preview(obj)
        rows = rearranged(rows_of(request.POST), do)
        typed = {name: request.POST[name] for name in request.POST}
        form = RouteForm(initial=typed | cells(rows), rows=rows, label_suffix="")
        return self._form_page(obj, form)

    def _preview(self, obj: Any) -> HttpResponse:
        """Show what would follow, or what is wrong; nothing is written."""
        form = self._form(obj, data=self.request.POST)
        form.fields["reason"].required = False
        if not form.is_valid():
            return self._form_page(obj, form, status=400)
        wanted, route = form.wanted(form.cleaned_data), self.changed(obj)
        try:
            pk = route.pk if route else None
            check_route(wanted, [one for one in candidates() if one.pk != pk])
        except Refusal as error:
            return self._form_page(obj, form, status=self._explain(error, form))
        self.previewed = effects_of(wanted, route)
        return self._form_page(obj, form)

    def page(self, *, status: int = 200, **context: Any) -> HttpResponse:
        context["effects"] = getattr(self, "previewed", None)
        return super().page(status=status, most=NAMED, **context)

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        form = RouteForm(rows=rows_of(self.request.POST))
        route = self.changed(obj)
        return actions.save_route(
            form.wanted(cleaned_data),
            route_id=route.pk if route else None,
            reason=cleaned_data["reason"],
            by=by,
            now=now,
        )


class NewRoute(RouteEditor):
    """A new route, beginning with the stages of a French one."""

    title = gettext_lazy("New route")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Route | None:
        return None

    def beginning(self, obj: Any) -> RouteData:
        stages = tuple(
            tuple(TaskData(role, DUE_DAYS[role]) for role in roles) for roles in BEGINNING
        )
        return RouteData(name="", jurisdiction="FR", stages=stages)


class CopyRoute(RouteEditor):
    """A new route that begins as another one, not active yet: two may not fit one case."""

    title = gettext_lazy("Copy the route")

    def changed(self, obj: Any) -> Route | None:
        return None

    def beginning(self, obj: Any) -> RouteData:
        data = RouteData.of(obj)
        name = _("%(name)s (copy)") % {"name": data.name}
        return RouteData(**{**data.__dict__, "name": name[:100], "active": False})
