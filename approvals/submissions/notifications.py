"""Tell the owner, regulatory and the pharmacist what became of a dossier, in their languages."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from approvals.people.enums import PHARMACISTS, Role
from approvals.people.models import User
from approvals.submissions.enums import Outcome, PackageState
from approvals.submissions.models import Decision, DepositPackage, Dossier
from content.calendar import day_in_words, paris_day
from content.outbox.actions import tell
from content.outbox.models import Message


def tell_deposited(dossier: Dossier, *, now: datetime) -> None:
    """Tell the owner that their version is with the authority, and until when it evaluates."""
    owner = dossier.version.asset.owner
    assert dossier.deposited_at is not None
    with translation.override(owner.language):
        body = _("%(version)s was deposited with the authority on %(day)s under %(reference)s.") % {
            "version": dossier.version,
            "day": day_in_words(paris_day(dossier.deposited_at)),
            "reference": dossier.reference.value,
        }
        if dossier.evaluation_ends_on is not None:
            body += " " + _("Its evaluation ends on %(day)s.") % {
                "day": day_in_words(dossier.evaluation_ends_on)
            }
        subject = _("%(version)s was deposited") % {"version": dossier.version}
    link = dossier.version.get_absolute_url()
    tell(owner, "deposited", subject, body, key=f"deposited:{dossier.pk}", now=now, link=link)


def tell_missed(dossier: Dossier, *, now: datetime) -> None:
    """Tell the owner that their version was not deposited, and why."""
    owner = dossier.version.asset.owner
    with translation.override(owner.language):
        subject = _("%(version)s was not deposited") % {"version": dossier.version}
        body = _("%(version)s was not deposited: %(reason)s. Plan another window.") % {
            "version": dossier.version,
            "reason": dossier.missed_reason.rstrip("."),
        }
    link = dossier.version.get_absolute_url()
    tell(owner, "missed", subject, body, key=f"missed:{dossier.pk}", now=now, link=link)


def tell_decided(decision: Decision, *, now: datetime) -> None:
    """Tell the owner what the authority decided, with its reasons."""
    version = decision.dossier.version
    owner = version.asset.owner
    with translation.override(owner.language):
        outcome = Outcome(decision.outcome).label
        subject = _("%(version)s: %(outcome)s") % {"version": version, "outcome": outcome}
        body = _("The authority's decision of %(day)s on %(version)s: %(outcome)s.") % {
            "day": day_in_words(decision.decided_on),
            "version": version,
            "outcome": outcome,
        }
        if decision.reason:
            body += " " + _("Reasons: %(reason)s") % {"reason": decision.reason}
    link = version.get_absolute_url()
    tell(owner, "decided", subject, body, key=f"decided:{decision.pk}", now=now, link=link)


def tell_package(package: DepositPackage, *, now: datetime) -> None:
    """Tell who froze a batch that its package is ready, or why it is not and what to do."""
    batch, person = package.seal.batch, package.seal.sealed_by
    with translation.override(person.language):
        if package.state == PackageState.READY:
            subject = _("The package of %(batch)s is ready") % {"batch": batch}
            body = _(
                "The package of %(batch)s is ready: %(total)d dossiers, SHA-256 %(sha256)s."
            ) % {"batch": batch, "total": package.total, "sha256": package.sha256}
        else:
            subject = _("The package of %(batch)s could not be made") % {"batch": batch}
            body = package.get_failure_display()
    key = f"package.told:{package.pk}:{package.state}:{now.isoformat()}"
    link = batch.get_absolute_url()
    tell(person, "package", subject, body, key=key, now=now, link=link)


def tell_corrected(decision: Decision, owners: Iterable[User], *, now: datetime) -> None:
    """Tell pharmacists, regulatory and owners what was corrected, and which days were wrong."""
    staff = User.objects.holding(*PHARMACISTS, Role.REGULATORY_REVIEWER)
    for person in sorted({*staff, *owners}, key=lambda one: one.pk):
        with translation.override(person.language):
            version = decision.dossier.version
            subject = _("%(version)s: a decision was corrected") % {"version": version}
            body = _corrected_text(decision)
        key = f"decision.corrected:{decision.pk}:{person.pk}"
        tell(
            person,
            "decision.corrected",
            subject,
            body,
            key=key,
            now=now,
            link=decision.dossier.get_absolute_url(),
        )


def _corrected_text(decision: Decision) -> str:
    wrong = decision.corrects
    assert wrong is not None
    lines = [
        _("%(version)s was recorded as: %(wrong)s, %(wrong_day)s. It is: %(right)s, %(right_day)s.")
        % {
            "version": decision.dossier.version,
            "wrong": Outcome(wrong.outcome).label,
            "wrong_day": day_in_words(wrong.decided_on),
            "right": Outcome(decision.outcome).label,
            "right_day": day_in_words(decision.decided_on),
        },
        _("Why: %(reason)s") % {"reason": decision.correction_reason},
        *wrong_days_in_words(decision),
    ]
    return "\n".join(lines)


def wrong_days_in_words(decision: Decision) -> list[str]:
    """Say, one sentence each, on which days which version was usable without being allowed."""
    said = []
    for row in decision.wrong_days:
        first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
        values = {"version": row["name"], "first": day_in_words(first), "last": day_in_words(last)}
        if first == last:
            said.append(_("%(version)s was wrongly usable on %(first)s.") % values)
        else:
            said.append(
                _("%(version)s was wrongly usable from %(first)s to %(last)s included.") % values
            )
    return said


def tell_tacit_due(dossier: Dossier, *, now: datetime) -> int:
    """Tell regulatory, once, that silence may be confirmed; return how many were told."""
    ends_on = dossier.evaluation_ends_on
    assert ends_on is not None
    link = reverse("submissions:tacit", args=[dossier.pk])
    told = 0
    for person in User.objects.holding(Role.REGULATORY_REVIEWER):
        with translation.override(person.language):
            values = {"version": dossier.version, "day": day_in_words(ends_on)}
            subject = _("%(version)s: its tacit grant is to be confirmed") % values
            body = _(
                "The evaluation of %(version)s ended on %(day)s. Look for a letter of the"
                " authority, in the mailbox and on the portal; if none came, confirm the grant."
            )
            body = body % values
        key = f"tacit.due:{dossier.pk}:{person.pk}"
        told += _tell_once(person, "tacit.due", (subject, body), key=key, now=now, link=link)
    return told


def tell_suspension_over(decision: Decision, *, now: datetime) -> int:
    """Remind pharmacists and regulatory, once, that a suspension's stated end has come."""
    assert decision.until is not None
    version = decision.dossier.version
    told = 0
    for person in User.objects.holding(*PHARMACISTS, Role.REGULATORY_REVIEWER):
        with translation.override(person.language):
            values = {"version": version, "day": day_in_words(decision.until)}
            subject = _("%(version)s: its suspension was meant to end") % values
            body = _(
                "The authority suspended the visa of %(version)s until %(day)s. It stays suspended"
                " until the pharmacist resumes its use, with the letter that lifts the suspension."
            )
            body = body % values
        key = f"suspension.over:{decision.pk}:{person.pk}"
        link = version.get_absolute_url()
        told += _tell_once(person, "suspension.over", (subject, body), key=key, now=now, link=link)
    return told


def _tell_once(
    person: User, topic: str, words: tuple[str, str], *, key: str, now: datetime, link: str
) -> bool:
    """Tell a person what they were not told yet; return whether they are told now."""
    if Message.objects.filter(key=key).exists():
        return False
    tell(person, topic, *words, key=key, now=now, link=link)
    return True
