"""What a notice of an end says, in the language of whoever is told: until when, why, what to do."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from approvals.people.models import User
from approvals.submissions.forecast import Item, Renewal
from content.assets.enums import LimitCode, State
from content.calendar import day_in_words, full_day_in_words
from content.outbox.actions import tell


def tell_ending(renewal: Renewal, person: User, today: date, *, key: str, now: datetime) -> None:
    """Tell a person that a version ends, and what keeps it from being a gap."""
    item = renewal.item
    version = item.version
    with override(person.language):
        subject = _("%(version)s ends on %(day)s") % {
            "version": version,
            "day": day_in_words(renewal.last_day),
        }
        body = " ".join([until(renewal, today), why(item), *what_to_do(renewal)])
        link = version.get_absolute_url()
        topic = "end_of_use" if person.pk == version.asset.owner_id else "visa_ends"
        tell(person, topic, subject, f"{body}\n{link}", key=key, now=now, link=link)


def until(renewal: Renewal, today: date) -> str:
    """Say the last day of use and how far it is."""
    item = renewal.item
    left = (renewal.last_day - today).days
    values = {
        "title": item.version.asset.title,
        "version": item.version,
        "day": full_day_in_words(renewal.last_day),
        "left": left,
    }
    if item.listed:
        return (
            ngettext(
                "%(title)s (%(version)s) may be used until %(day)s, in %(left)d day.",
                "%(title)s (%(version)s) may be used until %(day)s, in %(left)d days.",
                left,
            )
            % values
        )
    if item.version.state == State.SUSPENDED:
        return (
            _("%(title)s (%(version)s) is suspended; it could come back until %(day)s only.")
            % values
        )
    return (
        _("%(title)s (%(version)s) is not released; it could be used until %(day)s only.") % values
    )


def why(item: Item) -> str:
    """Say what ends: the visa, the authorisation, a component, or the release itself."""
    if item.limited_by == LimitCode.AUTHORISATION_ENDED:
        return _("The authorisation of its product ends then.")
    if item.limited_by == LimitCode.PUBLIC_NOT_ALLOWED:
        return _("Its product may not be advertised to the general public any more then.")
    if item.limited_by == LimitCode.DEPENDENCY:
        return _("A component that it needs ends then.")
    if item.version.visa_id:
        return _("Its visa ends then.")
    return _("The time for which it was released ends then.")


def what_to_do(renewal: Renewal) -> list[str]:
    """Say what keeps it from being a gap, or why nothing does."""
    item = renewal.item
    if item.taken_over_on is not None:
        return [_taken_over(item, item.taken_over_on)]
    if renewal.helpless:
        return [_("No new version would be usable after it: nothing has to be done.")]
    said = [_under_way(item)] if item.successor else []
    if item.settled_on is not None:
        return [*said, *_settled(renewal, item.settled_on)]
    if renewal.back_on is None:
        return [
            *said,
            _("No window that can still be made is known: ask regulatory affairs for them."),
        ]
    return [*said, *_steps(renewal)]


def _taken_over(item: Item, day: date) -> str:
    gap = (day - item.ends_on).days
    return ngettext(
        "A later version takes over on %(day)s: %(gap)d day without this material.",
        "A later version takes over on %(day)s: %(gap)d days without this material.",
        gap,
    ) % {"day": day_in_words(day), "gap": gap}


def _under_way(item: Item) -> str:
    assert item.successor is not None
    state = State(item.successor.state).label
    return _("Version %(number)d is under way (%(state)s).") % {
        "number": item.successor.number,
        "state": str(state).lower(),
    }


def _settled(renewal: Renewal, day: date) -> list[str]:
    if renewal.gap:
        return [gap_said(renewal)]
    if renewal.item.successor and renewal.item.successor.state == State.DEPOSITED:
        return [
            _("If the authority stays silent, it may be used from %(day)s: there is no gap.")
            % {"day": day_in_words(day)}
        ]
    return [_("It waits for its release only.")]


def _steps(renewal: Renewal) -> list[str]:
    assert renewal.act_by is not None
    values = {"day": full_day_in_words(renewal.act_by), "window": renewal.through or ""}
    if renewal.gap:
        said = [gap_said(renewal)]
        if renewal.enters_review and renewal.through:
            said.append(_("For this, enter review by %(day)s (%(window)s).") % values)
        elif renewal.enters_review:
            said.append(_("For this, enter review by %(day)s.") % values)
        return said
    if not renewal.enters_review:
        return [_("It is in time for %(window)s.") % values] if renewal.through else []
    if renewal.through:
        return [_("To keep it without a gap, enter review by %(day)s (%(window)s).") % values]
    return [_("To keep it without a gap, enter review by %(day)s.") % values]


def gap_said(renewal: Renewal) -> str:
    """Say that it cannot be kept without a gap, and for how long it is missing."""
    assert renewal.back_on is not None
    return ngettext(
        "It is too late to keep it without a gap: it comes back on %(day)s at the earliest, "
        "after %(gap)d day.",
        "It is too late to keep it without a gap: it comes back on %(day)s at the earliest, "
        "after %(gap)d days.",
        renewal.gap,
    ) % {"day": day_in_words(renewal.back_on), "gap": renewal.gap}
