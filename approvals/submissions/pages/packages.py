"""The package of a batch on its page: how far it is, what it is, and having it made again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.people.models import User
from approvals.submissions.actions import retry_package
from approvals.submissions.enums import PackageState
from approvals.submissions.models import Batch, DepositPackage
from approvals.submissions.pages.on_batch import OnBatch
from approvals.submissions.policies import (
    can_read_package,
    can_retry,
    check_can_retry,
    state_of_package,
    why_not_made,
)

PACKAGE_PILLS = {
    PackageState.BUILDING: ("◔", "amber"),
    PackageState.READY: ("✓", "teal"),
    PackageState.FAILED: ("✕", "red"),
    PackageState.VOID: ("✕", "grey"),
}


@dataclass(frozen=True)
class Standing:
    """What the page of a batch says of its package."""

    package: DepositPackage
    state: PackageState
    done: int
    why_not: str
    may_retry: bool

    @property
    def pill(self) -> tuple[str, Any, str]:
        shape, colour = PACKAGE_PILLS[self.state]
        return shape, self.state.label, colour

    @property
    def waits(self) -> bool:
        return self.state == PackageState.BUILDING


def standing(batch: Batch, by: User) -> Standing | None:
    """Return how far a batch's package is; None where there is none, or one may not have it."""
    package = DepositPackage.objects.of(batch).first() if can_read_package(by) else None
    if package is None:
        return None
    state = state_of_package(package)
    failed = state == PackageState.FAILED
    return Standing(
        package,
        state,
        package.done,
        why_not_made(package) if failed else "",
        failed and can_retry(package, by),
    )


class RetryPackagePage(OnBatch):
    title = _("Have the package made again")
    button = _("Make the package again")
    done = _("The package is being made again.")

    def check(self, obj: Batch, by: Any, now: datetime) -> None:
        check_can_retry(DepositPackage.objects.of(obj).first(), by)

    def perform(self, obj: Batch, cleaned_data: dict[str, Any], by: Any, now: datetime) -> Any:
        retry_package(obj.pk, by=by, now=now)
        return obj
