"""Tell the owner what became of a dossier, in the owner's language."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from approvals.submissions.enums import Outcome, PackageState
from approvals.submissions.models import Decision, DepositPackage, Dossier
from content.calendar import day_in_words, paris_day
from content.outbox.actions import tell


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
