"""Prove credentials, then sign: two steps, so that a refused act cannot erase the attempt."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from approvals.audit import act, current_act
from approvals.people.actions import WrongCredentials, authenticate_again
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof, Signature
from approvals.signatures.policies import check_can_sign, check_proof
from content.assets.models import Revision

ZONE = "Europe/Paris"


def prove(
    *,
    by: User,
    now: datetime,
    password: str,
    meaning: Meaning,
    request: HttpRequest | None = None,
    otp: str = "",
    key: Any = None,
) -> Proof:
    """Check a person's credentials once more and return a single-use proof of it.

    ``otp`` is a code of their application or a recovery code, ``key`` the answer of their
    security key; one of them is asked of whoever has a second factor. Runs before the act, in its
    own short transaction: no hash is computed under a lock, and a refused act cannot erase the
    attempt (ARCHITECTURE.md, "An act").

    :raises WrongCredentials: ``wrong_credentials``, ``second_factor_missing``,
        ``wrong_second_factor``, ``used_second_factor``; the attempt is in the trail.
    :raises PolicyDenied: ``accountability_missing``, ``second_factor_owed``.
    """
    check_can_sign(by)
    try:
        authenticate_again(
            by=by,
            now=now,
            password=password,
            otp=otp,
            key=key,
            request=_asked_by(request),
            refusal=_("The password is wrong: nothing was signed. Enter it again."),
        )
    except WrongCredentials as error:
        _record_failure(by=by, now=now, meaning=meaning, failure=error.code)
        raise
    return Proof.objects.create(user=by, meaning=meaning, made_at=now)


def _asked_by(request: HttpRequest | None) -> HttpRequest:
    if request is not None:
        return getattr(request, "_request", request)
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    return request


@act("signature_refused")
def _record_failure(*, by: User, now: datetime, meaning: Meaning, failure: str) -> None:
    current_act().note(meaning=str(meaning), failure=failure)


@act("sign")
def sign(
    proof: Proof,
    *,
    by: User,
    now: datetime,
    meaning: Meaning,
    role: Role,
    covers: Iterable[tuple[str, object, str]],
    on_behalf_of: User | None = None,
) -> Signature:
    """Consume a proof and write the signature over one or many digests.

    ``covers`` are (label, id, digest) of each thing signed.

    :raises PolicyDenied: ``accountability_missing``.
    :raises StateConflict: ``proof_invalid``.
    """
    check_can_sign(by)
    kept = Proof.objects.select_for_update().get(pk=proof.pk)
    check_proof(kept, by=by, meaning=meaning, now=now)
    kept.used_at = now
    kept.save(update_fields=["used_at"])
    signature = Signature(
        signer=by,
        name=str(by),
        username=by.username,
        role=str(role),
        on_behalf_of=str(on_behalf_of or ""),
        meaning=meaning,
        signed_at=now,
        zone=ZONE,
        covers=[
            {"label": label, "id": str(identity), "digest": digest}
            for label, identity, digest in covers
        ],
    )
    signature.save(force_insert=True)
    return signature


def covering(*revisions: Revision) -> list[tuple[str, object, str]]:
    """Return what a signature over revisions covers: each with its digest."""
    return [("assets.revision", revision.pk, revision.digest) for revision in revisions]
