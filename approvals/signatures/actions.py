"""Prove credentials, then sign: two steps, so that a refused act cannot erase the attempt."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext as _

from approvals.audit import PolicyDenied, act, current_act
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.signatures.enums import Meaning
from approvals.signatures.models import Proof, Signature
from approvals.signatures.policies import check_can_sign, check_proof
from content.assets.models import Revision

ZONE = "Europe/Paris"


class WrongCredentials(PolicyDenied):
    """The password (or second factor) was wrong: nothing is signed, the attempt is kept."""


def prove(
    *, by: User, now: datetime, password: str, meaning: Meaning, request: HttpRequest | None = None
) -> Proof:
    """Check a person's credentials once more and return a single-use proof of it.

    Runs before the act, in its own short transaction: no hash is computed under a lock, and a
    refused act cannot erase the attempt (ARCHITECTURE.md, "An act").

    :raises WrongCredentials: ``wrong_credentials``; the attempt is in the trail.
    :raises PolicyDenied: ``accountability_missing``.
    """
    check_can_sign(by)
    person = authenticate(_asked_by(request), username=by.username, password=password)
    if person is None or person.pk != by.pk:
        _record_failure(by=by, now=now, meaning=meaning)
        raise WrongCredentials(
            "wrong_credentials", _("The password is wrong: nothing was signed. Enter it again.")
        )
    return Proof.objects.create(user=by, meaning=meaning, made_at=now)


def _asked_by(request: HttpRequest | None) -> HttpRequest:
    if request is not None:
        return getattr(request, "_request", request)
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    return request


@act("signature_refused")
def _record_failure(*, by: User, now: datetime, meaning: Meaning) -> None:
    current_act().note(meaning=str(meaning), failure="wrong_credentials")


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
