"""What planning a version for each window would cause, before it is done."""

from datetime import date

from django.utils.translation import gettext as _

from approvals.submissions.durations import Routes
from approvals.submissions.models import DepositWindow, PlannedDeposit
from approvals.submissions.outlook import Outlook, judge
from approvals.submissions.progress import Progress, progress_of
from content.assets.enums import ReferenceStatus, State
from content.assets.models import Version
from content.calendar import day_in_words

# Its reference is printed in files that reviewers read: another one means a corrected file.
PRINTED = (State.IN_REVIEW, State.APPROVED)


def moves_of(version: Version, today: date) -> list[str]:
    """Say what is planned now, and what each window ahead would make of the reference."""
    plans = PlannedDeposit.objects.current().filter(version=version)
    current = plans.select_related("window", "reference").first()
    said = [_now(current, today)]
    progress = progress_of([version], Routes())[version.pk]
    windows = DepositWindow.objects.ahead(today).filter(
        category=version.visa_category, jurisdiction=version.asset.jurisdiction_id
    )
    said += [_move(version, window, progress, current, today) for window in windows]
    if current is not None and version.state in PRINTED:
        said.append(
            _(
                "Its file already prints the reference: a new one means a corrected file, and a "
                "carry of the verdicts signed by regulatory affairs."
            )
        )
    return said


def _now(current: PlannedDeposit | None, today: date) -> str:
    if current is None:
        return _("A reference is reserved for this version: print it on the material.")
    given = {"day": day_in_words(current.planned_on), "reference": current.reference.value}
    if current.window is not None and current.window.is_closed(today):
        return _("The window it was planned for has closed: %(reference)s is burnt.") % given
    return (
        _(
            "It is planned for %(day)s under %(reference)s: another month burns this "
            "reference and gives a new one."
        )
        % given
    )


def _move(
    version: Version,
    window: DepositWindow,
    progress: Progress,
    current: PlannedDeposit | None,
    today: date,
) -> str:
    judged = judge(progress, window.closes_on, today)
    outlook = "" if judged.outlook == Outlook.ON_TRACK else f" ({judged.outlook.label})"
    return _("%(window)s: %(reference)s %(why)s%(outlook)s") % {
        "window": window,
        "reference": _reference(version, window, current, today),
        "why": judged.reasons[0] if judged.reasons else "",
        "outlook": outlook,
    }


def _reference(
    version: Version, window: DepositWindow, current: PlannedDeposit | None, today: date
) -> str:
    """Say which reference planning for the closing day of a window keeps, burns and gives."""
    month, kept = window.closes_on.strftime("%y/%m"), version.reference
    if kept is None or kept.status == ReferenceStatus.BURNT:
        return _("a reference of %(month)s is reserved.") % {"month": month}
    missed = current is not None and current.window is not None and current.window.is_closed(today)
    lead = version.asset.lead_product
    same = (kept.cis, kept.category, kept.year, kept.month) == (
        lead.cis if lead else "",
        version.visa_category,
        window.closes_on.year,
        window.closes_on.month,
    )
    if same and not missed:
        return _("%(reference)s is kept.") % {"reference": kept.value}
    return _("%(reference)s is burnt, a new reference of %(month)s is reserved.") % {
        "reference": kept.value,
        "month": month,
    }
