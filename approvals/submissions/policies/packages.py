"""Who is handed the package of a batch, and when; who has it made again (DOMAIN.md §8)."""

from django.utils.translation import gettext as _

from approvals.audit import StateConflict
from approvals.people.enums import PHARMACISTS, Role
from approvals.people.models import User
from approvals.people.policies import check_role
from approvals.submissions.enums import PackageFault, PackageState
from approvals.submissions.models import Batch, DepositPackage
from approvals.submissions.policies.batches import check_can_batch
from content.outbox.enums import Channel, DispatchState
from content.outbox.models import Message

# Those who answer for a deposit and see everything in it; an owner sees only their own versions.
PACKAGE_READERS = (Role.REGULATORY_REVIEWER, *PHARMACISTS, Role.INSPECTOR)


def check_can_read_package(by: User) -> None:
    """:raises PolicyDenied: ``role_missing`` for who does not answer for the whole batch."""
    check_role(by, PACKAGE_READERS)


def check_can_download(batch: Batch, package: DepositPackage | None, by: User) -> DepositPackage:
    """Return the package that is handed over.

    :raises PolicyDenied: ``role_missing``.
    :raises StateConflict: ``batch_not_frozen``, ``package_void``, ``package_not_ready``,
        ``package_failed``.
    """
    check_can_read_package(by)
    if package is None:
        raise StateConflict(
            "batch_not_frozen",
            _("This batch has no package: one is made when it is frozen."),
        )
    if package.state == PackageState.VOID:
        raise StateConflict(
            "package_void",
            _(
                "This package is void, for its batch was reopened or cancelled: it is not handed"
                " over any more. Freezing the batch again makes a new one."
            ),
        )
    state = state_of_package(package)
    if state == PackageState.FAILED:
        raise StateConflict("package_failed", why_not_made(package))
    if state == PackageState.BUILDING:
        raise StateConflict(
            "package_not_ready",
            _(
                "The package is in preparation: %(done)d of %(total)d dossiers are done. Ask again"
                " in a minute."
            )
            % {"done": package.done, "total": package.total},
        )
    return package


def check_can_retry(package: DepositPackage | None, by: User) -> None:
    """:raises StateConflict: ``package_not_failed`` unless its making ended badly."""
    check_can_batch(by)
    if package is None or state_of_package(package) != PackageState.FAILED:
        raise StateConflict(
            "package_not_failed",
            _("Only a package that could not be made is made again: look at its state."),
        )


def job_key(package: DepositPackage) -> str:
    """Return how the keys of a package's jobs begin."""
    return f"package:{package.pk}:"


def state_of_package(package: DepositPackage) -> PackageState:
    """Return a package's state; one whose last job was given up, for its worker stopped, failed."""
    if package.state == PackageState.BUILDING:
        jobs = Message.objects.filter(channel=Channel.JOB, key__startswith=job_key(package))
        last = jobs.order_by("-pk").first()
        if last is not None and last.state == DispatchState.FAILED:
            return PackageState.FAILED
    return PackageState(package.state)


def why_not_made(package: DepositPackage) -> str:
    """Say why a package is not there, and what to do."""
    return str(PackageFault(package.failure or PackageFault.STOPPED).label)
