"""What the lists write: events for other systems, editions, what a person keeps of them."""

from datetime import datetime

from approvals.audit import act
from approvals.audit.bulk import create_in_bulk
from approvals.people.enums import FIELD, OFFICE, PHARMACISTS
from approvals.people.models import User
from approvals.people.policies import check_system
from content.assets.models import Asset
from content.calendar import is_working_day, paris_day
from content.catalogue.actions import lock_list_head
from content.outbox.actions import queue_job
from content.positive_list import edition_notices, notifications
from content.positive_list.edition_print import MAKE_EDITION
from content.positive_list.editions import (
    draft,
    last_signed,
    newest_instant,
    obsolete_for,
    snapshot_of,
    text_of,
)
from content.positive_list.enums import EditionState
from content.positive_list.models import Edition, Favourite, FieldVisit, Recipient, Snapshot
from content.positive_list.policies import (
    DRAFTERS,
    check_can_acknowledge,
    check_can_attest,
    check_can_be_signed,
    check_can_draft,
    check_can_keep_favourites,
)
from content.positive_list.queries import scope_for


@act("announce_ends")
def announce_ends(*, by: User, now: datetime) -> int:
    """Tell other systems of the ends that come and came; return how many messages were written.

    :raises PolicyDenied: ``system_only`` unless ``by`` is the system actor.
    """
    check_system(by)
    return notifications.days_come(now=now)


@act("draft_edition", roles=DRAFTERS)
def draft_edition(*, by: User, now: datetime) -> Edition:
    """Draw up the next edition from both lists as they stand; a draft is drawn up again.

    :raises PolicyDenied: ``role_missing``.
    """
    check_can_draft(by)
    # Locked until the commit: nothing changes between the list's number and its rows.
    head = lock_list_head()
    last, edition = last_signed(), draft()
    if edition is None:
        edition = Edition(number=last.number + 1 if last else 1)
    as_of = newest_instant(now)
    day = paris_day(now)
    said = snapshot_of(edition.number, day=day, as_of=as_of, list_version=head.version)
    text, digest = text_of(said)
    Snapshot.objects.get_or_create(sha256=digest, defaults={"text": text})
    edition.day, edition.as_of, edition.list_version = day, as_of, head.version
    edition.digest = digest
    for name in ("positive", "negative", "came", "went"):
        setattr(edition, name, len(said[name]))
    edition.drafted_by, edition.drafted_at = by, now
    edition.save()
    return edition


@act("publish_edition", roles=PHARMACISTS)
def publish_edition(
    edition: Edition,
    *,
    name: str,
    role: str,
    on_behalf_of: str,
    by: User,
    now: datetime,
) -> Edition:
    """Keep that an edition was signed, tell the field, have it printed.

    The signature is the act's that this joins, which locked the list head and the edition.

    :raises StateConflict: ``already_signed``, ``outdated_draft``.
    """
    check_can_be_signed(edition, now)
    edition.state = EditionState.SIGNED
    edition.signed_by, edition.signed_at = by, now
    edition.signed_name, edition.signed_role, edition.signed_for = name, role, on_behalf_of
    edition.save()
    _tell_the_field(edition, now=now)
    queue_job(MAKE_EDITION, {"number": edition.number}, key=f"edition:{edition.number}", now=now)
    return edition


def _tell_the_field(edition: Edition, *, now: datetime) -> int:
    told = set(edition.recipients.values_list("person", flat=True))
    people = [person for person in edition_notices.readers() if person.pk not in told]
    create_in_bulk([Recipient(edition=edition, person=one, told_at=now) for one in people])
    for person in people:
        edition_notices.published(edition, person, now=now)
    return len(people)


@act("acknowledge_edition", roles=FIELD)
def acknowledge_edition(number: int, *, by: User, now: datetime) -> Recipient:
    """Keep that a person of the field took note of an edition.

    :raises PolicyDenied: ``role_missing``, ``no_team``.
    :raises StateConflict: ``not_signed``, ``newer_edition``, ``already_acknowledged``.
    """
    edition = _locked(number)
    check_can_acknowledge(edition, by)
    recipient = Recipient.objects.filter(edition=edition, person=by).first()
    if recipient is None:
        # Somebody who joined a team since: the sweep has not told them yet.
        recipient = Recipient(edition=edition, person=by, told_at=now)
    recipient.acknowledged_at = now
    recipient.save()
    return recipient


@act("attest_destruction", roles=FIELD)
def attest_destruction(number: int, *, by: User, now: datetime) -> Recipient:
    """Keep that a person destroyed their obsolete paper, and which versions were listed to them.

    :raises PolicyDenied: ``role_missing``, ``no_team``.
    :raises StateConflict: ``not_signed``, ``newer_edition``, ``not_acknowledged``,
        ``already_attested``.
    """
    edition = _locked(number)
    check_can_attest(edition, by)
    recipient: Recipient = Recipient.objects.get(edition=edition, person=by)
    recipient.destroyed_at = now
    recipient.destroyed = [
        {"code": line["code"], "number": line["number"]}
        for line in obsolete_for(edition, by, scope_for(by))
    ]
    recipient.save()
    return recipient


def _locked(number: int) -> Edition:
    edition: Edition = Edition.objects.select_for_update(of=("self",)).get(number=number)
    return edition


@act("remind_of_edition")
def remind_of_edition(*, by: User, now: datetime) -> int:
    """Tell newcomers of the newest edition and remind who has not acknowledged it.

    Return how many were told.

    :raises PolicyDenied: ``system_only`` unless ``by`` is the system actor.
    """
    check_system(by)
    last = last_signed()
    if last is None or not is_working_day(paris_day(now)):
        return 0
    told = _tell_the_field(last, now=now)
    field = {person.pk for person in edition_notices.readers()}
    waiting = last.recipients.waiting().filter(person__in=field)
    for recipient in waiting.select_related("edition", "person"):
        told += edition_notices.reminded(recipient, now=now)
    return told


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
