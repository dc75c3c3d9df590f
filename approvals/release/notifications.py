"""Tell the owner, and the field that holds the material, what they may use from now on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from approvals.people.enums import FIELD, Role
from approvals.people.models import User
from approvals.release.enums import ActKind
from approvals.release.models import ProductFreezeAct, ReleaseAct
from approvals.release.queries import products_of
from content.assets.enums import Nature
from content.assets.models import Version
from content.assets.validity.facts import regulated_metadata
from content.calendar import day_in_words, paris_day
from content.catalogue.models import Product, ProductFreeze
from content.outbox.actions import tell

Mail = Callable[[], tuple[str, str]]


def released(done: ReleaseAct, *, now: datetime) -> None:
    """Tell that a version may be used."""
    _tell_of(done, partial(_released_mail, done, _title(done.version)), now=now)


def resumed(done: ReleaseAct, *, now: datetime) -> None:
    """Tell that a version may be used again."""
    _tell_of(done, partial(_resumed_mail, done, _title(done.version)), now=now)


def stopped(done: ReleaseAct, *, now: datetime) -> None:
    """Tell that a version may no longer be used, from when, and why."""
    _tell_of(done, partial(_stopped_mail, done, _title(done.version)), now=now)


def frozen(done: ProductFreezeAct, versions: Sequence[Version], *, now: datetime) -> None:
    """Tell everybody concerned, in one mail each, which versions a freeze stops."""
    stop = _Stop(str(done.pk), done.freeze.product, done.effective_on, done.reason)
    _tell_frozen(stop, versions, now=now)


def frozen_by_itself(freeze: ProductFreeze, versions: Sequence[Version], *, now: datetime) -> None:
    """Tell the same of versions that a freeze stopped without the pharmacist's act."""
    # A version is stopped once by one freeze: the first of them names the occasion.
    occasion = f"{freeze.pk}.{versions[0].pk}"
    stop = _Stop(occasion, freeze.product, paris_day(now), freeze.reason)
    _tell_frozen(stop, versions, now=now)


@dataclass(frozen=True)
class _Stop:
    """What a freeze says to everybody: of which product, from which day on, and why."""

    occasion: str
    product: Product
    day: date
    reason: str


def _tell_frozen(stop: _Stop, versions: Sequence[Version], *, now: datetime) -> None:
    stopped_for: dict[User, list[str]] = {}
    for version in versions:
        line = f"- {version} — {_title(version)}"
        for person in _concerned(version):
            stopped_for.setdefault(person, []).append(line)
    for person, theirs in stopped_for.items():
        key = f"release.freeze:{stop.occasion}:{person.pk}"
        _tell(person, partial(_frozen_mail, stop, theirs), key=key, now=now)


def _tell_of(done: ReleaseAct, mail: Mail, *, now: datetime) -> None:
    for person in _concerned(done.version):
        key = f"release.{done.kind}:{done.pk}:{person.pk}"
        # The page of a version is the office's: the field has no such page.
        owns = person.pk == done.version.asset.owner_id
        link = done.version.get_absolute_url() if owns else ""
        _tell(person, mail, key=key, now=now, link=link)


def _tell(person: User, mail: Mail, *, key: str, now: datetime, link: str = "") -> None:
    with translation.override(person.language):
        subject, body = mail()
    tell(person, key.split(":", maxsplit=1)[0], subject, body, key=key, now=now, link=link)


def _concerned(version: Version) -> list[User]:
    """Return the owner and, once it was released, the field of the version's teams, by id.

    What was never usable stays in the office (DOMAIN.md §9).
    """
    asset = version.asset
    medical = _reviewed(version, "nature") == Nature.MEDICAL
    roles = (Role.MSL,) if medical else FIELD
    products = [product.pk for product in products_of(version)]
    theirs = Q(memberships__team__team_products__product__in=products)
    if not products:
        theirs = Q(memberships__team=asset.team_id)
    people = {asset.owner_id: asset.owner} if asset.owner.is_active else {}
    if version.released_at is not None and not asset.asset_type.is_component:
        people |= {person.pk: person for person in User.objects.holding(*roles).filter(theirs)}
    return [people[pk] for pk in sorted(people)]


def _reviewed(version: Version, name: str) -> str:
    """Return a version's title or nature as it was reviewed, whatever its asset became (§2)."""
    frozen = regulated_metadata([version.pk]).get(version.pk, {})
    return str(frozen.get(name) or getattr(version.asset, name))


def _title(version: Version) -> str:
    return _reviewed(version, "title")


def _released_mail(done: ReleaseAct, title: str) -> tuple[str, str]:
    values = {"version": done.version, "title": title, "day": day_in_words(done.effective_on)}
    return (
        _("%(version)s is released") % values,
        _("%(title)s (%(version)s) may be used from %(day)s on.") % values,
    )


def _resumed_mail(done: ReleaseAct, title: str) -> tuple[str, str]:
    values = {"version": done.version, "title": title, "reason": done.reason}
    return (
        _("%(version)s may be used again") % values,
        _("%(title)s (%(version)s) is no longer suspended: %(reason)s") % values,
    )


def _stopped_mail(done: ReleaseAct, title: str) -> tuple[str, str]:
    values = {
        "version": done.version,
        "title": title,
        "day": day_in_words(done.effective_on),
        "reason": done.reason,
    }
    if done.kind == ActKind.WITHDRAW:
        return (
            _("%(version)s is withdrawn from %(day)s on") % values,
            _("Do not use %(title)s (%(version)s) from %(day)s on: %(reason)s") % values,
        )
    return (
        _("%(version)s is suspended from %(day)s on") % values,
        _("Do not use %(title)s (%(version)s) from %(day)s on, until it is resumed: %(reason)s")
        % values,
    )


def _frozen_mail(stop: _Stop, lines: list[str]) -> tuple[str, str]:
    values = {
        "product": stop.product.name,
        "day": day_in_words(stop.day),
        "reason": stop.reason,
        "versions": "\n".join(lines),
    }
    return (
        _("Advertising for %(product)s stops on %(day)s") % values,
        _("Do not use these from %(day)s on: %(reason)s\n\n%(versions)s") % values,
    )
