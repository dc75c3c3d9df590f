"""Record, edit and import the authority's windows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.audit import InvalidInput, StateConflict, act
from approvals.people.models import User
from approvals.submissions.evaluation import evaluation_end
from approvals.submissions.models import DepositWindow, Dossier
from approvals.submissions.policies import WINDOW_ROLES, check_can_record_window
from content.calendar import day_in_words, paris_day
from content.catalogue.enums import VisaCategory
from content.catalogue.models import Jurisdiction, VisaRule

EDITABLE_FIELDS = (
    "opens_on",
    "closes_on",
    "evaluation_ends_on",
    "overridden_reason",
    "provisional",
    "source",
)
# A year outside these is a slip of the keyboard, and dates end with the year 9999.
YEARS = range(2000, 2200)
COLUMNS = ("authority", "category", "opens_on", "closes_on", "source")


@dataclass
class WindowImport:
    """What an import did: counts, and what was skipped, by line."""

    added: int = 0
    unchanged: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


@act("record_window", roles=WINDOW_ROLES)
def record_window(
    *,
    category: str,
    opens_on: date,
    closes_on: date,
    authority: str = "ANSM",
    jurisdiction: str = "FR",
    evaluation_ends_on: date | None = None,
    overridden_reason: str = "",
    provisional: bool = False,
    made_up: bool = False,
    source: str = "",
    by: User,
    now: datetime,
) -> DepositWindow:
    """Record one of the authority's windows.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``category``, ``opens_on``, ``closes_on``, ``overridden_reason``.
    """
    check_can_record_window(by)
    if category not in VisaCategory.values:
        raise InvalidInput.at("category", _("Choose PM or GP."))
    window = DepositWindow(
        jurisdiction=_jurisdiction(jurisdiction),
        authority=authority,
        category=category,
        opens_on=opens_on,
        closes_on=closes_on,
        overridden_reason=overridden_reason.strip(),
        provisional=provisional,
        made_up=made_up,
        source=source,
        recorded_by=by,
        recorded_at=now,
    )
    _settle(window, evaluation_ends_on)
    window.save(force_insert=True)
    return window


def _jurisdiction(code: str) -> Jurisdiction:
    found = Jurisdiction.objects.filter(code=code).first()
    if found is None:
        raise InvalidInput.at("jurisdiction", _("There is no such jurisdiction."))
    return found


def _settle(window: DepositWindow, evaluation_ends_on: date | None) -> None:
    """Check a window's days and set the evaluation's end: the rule's, or one with its reason."""
    for name in ("opens_on", "closes_on"):
        if getattr(window, name).year not in YEARS:
            raise InvalidInput.at(name, _("Check the year of this day."))
    if window.closes_on < window.opens_on:
        raise InvalidInput.at(
            "closes_on", _("The window closes before it opens: correct one of the days.")
        )
    _check_no_overlap(window)
    by_rule = _evaluation_by_rule(window)
    window.evaluation_ends_on = evaluation_ends_on or by_rule
    if window.evaluation_ends_on == by_rule:
        # Nothing is overridden: a later change of the closing day follows the rule again.
        window.overridden_reason = ""
        return
    if window.evaluation_ends_on <= window.closes_on:
        raise InvalidInput.at(
            "evaluation_ends_on", _("The evaluation ends after the window closes.")
        )
    if not window.overridden_reason:
        raise InvalidInput.at(
            "overridden_reason",
            _("The rule gives %(day)s: say why the evaluation ends on another day.")
            % {"day": day_in_words(by_rule)},
        )


def _check_no_overlap(window: DepositWindow) -> None:
    if window.made_up:
        return
    others = DepositWindow.objects.overlapping(window.opens_on, window.closes_on).filter(
        jurisdiction=window.jurisdiction, category=window.category
    )
    other = others.exclude(pk=window.pk).first()
    if other is not None:
        raise InvalidInput.at(
            "opens_on",
            _("These days overlap another window of the same category: %(window)s.")
            % {"window": other},
            "window_overlaps",
        )


def _evaluation_by_rule(window: DepositWindow) -> date:
    rule = VisaRule.objects.filter(
        jurisdiction=window.jurisdiction, category=window.category
    ).first()
    if rule is None:
        raise InvalidInput.at("category", _("This jurisdiction has no visa of this category."))
    return evaluation_end(
        window.closes_on, months=rule.evaluation_months, extra_days=rule.evaluation_extra_days
    )


@act("edit_window", roles=WINDOW_ROLES)
def edit_window(
    window_id: int, *, changes: Mapping[str, Any], reason: str, by: User, now: datetime
) -> DepositWindow:
    """Correct a window; its history keeps what it was, and why.

    :raises PolicyDenied: ``role_missing``.
    :raises InvalidInput: ``reason`` if blank, and the fields of ``record_window``.
    :raises StateConflict: ``window_has_deposits`` if a recorded deposit would fall outside, or
        the window become provisional.
    """
    check_can_record_window(by)
    if not reason.strip():
        raise InvalidInput.at("reason", _("Say why the window changes."))
    unknown = sorted(set(changes) - set(EDITABLE_FIELDS))
    if unknown:
        raise InvalidInput.at(unknown[0], _("This cannot be changed on a window."))
    window = DepositWindow.objects.locked().get(pk=window_id)
    stated = window.evaluation_ends_on if window.overridden_reason else None
    for name, value in changes.items():
        if name != "evaluation_ends_on":
            setattr(window, name, value)
    _settle(window, changes.get("evaluation_ends_on", stated))
    _check_deposits_stay_inside(window)
    window.save()
    return window


def _check_deposits_stay_inside(window: DepositWindow) -> None:
    deposited = Dossier.objects.filter(batch__window=window, deposited_at__isnull=False)
    for deposited_at in deposited.values_list("deposited_at", flat=True):
        assert deposited_at is not None
        if window.provisional:
            raise StateConflict(
                "window_has_deposits",
                _("A deposit of %(instant)s was recorded in this window: it is no longer awaited.")
                % {"instant": day_in_words(paris_day(deposited_at))},
            )
        if not window.admits(deposited_at):
            raise StateConflict(
                "window_has_deposits",
                _("A deposit of %(instant)s was recorded in this window: keep its day inside.")
                % {"instant": day_in_words(paris_day(deposited_at))},
            )


@act("import_windows", roles=WINDOW_ROLES)
def import_windows(
    lines: Iterable[tuple[int, Mapping[str, str | None]]], *, by: User, now: datetime
) -> WindowImport:
    """Add the windows of a file that no import ever brought; leave every other as it is.

    ``lines`` are (line number, {column: text}). A bad line is reported and skipped.

    :raises PolicyDenied: ``role_missing``.
    """
    check_can_record_window(by)
    report = WindowImport()
    for number, line in lines:
        try:
            added = _import_line(line, by=by, now=now)
        except InvalidInput as error:
            report.errors.append((number, str(error)))
        else:
            report.added += added
            report.unchanged += not added
    return report


def _import_line(line: Mapping[str, str | None], *, by: User, now: datetime) -> bool:
    authority, category, opens, closes, source = (
        (line.get(name) or "").strip() for name in COLUMNS
    )
    opens_on, closes_on = _day("opens_on", opens), _day("closes_on", closes)
    key = f"{authority}/{category}/{opens_on}/{closes_on}"
    if DepositWindow.objects.filter(import_key=key).exists():
        return False
    jurisdiction = Jurisdiction.objects.filter(authority=authority).exclude(authority="").first()
    if jurisdiction is None:
        raise InvalidInput.at(
            "authority", _("No jurisdiction has the authority “%(name)s”.") % {"name": authority}
        )
    window = record_window(
        category=category,
        opens_on=opens_on,
        closes_on=closes_on,
        authority=authority,
        jurisdiction=jurisdiction.code,
        source=source,
        by=by,
        now=now,
    )
    window.import_key = key
    window.save()
    return True


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput.at(
            name, _("“%(text)s” is not a day written YYYY-MM-DD.") % {"text": text}
        ) from None
