"""Which systems outside are told of events, and what became of each message to them."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.people.enums import Role
from config.http.pages import ActPage, Page
from content.outbox import actions
from content.outbox.enums import DispatchState
from content.outbox.forms import WebhookForm
from content.outbox.models import WEBHOOK_DELAYS, Message, WebhookEndpoint
from content.outbox.policies import (
    can_manage_webhooks,
    check_can_manage_webhooks,
    check_resendable,
    check_webhook_active,
)
from content.outbox.webhooks import seal, unseal

READERS = (Role.ADMINISTRATOR, Role.INSPECTOR)
PAGE_SIZE = 50
# Where the session keeps a new secret, sealed, until it is shown this once.
SHOW_SECRET = "webhook_secret"


def seen(by: Any, pk: int) -> WebhookEndpoint:
    """Return a webhook that the person sees, or 404."""
    found: WebhookEndpoint = get_object_or_404(WebhookEndpoint.objects.visible_to(by), pk=pk)
    return found


class WebhookList(Page):
    """Answer: whom does the house tell, and does it arrive?"""

    title = gettext_lazy("Webhooks")
    roles = READERS
    template_name = "outbox/webhooks.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        given_up = Count("deliveries", filter=Q(deliveries__state=DispatchState.FAILED))
        rows = WebhookEndpoint.objects.visible_to(self.by).annotate(given_up=given_up)
        return self.page(
            webhooks=rows.order_by("-active", "pk"), edits=can_manage_webhooks(self.by)
        )


class WebhookPage(Page):
    """One webhook: what it is told of, and its deliveries; a new secret, shown once."""

    title = gettext_lazy("Webhook")
    roles = READERS
    template_name = "outbox/webhook.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        endpoint = seen(self.by, pk)
        given_up = request.GET.get("state") == DispatchState.FAILED
        rows = endpoint.deliveries.order_by("-pk")
        rows = rows.filter(state=DispatchState.FAILED) if given_up else rows
        secret = self._new_secret(endpoint)
        answer = self.page(
            webhook=endpoint,
            secret=secret,
            edits=can_manage_webhooks(self.by),
            deliveries=Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            given_up=given_up,
            count_given_up=endpoint.deliveries.filter(state=DispatchState.FAILED).count(),
            former_signs=bool(endpoint.former_until and endpoint.former_until > self.now),
        )
        if secret:
            answer["Cache-Control"] = "private, no-store"
        return answer

    def _new_secret(self, endpoint: WebhookEndpoint) -> str:
        pk, sealed = self.request.session.get(SHOW_SECRET, (None, ""))
        if pk != endpoint.pk or not can_manage_webhooks(self.by):
            return ""
        del self.request.session[SHOW_SECRET]
        return unseal(sealed)


class WebhookAct(ActPage):
    """An act of the administrator on a webhook; it leads back to it."""

    roles = READERS
    back_label = gettext_lazy("Webhook")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return seen(self.by, kwargs["pk"])

    def check(self, obj: Any, by: Any, now: datetime) -> None:
        check_can_manage_webhooks(by)

    def show_once(self, endpoint: WebhookEndpoint, secret: str) -> None:
        self.request.session[SHOW_SECRET] = (endpoint.pk, seal(secret))


class NewWebhookPage(WebhookAct):
    title = gettext_lazy("Register a webhook")
    button = gettext_lazy("Register it")
    done = gettext_lazy("The webhook is registered: keep its secret now.")
    form_class = WebhookForm
    back_label = gettext_lazy("Webhooks")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return None

    def back(self, obj: Any) -> str:
        return reverse("outbox:webhooks")

    def consequences(self, obj: Any) -> list[str]:
        return [
            _("The system is told the code and the number of a piece, what happens and its days."),
            _("Its secret is shown once, on the next page: it proves that a message is ours."),
        ]

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        endpoint, secret = actions.register_webhook(
            cleaned_data["url"], cleaned_data["events"], by=by, now=now
        )
        self.show_once(endpoint, secret)
        return endpoint.get_absolute_url()


class ChangeWebhookPage(WebhookAct):
    title = gettext_lazy("Change the webhook")
    button = gettext_lazy("Keep the change")
    done = gettext_lazy("The webhook is changed.")
    form_class = WebhookForm

    def initial(self, obj: WebhookEndpoint) -> dict[str, Any]:
        return {"url": obj.url, "events": obj.events}

    def perform(
        self, obj: WebhookEndpoint, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        actions.change_webhook(obj.pk, by=by, now=now, **cleaned_data)
        return self.back(obj)


class NewSecretPage(WebhookAct):
    title = gettext_lazy("Give the webhook a new secret")
    button = gettext_lazy("Make a new secret")
    done = gettext_lazy("The secret is new: keep it now.")
    grave = True

    def consequences(self, obj: WebhookEndpoint) -> list[str]:
        return [
            _("The new secret is shown once, on the next page."),
            _("For 24 hours the former secret signs too: change it over there in that time."),
        ]

    def perform(
        self, obj: WebhookEndpoint, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        self.show_once(obj, actions.rotate_webhook_secret(obj.pk, by=by, now=now))
        return self.back(obj)


class TryWebhookPage(WebhookAct):
    title = gettext_lazy("Try the webhook")
    button = gettext_lazy("Send the trial")
    done = gettext_lazy("The trial leaves within a minute: its answer is shown below.")

    def check(self, obj: WebhookEndpoint, by: Any, now: datetime) -> None:
        super().check(obj, by, now)
        check_webhook_active(obj)

    def consequences(self, obj: WebhookEndpoint) -> list[str]:
        return [_("A message that tells of nothing is sent to %(url)s.") % {"url": obj.url}]

    def perform(
        self, obj: WebhookEndpoint, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        actions.try_webhook(obj.pk, by=by, now=now)
        return self.back(obj)


class DeactivateWebhookPage(WebhookAct):
    title = gettext_lazy("Deactivate the webhook")
    button = gettext_lazy("Deactivate it")
    done = gettext_lazy("The webhook is told nothing any more.")
    grave = True

    def consequences(self, obj: WebhookEndpoint) -> list[str]:
        return [
            _("Nothing is sent to %(url)s any more; what waits is given up.") % {"url": obj.url},
            _("What was sent stays on record. You may activate it again."),
        ]

    def perform(
        self, obj: WebhookEndpoint, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        actions.change_webhook(obj.pk, active=False, by=by, now=now)
        return self.back(obj)


class ActivateWebhookPage(WebhookAct):
    title = gettext_lazy("Activate the webhook again")
    button = gettext_lazy("Activate it")
    done = gettext_lazy("The webhook is told again.")

    def consequences(self, obj: WebhookEndpoint) -> list[str]:
        return [_("What happened meanwhile is not told: the other system reads the feed anew.")]

    def perform(
        self, obj: WebhookEndpoint, cleaned_data: dict[str, Any], by: Any, now: datetime
    ) -> Any:
        actions.change_webhook(obj.pk, active=True, by=by, now=now)
        return self.back(obj)


class ResendPage(WebhookAct):
    title = gettext_lazy("Send the message again")
    button = gettext_lazy("Send it again")
    done = gettext_lazy("The message leaves again within a minute.")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Message:
        endpoint = seen(self.by, kwargs["pk"])
        message: Message | None = endpoint.deliveries.filter(pk=kwargs["delivery"]).first()
        if message is None:
            raise Http404
        return message

    def check(self, obj: Message, by: Any, now: datetime) -> None:
        super().check(obj, by, now)
        check_webhook_active(self._endpoint(obj))
        check_resendable(self._endpoint(obj), obj.pk)

    def back(self, obj: Message) -> str:
        return self._endpoint(obj).get_absolute_url()

    def consequences(self, obj: Message) -> list[str]:
        url = self._endpoint(obj).url
        return [
            _("“%(event)s” is sent again to %(url)s, under the same id.")
            % {"event": obj.event_words, "url": url},
            _("It is tried up to %(count)d times, over a day.")
            % {"count": len(WEBHOOK_DELAYS) + 1},
        ]

    def perform(self, obj: Message, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        actions.resend_webhook(self._endpoint(obj).pk, obj.pk, by=by, now=now)
        return self.back(obj)

    def _endpoint(self, message: Message) -> WebhookEndpoint:
        assert message.endpoint is not None  # nosec: a constraint holds it
        return message.endpoint
