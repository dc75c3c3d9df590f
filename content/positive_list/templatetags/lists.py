"""How a row of a list speaks: names of types, reasons, sentences."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from approvals.people.enums import Role
from content.assets.enums import LimitCode
from content.assets.templatetags.imprimatur import pill, plain_day
from content.positive_list.enums import EditionState
from content.positive_list.models import Edition
from content.positive_list.queries import Row

register = template.Library()


@register.filter
def named_in(code: str, names: Mapping[str, str]) -> str:
    """Return the name of a code, or the code."""
    return names.get(code, code)


@register.filter
def reason_label(code: str) -> str:
    """Return a reason's word."""
    return str(LimitCode(code).label) if code in LimitCode.values else code


@register.filter
def no_longer(row: Row) -> str:
    """Say why and since when a version of the negative list may no longer be used."""
    values: dict[str, Any] = {"since": plain_day(row.since), "why": row.reason_text}
    if row.reason == LimitCode.EXPIRED:
        return _("Do not use: expired, last day %(last)s") % {
            "last": plain_day(row.last_usable_day)
        }
    sentences = {
        LimitCode.AUTHORITY: _("Do not use: stopped by the authority since %(since)s"),
        LimitCode.WITHDRAWN: _("Do not use: withdrawn since %(since)s"),
        LimitCode.FREEZE: _("Do not use: stopped by a product freeze since %(since)s"),
        LimitCode.SUSPENDED: _("Do not use for now: suspended since %(since)s"),
        LimitCode.AUTHORISATION_ENDED: _("Do not use: the product's authorisation ended"),
        LimitCode.PUBLIC_NOT_ALLOWED: _("Do not use: no longer allowed for the public"),
        LimitCode.DEPENDENCY: _("Do not use: a part of it is no longer usable since %(since)s"),
        LimitCode.SUPERSEDED: _("Do not use: replaced since %(since)s"),
    }
    sentence = sentences.get(LimitCode(row.reason)) if row.reason in LimitCode.values else None
    return (sentence or _("Do not use since %(since)s")) % values


@register.filter
def role_word(code: str) -> str:
    """Return a role's word."""
    return str(Role(code).label) if code in Role.values else code


@register.simple_tag
def edition_pill(edition: Edition) -> str:
    """Say whether an edition is signed: shape, word and colour."""
    word = EditionState(edition.state).label
    return pill("✓", word, "green") if edition.is_signed else pill("✎", word, "amber")
