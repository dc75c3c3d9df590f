"""What one was told, and how one wants to be mailed."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.people.enums import EVERYONE
from config.http.pages import ActPage, Page
from content.outbox.actions import choose_mails, mark_all_read, mark_read
from content.outbox.forms import ALWAYS, MailsForm
from content.outbox.models import SHOWN_DAYS, Message
from content.outbox.policies import deliveries_of

PAGE_SIZE = 50


class Notifications(Page):
    """Answer: what was I told, and what did I not read yet?"""

    title = _("Notifications")
    roles = EVERYONE
    template_name = "outbox/notifications.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        told = Message.objects.told_to(self.by).shown_at(self.now)
        page = Paginator(told.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
        return self.page(messages_told=page, unread=told.unread().count(), days=SHOWN_DAYS)


class ReadNotification(Page):
    """Mark one as read and go where it leads."""

    roles = EVERYONE

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = Message.objects.told_to(self.by).filter(pk=pk).first()
        if message is None:
            raise Http404
        mark_read(message, by=self.by, now=self.now)
        return redirect(message.link or reverse("outbox:notifications"))


class ReadNotifications(Page):
    """Mark all as read."""

    roles = EVERYONE

    def post(self, request: HttpRequest) -> HttpResponse:
        mark_all_read(by=self.by, now=self.now)
        return redirect("outbox:notifications")


class Mails(ActPage):
    """Choose which mails one gets, topic by topic."""

    title = _("My mails")
    button = _("Keep these choices")
    done = _("Your choices are kept.")
    consequences_title = _("How you are told")
    form_class = MailsForm
    roles = EVERYONE
    back_label = _("My profile")

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Any:
        return self.by

    def back(self, obj: Any) -> str:
        return reverse("desk:profile")

    def form_kwargs(self, obj: Any) -> dict[str, Any]:
        return {"topics": deliveries_of(obj)}

    def consequences(self, obj: Any) -> list[str]:
        always = [
            str(topic.words)[:1].lower() + str(topic.words)[1:]
            for topic, _delivery in deliveries_of(obj)
            if topic.mandatory
        ]
        return [
            str(_("Whatever you choose here is among your notifications in any case.")),
            str(_("The digest leaves at 7:30 a.m., Paris time, on working days.")),
            str(ALWAYS) % {"topics": ", ".join(always)},
        ]

    def perform(self, obj: Any, cleaned_data: dict[str, Any], by: Any, now: datetime) -> str:
        choose_mails(cleaned_data, by=by, now=now)
        return reverse("outbox:mails")
