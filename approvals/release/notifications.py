"""Tell the owner, and the field that holds the material, what they may use from now on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from approvals.people.enums import FIELD, PHARMACISTS, Role
from approvals.people.models import User
from approvals.release.enums import OWED_BY_OWNER, ActKind
from approvals.release.models import ImpactDecision, ImpactList, ProductFreezeAct, ReleaseAct
from approvals.release.queries import products_of
from content.assets.enums import Nature
from content.assets.models import Version
from content.assets.validity.facts import regulated_metadata
from content.calendar import day_in_words, paris_day
from content.catalogue.models import Product, ProductFreeze
from content.outbox.actions import tell
from content.outbox.models import Message

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


def stopped_by_authority(
    versions: Sequence[Version], *, withdrawn: bool, reason: str, occasion: str, now: datetime
) -> None:
    """Tell the same of versions that the authority stopped, or a correction of what it decided."""
    kind = ActKind.WITHDRAW if withdrawn else ActKind.SUSPEND
    for version in versions:
        stop = _Stopped(version, _title(version), paris_day(now), reason, withdrawn)
        for person in _concerned(version):
            key = f"release.{kind}:authority.{occasion}.{version.pk}:{person.pk}"
            link = version.get_absolute_url() if person.pk == version.asset.owner_id else ""
            _tell(person, partial(_stop_words, stop), key=key, now=now, link=link)


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


def impact_opened(impact: ImpactList, *, now: datetime) -> None:
    """Tell the pharmacists that versions wait for their decision."""
    _tell_of_impact(impact, "release.impact", str(impact.pk), _impact_mail, now=now)


def impact_due(impact: ImpactList, *, now: datetime) -> int:
    """Remind of a list before its deadline, once; return how many were told."""
    occasion = f"{impact.pk}.{impact.deadline}"
    return _tell_of_impact(impact, "release.impact_due", occasion, _impact_due_mail, now=now)


def impact_late(impact: ImpactList, *, now: datetime) -> int:
    """Tell once that a list's deadline is past; return how many were told."""
    occasion = f"{impact.pk}.{impact.deadline}"
    return _tell_of_impact(impact, "release.impact_late", occasion, _impact_late_mail, now=now)


def _tell_of_impact(
    impact: ImpactList,
    topic: str,
    occasion: str,
    mail: Callable[[ImpactList], tuple[str, str]],
    *,
    now: datetime,
) -> int:
    people = {f"{topic}:{occasion}:{one.pk}": one for one in User.objects.holding(*PHARMACISTS)}
    told = set(Message.objects.filter(key__in=people).values_list("key", flat=True))
    link = impact.get_absolute_url()
    for key in sorted(people.keys() - told):
        _tell(people[key], partial(mail, impact), key=key, now=now, link=link)
    return len(people.keys() - told)


def impact_decided(decision: ImpactDecision, *, now: datetime) -> None:
    """Tell the owner of the version to prepare."""
    owner = decision.version.asset.owner
    if decision.outcome in OWED_BY_OWNER and owner.is_active:
        key = f"release.impact_owed:{decision.pk}:{owner.pk}"
        link = decision.version.get_absolute_url()
        _tell(owner, partial(_impact_owed_mail, decision), key=key, now=now, link=link)


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


@dataclass(frozen=True)
class _Stopped:
    """What is said of a version that may no longer be used."""

    version: Version
    title: str
    day: date
    reason: str
    withdrawn: bool


def _stopped_mail(done: ReleaseAct, title: str) -> tuple[str, str]:
    withdrawn = done.kind == ActKind.WITHDRAW
    return _stop_words(_Stopped(done.version, title, done.effective_on, done.reason, withdrawn))


def _stop_words(stop: _Stopped) -> tuple[str, str]:
    values = {
        "version": stop.version,
        "title": stop.title,
        "day": day_in_words(stop.day),
        "reason": stop.reason,
    }
    if stop.withdrawn:
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


def _impact_words(impact: ImpactList) -> dict[str, str]:
    return {
        "source": str(impact.get_kind_display()),
        "product": impact.product.name,
        "day": day_in_words(impact.deadline),
    }


def _impact_mail(impact: ImpactList) -> tuple[str, str]:
    values = _impact_words(impact)
    return (
        _("%(product)s: its source changed (%(source)s)") % values,
        _(
            "A newer source of %(product)s is known: %(source)s. Decide by %(day)s what becomes"
            " of each version that repeats the earlier one."
        )
        % values,
    )


def _impact_due_mail(impact: ImpactList) -> tuple[str, str]:
    values = _impact_words(impact)
    return (
        _("%(product)s: decisions due on %(day)s") % values,
        _("Versions of %(product)s still wait for your decision after a change: %(source)s.")
        % values,
    )


def _impact_late_mail(impact: ImpactList) -> tuple[str, str]:
    values = _impact_words(impact)
    return (
        _("%(product)s: decisions were due on %(day)s") % values,
        _("Versions of %(product)s still wait for your decision after a change: %(source)s.")
        % values,
    )


def _impact_owed_mail(decision: ImpactDecision) -> tuple[str, str]:
    values = _impact_words(decision.impact) | {
        "version": str(decision.version),
        "title": _title(decision.version),
        "outcome": str(decision.get_outcome_display()),
        "reason": decision.reason or "—",
    }
    return (
        _("%(version)s: prepare a new version") % values,
        _(
            "A source of %(title)s (%(version)s) changed: %(source)s, %(product)s."
            " The pharmacist decided: %(outcome)s. Reason: %(reason)s. The next version is yours"
            " to prepare."
        )
        % values,
    )
