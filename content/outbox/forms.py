"""The choice of one's mails."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from content.outbox.enums import Delivery, WebhookEvent
from content.outbox.topics import Topic


class MailsForm(forms.Form):
    """One choice a topic; what must be mailed at once is not among them."""

    def __init__(self, *args: Any, topics: list[tuple[Topic, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic, delivery in topics:
            if not topic.mandatory:
                self.fields[topic.code] = forms.ChoiceField(
                    label=topic.words, choices=Delivery.choices, initial=delivery
                )


ALWAYS = _("Always mailed at once, because somebody must not miss it: %(topics)s.")


class WebhookForm(forms.Form):
    """Where a system is told, and of what; the action says what may not be reached."""

    url = forms.CharField(
        label=_("Address"),
        help_text=_("https://…, on a host that the operations team allowed."),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"), choices=WebhookEvent.choices, widget=forms.CheckboxSelectMultiple
    )
