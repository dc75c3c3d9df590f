"""The choice of one's mails."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from content.outbox.enums import Delivery
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
