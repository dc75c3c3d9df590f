"""Tell once that silence granted a visa, or that a suspension's stated end has come."""

from datetime import datetime

from approvals.audit import act
from approvals.people.models import User
from approvals.people.policies import check_system
from approvals.submissions.models import Decision, Dossier
from approvals.submissions.notifications import tell_suspension_over, tell_tacit_due
from content.calendar import paris_day


@act("remind_of_clocks")
def remind_of_clocks(*, by: User, now: datetime) -> int:
    """Remind regulatory of tacit grants to confirm, and of suspensions that should be over.

    Nothing is decided: a person confirms the one, the pharmacist resumes after the other
    (DOMAIN.md §8). Each is told once; return how many mails were written.

    :raises PolicyDenied: ``system_only``.
    """
    check_system(by)
    today = paris_day(now)
    due = Dossier.objects.tacit_due(today).with_page()
    told = sum(tell_tacit_due(dossier, now=now) for dossier in due)
    over = Decision.objects.suspensions_over(today).select_related(
        "dossier__version__asset", "dossier__version__visa"
    )
    for decision in over:
        visa = decision.dossier.version.visa
        if visa is not None and visa.is_suspended:
            told += tell_suspension_over(decision, now=now)
    return told
