"""The cast of the demonstration (INTERFACES.md): who is here, in which role and team."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.test.utils import override_settings

from approvals.desk.demo.hasher import QUICK
from approvals.people.actions import accept_accountability, create_person, grant_role
from approvals.people.enums import Role
from approvals.people.models import User
from content.access.actions import add_member, add_product_to_team, create_team, delegate
from content.access.models import Delegation, Membership, Team, TeamProduct
from content.calendar import paris_day
from content.catalogue.models import Product

PASSWORD = "imprimatur-demo"  # nosec B105
CARDIOLOGY, RESPIRATORY = "Cardiology", "Respiratory"
BOTH = (CARDIOLOGY, RESPIRATORY)


class Member(NamedTuple):
    """One of the cast."""

    username: str
    first_name: str
    last_name: str
    role: Role
    teams: tuple[str, ...] = ()


CAST = (
    Member("pm", "Camille", "Moreau", Role.PRODUCT_MANAGER, (CARDIOLOGY,)),
    Member("pm2", "Julien", "Lefèvre", Role.PRODUCT_MANAGER, (RESPIRATORY,)),
    Member("mpm", "Inès", "Garnier", Role.MEDICAL_PROJECT_MANAGER, BOTH),
    Member("medical", "Hélène", "Vasseur", Role.MEDICAL_REVIEWER),
    Member("medical2", "Paul", "Okafor", Role.MEDICAL_REVIEWER),
    Member("regulatory", "Nadia", "Benali", Role.REGULATORY_REVIEWER),
    Member("regulatory2", "Étienne", "Roux", Role.REGULATORY_REVIEWER),
    Member("compliance", "Sophie", "Marchand", Role.COMPLIANCE_REVIEWER),
    Member("legal", "Antoine", "Delmas", Role.LEGAL_REVIEWER),
    Member("dpo", "Lucie", "Perrin", Role.DPO),
    Member("director", "Marc", "Fontaine", Role.THERAPEUTIC_AREA_DIRECTOR),
    Member("pharmacist", "Claire", "Dubois", Role.RESPONSIBLE_PHARMACIST),
    Member("pharmacist2", "Thomas", "Nguyen", Role.DEPUTY_PHARMACIST),
    Member("rep", "Sarah", "Lambert", Role.FIELD_REP, (CARDIOLOGY,)),
    Member("rep2", "Karim", "Haddad", Role.FIELD_REP, (RESPIRATORY,)),
    Member("msl", "Élodie", "Simon", Role.MSL, BOTH),
    Member("inspector", "Bernard", "Colin", Role.INSPECTOR),
    Member("agency", "Agence", "Papier Bleu", Role.AGENCY),
    Member("admin", "Anne", "Girard", Role.ADMINISTRATOR),
)

# A smaller catalogue than this is the made-up extract: each of its products is given a team.
EXTRACT_SIZE = 200
# In the public database the teams follow the ATC classes (C: cardiovascular, R: respiratory).
CLASSES = {"C": CARDIOLOGY, "R": RESPIRATORY}
BREATHING = ("RESPIROL", "TOUXOL", "NASOFRAIS", "VACCIBRISE", "NICOSTOP")


def seat_people(*, by: User, now: datetime) -> dict[str, User]:
    """Create who is missing of the cast, with roles and statement; return all by username."""
    with override_settings(PASSWORD_HASHERS=QUICK):
        for member in CAST:
            if not User.objects.filter(username=member.username).exists():
                _seat(member, by=by, now=now)
    people = {person.username: person for person in User.objects.all()}
    return {member.username: people[member.username] for member in CAST}


def _seat(member: Member, *, by: User, now: datetime) -> None:
    person = create_person(
        username=member.username,
        password=PASSWORD,
        first_name=member.first_name,
        last_name=member.last_name,
        email=f"{member.username}@example.test",
        by=by,
        now=now,
    )
    grant_role(person, member.role, by=by, now=now)
    accept_accountability(by=person, now=now)


def lend_to_the_deputy(people: dict[str, User], *, now: datetime) -> None:
    """Let the deputy stand in for the responsible pharmacist, for a year, when nobody does."""
    deputy, today = people["pharmacist2"], paris_day(now)
    if not Delegation.objects.in_force(today).filter(delegate=deputy).exists():
        delegate(
            deputy.pk,
            roles=[Role.RESPONSIBLE_PHARMACIST],
            starts_on=today,
            ends_on=today + timedelta(days=365),
            by=people["pharmacist"],
            now=now,
        )


def team_of(product: Product, *, extract: bool) -> str | None:
    """Return the team that presents a product in the demonstration, if any."""
    if not extract:
        return CLASSES.get(product.atc[:1])
    return RESPIRATORY if product.name.startswith(BREATHING) else CARDIOLOGY


def gather_teams(people: dict[str, User], *, by: User, now: datetime) -> dict[str, Team]:
    """Make the teams, give them their members and products; return them by name."""
    teams = {
        name: Team.objects.filter(name=name).first() or create_team(name, by=by, now=now)
        for name in BOTH
    }
    for member in CAST:
        for name in member.teams:
            person, team = people[member.username], teams[name]
            if not Membership.objects.filter(user=person, team=team).exists():
                add_member(team.pk, person.pk, by=by, now=now)
    placed = set(TeamProduct.objects.values_list("product_id", flat=True))
    products = list(Product.objects.order_by("pk"))
    for product in products:
        team_name = team_of(product, extract=len(products) <= EXTRACT_SIZE)
        if team_name is not None and product.pk not in placed:
            add_product_to_team(teams[team_name].pk, product.pk, by=by, now=now)
    return teams
