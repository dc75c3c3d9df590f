"""How long a review lasts: the stages an asset's route asks for, and their working days."""

from dataclasses import dataclass, field
from typing import NamedTuple

from approvals.people.enums import Role
from approvals.review.routing import Candidate, candidates, case_of, fitting
from content.assets.models import Asset

# Before the closing: the batch is completed and deposited, and what reviewers asked is corrected.
PREPARATION_DAYS = 5
CORRECTION_DAYS = 5
# The pharmacist's part where the route does not ask for it already (DOMAIN.md §6).
RELEASE_DAYS = 2


class Step(NamedTuple):
    """One role's work in a stage, in working days."""

    role: str
    days: int


Stages = tuple[tuple[Step, ...], ...]


def days_of(stages: Stages) -> int:
    """Return the working days of stages: each lasts as its slowest task."""
    return sum(max((step.days for step in stage), default=0) for stage in stages)


def release_days(stages: Stages) -> int:
    """Return the pharmacist's days that a route does not already hold."""
    roles = {step.role for stage in stages for step in stage}
    return 0 if Role.RESPONSIBLE_PHARMACIST in roles else RELEASE_DAYS


@dataclass
class Routes:
    """The active routes, read once for every asset of a page."""

    among: list[Candidate] = field(default_factory=candidates)

    def stages(self, asset: Asset) -> Stages:
        """Return the stages that the asset's route asks of it; none where no route fits."""
        found = fitting(case_of(asset), self.among)
        if not found:
            return ()
        asked = found[0].data.asked_of(asset)
        return tuple(tuple(Step(task.role, task.due_days) for task in stage) for stage in asked)

    def days(self, asset: Asset) -> int:
        return days_of(self.stages(asset))
