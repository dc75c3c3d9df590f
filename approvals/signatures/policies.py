"""Who may sign, and with which proof."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied, StateConflict
from approvals.people.models import User
from approvals.people.policies import check_second_factor_registered
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof

PROOF_LIFE = timedelta(minutes=2)


def check_can_sign(by: User) -> None:
    """Refuse whoever has not accepted the statement, or lacks the factor that the house asks for.

    :raises PolicyDenied: ``accountability_missing``, ``second_factor_owed``.
    """
    if by.accountability_accepted_at is None:
        raise PolicyDenied(
            "accountability_missing",
            _("Accept the accountability statement on your profile before you sign."),
        )
    if by.second_factor_since is None and settings.SIGNATURE_REQUIRES_OTP:
        raise PolicyDenied(
            "second_factor_owed",
            _("Signing here takes a second factor: register one on your profile first."),
        )
    check_second_factor_registered(by)


def check_proof(proof: Proof, *, by: User, meaning: Meaning, now: datetime) -> None:
    """Refuse a proof of somebody else, of another meaning, used, or too old.

    :raises StateConflict: ``proof_invalid``.
    """
    valid = (
        proof.user_id == by.pk
        and proof.meaning == meaning
        and proof.used_at is None
        and now - proof.made_at <= PROOF_LIFE
    )
    if not valid:
        raise StateConflict(
            "proof_invalid", _("This signature was already used or is too old: sign again.")
        )
