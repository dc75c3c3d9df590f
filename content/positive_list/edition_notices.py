"""Tell the field of an edition, and remind those who have not acknowledged it."""

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from approvals.people.enums import FIELD
from approvals.people.models import User
from content.calendar import day_in_words, paris_day
from content.outbox.actions import tell
from content.outbox.models import Message
from content.positive_list.models import Edition, Recipient

# Paris days after which somebody is reminded: the first time, then again and again.
FIRST_REMINDER, NEXT_REMINDERS = 3, 7


def readers() -> list[User]:
    """Return the field: every representative and MSL who belongs to a team, by id."""
    people = User.objects.holding(*FIELD).filter(memberships__isnull=False)
    return list(people.order_by("pk").distinct())


def published(edition: Edition, person: User, *, now: datetime) -> None:
    """Tell a person that an edition waits for them."""
    with translation.override(person.language):
        values = {"number": edition.number, "day": day_in_words(edition.day)}
        subject = _("Edition %(number)s of the lists is signed: take note of it") % values
        body = _(
            "Edition %(number)s of the positive and negative lists, of %(day)s, is signed.\n\n"
            "Read what came and what went, say that you took note of it, and destroy your"
            " obsolete paper copies."
        )
        key = f"edition.published:{edition.number}:{person.pk}"
        _tell(person, edition, "edition.published", subject, body % values, key=key, now=now)


def reminded(recipient: Recipient, *, now: datetime) -> bool:
    """Remind somebody, once each time it is due; return whether this call did."""
    days = (paris_day(now) - paris_day(recipient.told_at)).days
    if days < FIRST_REMINDER:
        return False
    turn = (days - FIRST_REMINDER) // NEXT_REMINDERS + 1
    edition, person = recipient.edition, recipient.person
    key = f"edition.reminder:{edition.number}:{person.pk}:{turn}"
    if Message.objects.filter(key=key).exists():
        return False
    with translation.override(person.language):
        values = {"number": edition.number, "day": day_in_words(paris_day(recipient.told_at))}
        subject = _("Reminder: edition %(number)s waits for you") % values
        body = _("You were told of edition %(number)s on %(day)s and have not taken note of it.")
        _tell(person, edition, "edition.reminder", subject, body % values, key=key, now=now)
    return True


def _tell(
    person: User,
    edition: Edition,
    topic: str,
    subject: str,
    body: str,
    *,
    key: str,
    now: datetime,
) -> None:
    link = reverse("positive_list:field_edition", args=[edition.number])
    tell(person, topic, subject, body, key=key, now=now, link=link)
