"""What a request asks of the lists: the day, the instant of knowledge, the filters, the page."""

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime

from django.core import signing
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from approvals.audit import InvalidInput
from content.access.policies import Scope
from content.assets.enums import Audience
from content.assets.models import AssetType
from content.assets.validity.answers import known_when
from content.calendar import paris_day
from content.catalogue.models import ListHead, Product
from content.positive_list.enums import View
from content.positive_list.queries import LISTS, Filters, Key, Page

PARAMETERS = ("on", "as_of", "product", "asset_type", "audience", "q")
PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


@dataclass(frozen=True)
class Asked:
    """A question to one list. ``stated`` is the ``as_of`` that was given, if any."""

    view: View
    day: date
    as_of: datetime
    stated: str
    filters: Filters

    def page(self, scope: Scope | None, *, cursor: str = "", limit: int | None = PAGE_SIZE) -> Page:
        """Return a page of the list, for what a person may read.

        :raises InvalidInput: field ``cursor``.
        """
        after = self._key(cursor) if cursor else None
        return LISTS[self.view](
            scope, day=self.day, as_of=self.as_of, filters=self.filters, after=after, limit=limit
        )

    def cursor(self, after: Key) -> str:
        """Return the signed cursor of the next page; it holds for this question only."""
        return signing.dumps(list(after), salt=self._salt())

    def _key(self, cursor: str) -> Key:
        try:
            key, version_id = signing.loads(cursor, salt=self._salt())
        except (signing.BadSignature, ValueError) as error:
            raise InvalidInput.at(
                "cursor", _("This cursor does not belong to this list: start again without it.")
            ) from error
        return str(key), int(version_id)

    def _salt(self) -> str:
        return repr((str(self.view), self.day.isoformat(), self.stated, astuple(self.filters)))

    def etag(
        self,
        scope: Scope | None,
        *,
        today: date,
        extra: object = "",
        list_version: int | None = None,
    ) -> str:
        """Return what changes when the answer may: list version, Paris day, scope, language…

        ``list_version`` is the one that was read with the page; None reads it.
        """
        seen = scope and (
            scope.sees_all,
            scope.sees_medical,
            sorted(scope.team_ids),
            sorted(scope.product_ids),
        )
        if list_version is None:
            list_version = ListHead.objects.values_list("version", flat=True).get(pk=1)
        facts = (list_version, today.isoformat(), seen, get_language(), self._salt(), extra)
        signer = signing.Signer(salt="list-etag")
        return '"' + signer.signature(repr(facts)) + '"'


def asked(view: View, given: Mapping[str, str], *, now: datetime) -> Asked:
    """Read a question to a list.

    :raises InvalidInput: naming each parameter whose value is wrong.
    """
    day, as_of = moment(given, now=now)
    return Asked(view, day, as_of, given.get("as_of", "").strip(), _filters(given))


def moment(given: Mapping[str, str], *, now: datetime) -> tuple[date, datetime]:
    """Return the Paris day asked about, and the instant as known at which it is answered.

    ``as_of=now`` and an instant say what was known then; without it a past day is answered as
    known at its end.

    :raises InvalidInput: field ``on`` or ``as_of``.
    """
    as_of = _instant(given.get("as_of", "").strip(), now)
    text = given.get("on", "").strip()
    day = read_day("on", text) if text else paris_day(as_of or now)
    return day, known_when(day, as_of=as_of, now=now)


def read_day(name: str, text: str) -> date:
    """Read ``YYYY-MM-DD``.

    :raises InvalidInput: naming the parameter.
    """
    try:
        if len(text) != 10:
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput.at(name, _("Give a day as YYYY-MM-DD.")) from error
    if not date(1900, 1, 1) <= day < date(9000, 1, 1):
        raise InvalidInput.at(name, _("Give a day as YYYY-MM-DD."))
    return day


def _instant(text: str, now: datetime) -> datetime | None:
    if not text:
        return None
    if text == "now":
        return now
    try:
        # A "+" that nobody escaped arrives as a blank.
        instant = parse_datetime(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InvalidInput.at(
            "as_of", _("Give “now”, or an instant with its offset, as 2026-04-24T10:00:00+02:00.")
        )
    if instant > now:
        raise InvalidInput.at("as_of", _("Nobody knows yet what will be known then."))
    return instant


def _filters(given: Mapping[str, str]) -> Filters:
    words = {name: given.get(name, "").strip() for name in PARAMETERS}
    filters = Filters(words["product"], words["asset_type"], words["audience"], words["q"])
    errors: dict[str, list[str]] = {}
    if filters.product and not re.fullmatch(r"[0-9]{8}", filters.product):
        errors["product"] = [_("A CIS code has eight digits.")]
    elif filters.product and not Product.objects.filter(cis=filters.product).exists():
        errors["product"] = [_("No product has this CIS code: check it.")]
    if filters.audience and filters.audience not in Audience.values:
        errors["audience"] = [_("No audience has this name.")]
    types = AssetType.objects.filter(code=filters.asset_type)
    if filters.asset_type and not types.exists():
        errors["asset_type"] = [_("No type of asset has this name.")]
    if len(filters.q) > 200:
        errors["q"] = [_("Search for at most 200 characters.")]
    if errors:
        raise InvalidInput(errors)
    return filters
