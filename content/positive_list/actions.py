"""What the lists write: what other systems are told, and what a person keeps of them."""

from datetime import datetime

from approvals.audit import act
from approvals.people.enums import FIELD, OFFICE
from approvals.people.models import User
from approvals.people.policies import check_system
from content.assets.models import Asset
from content.calendar import paris_day
from content.positive_list import notifications
from content.positive_list.models import Favourite, FieldVisit
from content.positive_list.policies import check_can_keep_favourites


@act("announce_ends")
def announce_ends(*, by: User, now: datetime) -> int:
    """Tell other systems of the ends that come and came; return how many messages were written.

    :raises PolicyDenied: ``system_only`` unless ``by`` is the system actor.
    """
    check_system(by)
    return notifications.days_come(now=now)


@act("add_favourite", roles=(*FIELD, *OFFICE))
def add_favourite(asset_id: int, *, by: User, now: datetime) -> None:
    """Keep a material among one's favourites; nothing happens where it is one already.

    :raises PolicyDenied: ``role_missing`` for whom the lists do not speak to.
    """
    check_can_keep_favourites(by)
    _alone(by)
    asset = Asset.objects.get(pk=asset_id)
    if not Favourite.objects.kept_by(by).filter(asset=asset).exists():
        Favourite(person=by, asset=asset, added_at=now).save()


@act("remove_favourite", roles=(*FIELD, *OFFICE))
def remove_favourite(asset_id: int, *, by: User, now: datetime) -> None:
    """Take a material out of one's favourites; nothing happens where it is none.

    :raises PolicyDenied: ``role_missing`` for whom the lists do not speak to.
    """
    check_can_keep_favourites(by)
    _alone(by)
    kept = Favourite.objects.kept_by(by).filter(asset=asset_id).first()
    if kept is not None:
        kept.delete()


@act("note_visit", roles=(*FIELD, *OFFICE))
def note_visit(*, by: User, now: datetime) -> FieldVisit:
    """Note that a person reads the field's list today, once a Paris day; return their visits."""
    _alone(by)
    today = paris_day(now)
    visit = FieldVisit.objects.filter(person=by).first()
    if visit is None:
        visit = FieldVisit(person=by, day=today)
        visit.save()
    elif visit.day < today:
        visit.before, visit.day = visit.day, today
        visit.save()
    return visit


def _alone(person: User) -> None:
    """Let one act at a time write what a person keeps: two taps are one after the other."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
