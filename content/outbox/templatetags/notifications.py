"""How much of what a person was told they have not read, for the bar of every page."""

from typing import Any

from django import template
from django.utils import timezone

from content.outbox.models import Message

register = template.Library()
# Beyond it the number says nothing more.
MANY = 99


@register.simple_tag
def unread_count(person: Any) -> str:
    """Return how many notifications are unread ("" for none, "99+" for many), in one query."""
    unread = Message.objects.told_to(person).shown_at(timezone.now()).unread()
    count = len(unread.order_by().values_list("pk")[: MANY + 1])
    return f"{MANY}+" if count > MANY else str(count or "")
