"""People with roles and teams, and the fixed cast of the demonstration."""

import itertools
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any

from approvals.audit import act
from approvals.people.actions import accept_accountability, create_person, grant_role, system_actor
from approvals.people.enums import Role
from approvals.people.models import User
from content.access.models import Delegation, Membership, Team
from content.catalogue.models import Product
from tests.factories import T0, keep
from tests.factories.catalogue import make_product, make_team

PASSWORD = "imprimatur-demo"
_numbers = itertools.count(1)


def make_person(
    *roles: Role,
    username: str = "",
    teams: Iterable[Team] = (),
    accepted: bool = True,
    now: datetime = T0,
) -> User:
    """Create an active person who holds the roles; ``accepted``: the accountability statement."""
    username = username or f"person{next(_numbers)}"
    return _make_person(username, roles, teams, accepted, by=system_actor(), now=now)


@act("factory")
def _make_person(
    username: str,
    roles: Iterable[Role],
    teams: Iterable[Team],
    accepted: bool,
    *,
    by: User,
    now: datetime,
) -> User:
    """Make a person in one act, which takes less than one act a step."""
    person = create_person(
        by=by,
        now=now,
        username=username,
        password=PASSWORD,
        first_name=username.capitalize(),
        last_name="Martin",
        email=f"{username}@example.test",
    )
    for role in roles:
        grant_role(person, role, by=by, now=now)
    if accepted:
        accept_accountability(by=person, now=now)
    for team in teams:
        keep(Membership(team=team, user=person), by=by, now=now)
    return person


def member(role: Role, *team_names: str) -> Any:
    """Declare one of the cast: made when a test first names them."""

    def make(cast: "Cast") -> User:
        teams = [getattr(cast, name) for name in team_names]
        return make_person(role, username=make.username, teams=teams)  # type: ignore[attr-defined]

    return _Member(make)


class _Member(cached_property[User]):
    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        maker: Callable[..., User] = self.func
        maker.username = name  # type: ignore[attr-defined]


class Cast:
    """The people of the demonstration, each made at first use; two teams and their products.

    ``product`` (Cardiology) needs a prescription; ``free_product`` (Cardiology) may be advertised
    to the public; ``other_product`` is Respiratory's.
    """

    @cached_property
    def cardiology(self) -> Team:
        return make_team("Cardiology", products=[self.product, self.free_product])

    @cached_property
    def respiratory(self) -> Team:
        return make_team("Respiratory", products=[self.other_product])

    @cached_property
    def product(self) -> Product:
        return make_product("CARDIOMED 10 mg, comprimé", cis="60000001")

    @cached_property
    def free_product(self) -> Product:
        return make_product("LIBRECOEUR, pastille", cis="60000002", prescription_only=False)

    @cached_property
    def other_product(self) -> Product:
        return make_product("RESPIROL, inhalateur", cis="60000003")

    pm = member(Role.PRODUCT_MANAGER, "cardiology")
    pm2 = member(Role.PRODUCT_MANAGER, "respiratory")
    mpm = member(Role.MEDICAL_PROJECT_MANAGER, "cardiology")
    medical = member(Role.MEDICAL_REVIEWER)
    medical2 = member(Role.MEDICAL_REVIEWER)
    regulatory = member(Role.REGULATORY_REVIEWER)
    regulatory2 = member(Role.REGULATORY_REVIEWER)
    compliance = member(Role.COMPLIANCE_REVIEWER)
    legal = member(Role.LEGAL_REVIEWER)
    dpo = member(Role.DPO)
    director = member(Role.THERAPEUTIC_AREA_DIRECTOR)
    pharmacist = member(Role.RESPONSIBLE_PHARMACIST)

    @cached_property
    def pharmacist2(self) -> User:
        """A deputy under a delegation in force throughout 2026."""
        deputy = make_person(Role.DEPUTY_PHARMACIST, username="pharmacist2")
        delegation = Delegation(
            delegator=self.pharmacist,
            delegate=deputy,
            roles=[Role.RESPONSIBLE_PHARMACIST],
            starts_on=date(2026, 1, 1),
            ends_on=date(2027, 1, 1),
            created_at=T0,
        )
        keep(delegation, by=system_actor())
        return deputy

    rep = member(Role.FIELD_REP, "cardiology")
    rep2 = member(Role.FIELD_REP, "respiratory")
    msl = member(Role.MSL, "cardiology")
    inspector = member(Role.INSPECTOR)
    agency = member(Role.AGENCY)
    admin = member(Role.ADMINISTRATOR)

    EVERYBODY = (
        *("pm", "pm2", "mpm", "medical", "medical2", "regulatory", "regulatory2", "compliance"),
        *("legal", "dpo", "director", "pharmacist", "pharmacist2", "rep", "rep2", "msl"),
        *("inspector", "agency", "admin"),
    )

    def everybody(self) -> dict[str, User]:
        """Make the whole cast, by username."""
        return _everybody(self, by=system_actor(), now=T0)


@act("factory")
def _everybody(cast: Cast, *, by: User, now: datetime) -> dict[str, User]:
    return {name: getattr(cast, name) for name in cast.EVERYBODY}
