"""The pharmacist signs an edition of the lists (DOMAIN.md §7)."""

from datetime import datetime

from approvals.audit import act
from approvals.people.models import User
from approvals.release.models import EditionAct
from approvals.release.policies import RELEASE_ROLES, check_can_sign_edition, role_of
from approvals.signatures.actions import sign
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof
from content.catalogue.actions import lock_list_head
from content.positive_list.actions import publish_edition
from content.positive_list.models import Edition


@act("sign_edition", roles=RELEASE_ROLES)
def sign_edition(number: int, *, credentials: Proof, by: User, now: datetime) -> Edition:
    """Sign an edition over its digest; the field is told of it and acknowledges it.

    :raises PolicyDenied: ``role_missing``, ``no_delegation``.
    :raises StateConflict: ``already_signed``, ``outdated_draft``.
    """
    # The list head keeps the lists as they are while the edition is compared with them.
    lock_list_head()
    edition: Edition = Edition.objects.select_for_update(of=("self",)).get(number=number)
    lender = check_can_sign_edition(edition, by, now)
    signature = sign(
        credentials,
        by=by,
        now=now,
        meaning=Meaning.EDITION,
        role=role_of(by),
        covers=[("positive_list.edition", edition.pk, edition.digest)],
        on_behalf_of=lender,
    )
    publish_edition(
        edition,
        name=signature.name,
        role=signature.role,
        on_behalf_of=signature.on_behalf_of,
        by=by,
        now=now,
    )
    done = EditionAct(
        edition=edition, digest=edition.digest, by=by, made_at=now, signature=signature
    )
    done.save(force_insert=True)
    return edition
