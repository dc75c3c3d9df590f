"""Invite an agency to a version, and take the invitation back."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from approvals.audit import InvalidInput, act
from approvals.people.enums import OWNERS
from approvals.people.models import User
from content.assets.models import Invitation, Version
from content.assets.policies import check_can_invite, check_can_withdraw_invitation
from content.outbox.actions import tell


@act("invite_agency", roles=OWNERS)
def invite(version_id: int, agency: User, *, by: User, now: datetime) -> Invitation:
    """Let an agency see one version's files and remarks, and upload corrected files to it.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``not_in_preparation``, ``already_invited``.
    :raises InvalidInput: field ``agency`` unless it is an active agency.
    """
    version: Version = Version.objects.locked().get(pk=version_id)
    check_can_invite(version, by, now, agency=agency)
    invitation = Invitation(version=version, agency=agency, invited_by=by, invited_at=now)
    invitation.save(force_insert=True)
    with override(agency.language):
        tell(
            agency,
            "assets.invitation",
            _("You are invited: %(version)s") % {"version": version},
            _("%(person)s invites you to work on %(title)s.\n%(url)s")
            % {
                "person": by,
                "title": version.asset.title,
                "url": invitation.get_absolute_url(),
            },
            key=f"assets.invitation:{invitation.pk}",
            now=now,
            link=invitation.get_absolute_url(),
        )
    return invitation


@act("withdraw_invitation", roles=OWNERS)
def withdraw_invitation(invitation_id: int, *, reason: str, by: User, now: datetime) -> Invitation:
    """Take an invitation back at once: the agency sees nothing of the version any more.

    :raises PolicyDenied: ``not_owner``.
    :raises StateConflict: ``already_withdrawn``.
    :raises InvalidInput: field ``reason`` if blank.
    """
    version_id = Invitation.objects.values_list("version_id", flat=True).get(pk=invitation_id)
    version: Version = Version.objects.locked().get(pk=version_id)
    invitation: Invitation = Invitation.objects.get(pk=invitation_id)
    invitation.version = version
    check_can_withdraw_invitation(invitation, by, now)
    if not reason.strip():
        raise InvalidInput.at("reason", _("Give the reason."), "reason_required")
    invitation.withdrawn_by = by
    invitation.withdrawn_at = now
    invitation.withdrawal_reason = reason.strip()
    invitation.save()
    return invitation
