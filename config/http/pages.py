"""Pages of the house: who may open them, and one act per page.

An act's page shows what it will cause, asks for what it needs, calls one action and redirects.
What the action refuses comes back as sentences where they belong; nothing typed is lost.
"""

import abc
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from django_fsm import TransitionNotAllowed

from approvals.audit import InvalidInput, PolicyDenied, Refusal
from approvals.people.enums import OFFICE
from config.http.once import Sending

# The office works in unfold's shell, which needs a wider content policy: only under this path.
OFFICE_PATH = "/admin/"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the base template for a request's address, and what that shell needs."""
    if request.path.startswith(OFFICE_PATH):
        return {"base_template": "admin/base_office.html", **admin.site.each_context(request)}
    return {"base_template": "base_field.html"}


class Page(View):
    """A page for signed-in people who hold one of ``roles``. Anonymous people sign in first."""

    title: Any = ""
    roles: tuple[str, ...] = OFFICE
    template_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person: Any = request.user
        if not (person.is_authenticated and person.is_active):
            return redirect_to_login(request.get_full_path())
        if not person.holds(*self.roles):
            raise PermissionDenied
        self.now: datetime = timezone.now()
        self.by: Any = person
        return super().dispatch(request, *args, **kwargs)

    def page(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """Render the page's template in the shell of its address."""
        shared = {**shell(self.request), "title": self.title, "now": self.now, "view": self}
        return render(self.request, self.template_name, {**shared, **context}, status=status)


class ActPage(Page):
    """A page that does one act. Subclasses say on what, whether one may, and which action."""

    button: Any = _("Confirm")
    # A button in red, for acts that take something out of use.
    grave = False
    # What stands above the consequences, where they are not those of the act.
    consequences_title: Any = _("What this will cause")
    form_class: type[forms.BaseForm] = forms.Form
    template_name = "act_page.html"
    # What the link back is called, where that is not what the act is about.
    back_label: Any = ""
    # One sentence said after the act.
    done: Any = ""

    @abc.abstractmethod
    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return what the act is about, from a queryset ``visible_to`` the person, or 404."""

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        """Call the policy.

        :raises PolicyDenied: its sentence is shown instead of the form.
        :raises StateConflict: likewise.
        :raises InvalidInput: likewise, where what is missing is not on the form.
        """

    def consequences(self, obj: Any) -> list[str]:
        """Return what the act will cause, one sentence each, shown before it is done."""
        return []

    def initial(self, obj: Any) -> dict[str, Any]:
        """Return the values a fresh form starts with."""
        return {}

    def form_kwargs(self, obj: Any) -> dict[str, Any]:
        """Return further arguments of the form (choices that depend on the object)."""
        return {}

    def back(self, obj: Any) -> str:
        """Return where "cancel" and a refusal lead."""
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else reverse("desk:home")

    def get_title(self, obj: Any) -> Any:
        return self.title

    def get_done(self, obj: Any, cleaned_data: dict[str, Any]) -> Any:
        return self.done

    def prepared(self, obj: Any, cleaned_data: dict[str, Any]) -> dict[str, Any]:
        """Return what ``perform`` is given; what takes long is done here, before a transaction."""
        return cleaned_data

    @abc.abstractmethod
    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        """Call the one action and return a redirect target (a URL, a name, or a model)."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        obj = self.get_object(request, **kwargs)
        return self._refused(obj) or self._form_page(obj, self._form(obj))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        obj = self.get_object(request, **kwargs)
        sending = Sending(request, self.now)
        form = self._form(obj, data=request.POST, files=request.FILES)
        try:
            # A repeated request is answered before the policy, which its first run may change.
            if first := sending.answered():
                return redirect(first)
            if refused := self._refused(obj):
                return refused
            if not form.is_valid():
                return self._form_page(obj, form, status=400)
            target = self.act(obj, form, sending)
        except (Refusal, TransitionNotAllowed) as error:
            return self._form_page(obj, form, status=self._explain(error, form))
        if said := self.get_done(obj, form.cleaned_data):
            messages.success(request, said)
        return redirect(target)

    def _explain(self, error: Exception, form: Any) -> int:
        """Put a refusal's sentences where they belong in the form, and return the status."""
        form.full_clean()
        if isinstance(error, InvalidInput):
            for field, sentences in error.errors.items():
                for sentence in sentences:
                    form.add_error(field if field in form.fields else None, sentence)
        elif isinstance(error, PolicyDenied):
            form.add_error(self.field_of(error, form), error.message)
        elif isinstance(error, Refusal):
            form.add_error(None, error.message)
        else:
            form.add_error(None, gettext("Somebody changed this meanwhile: open the page again."))
        return _status(error)

    def act(self, obj: Any, form: Any, sending: Sending) -> str:
        """Do the act once for this sending of the form and return where it leads."""
        given = self.prepared(obj, form.cleaned_data)
        return sending.led_to(lambda: self.perform(obj, given, self.by, self.now))

    def field_of(self, error: PolicyDenied, form: Any) -> str | None:
        """Return the field at which a refusal is shown, or None for the whole form."""
        return None

    def _refused(self, obj: Any) -> HttpResponse | None:
        try:
            self.check(obj, self.by, self.now)
        except Refusal as error:
            return self._render(obj, status=_status(error), refusal=error.message)
        return None

    def _form(self, obj: Any, **bound: Any) -> Any:
        make: Callable[..., Any] = self.get_form_class(obj)
        form = make(initial=self.initial(obj), **self.form_kwargs(obj), **bound)
        form.label_suffix = ""
        return form

    def get_form_class(self, obj: Any) -> type[forms.BaseForm]:
        return self.form_class

    def _form_page(self, obj: Any, form: Any, status: int = 200) -> HttpResponse:
        return self._render(
            obj,
            status=status,
            form=form,
            sending=Sending.fresh(),
            consequences=self.consequences(obj),
        )

    def _render(self, obj: Any, *, status: int, **context: Any) -> HttpResponse:
        return self.page(
            status=status, object=obj, title=self.get_title(obj), back=self.back(obj), **context
        )


def _status(error: Exception) -> int:
    """Return what a refusal answers: 400, 403 or 409, as the API does."""
    if isinstance(error, InvalidInput):
        return 400
    return 403 if isinstance(error, PolicyDenied) else 409
