"""Products and teams."""

import itertools
from collections.abc import Iterable
from datetime import date, datetime

from approvals.people.actions import system_actor
from content.access.models import Team, TeamProduct
from content.catalogue.actions.public_database import import_products
from content.catalogue.bdpm import ACTIVE_PRESENTATION, PresentationFacts, ProductFacts
from content.catalogue.models import GpException, Jurisdiction, Product, VisaRule
from tests.factories import T0, keep

_cis = itertools.count(61000001)


def make_product(
    name: str = "",
    *,
    cis: str = "",
    prescription_only: bool = True,
    reimbursed: bool = False,
    restricted: bool = False,
    now: datetime = T0,
    **fields: object,
) -> Product:
    """Create a product with an authorisation in force; by default it needs a prescription."""
    cis = cis or str(next(_cis))
    product = Product(
        cis=cis,
        name=name or f"PRODUIT {cis}, comprimé",
        prescription_only=prescription_only,
        prescription_class="liste I" if prescription_only else "",
        reimbursed=reimbursed,
        restricted=restricted,
        **{"authorised_on": date(2010, 1, 1), "holder": "LABORATOIRE TEST", **fields},  # type: ignore[arg-type]
    )
    keep(product, by=system_actor(), now=now)
    return product


def make_team(
    name: str = "Oncology", *, products: Iterable[Product] = (), now: datetime = T0
) -> Team:
    """Create a team that presents the products."""
    system = system_actor()
    team = keep(Team(name=name), by=system, now=now)
    for product in products:
        keep(TeamProduct(team=team, product=product), by=system, now=now)
    return team  # type: ignore[no-any-return]


def import_rate(product: Product, rate: str, *, now: datetime = T0) -> None:
    """Import the public database as it stands, but for the rate at which a product is reimbursed.

    For what needs no prescription: no condition is imported.
    """
    pack = PresentationFacts(
        f"34009{product.cis}", "", "plaquette de 30", ACTIVE_PRESENTATION, "", rate, None
    )
    facts = ProductFacts(
        product.cis,
        product.name,
        product.form,
        product.routes,
        product.authorisation_status,  # type: ignore[arg-type]
        product.procedure,
        product.marketing_status,
        product.authorised_on,
        product.holder,
        product.additional_monitoring,
        presentations={pack.cip13: pack},
    )
    import_products([facts], take_away=False, by=system_actor(), now=now)


def make_gp_exception(
    product: Product,
    *,
    starts_on: date = date(2026, 1, 1),
    ends_on: date | None = None,
    now: datetime = T0,
) -> GpException:
    """Record that the law allows advertising this product to the public between two days."""
    system = system_actor()
    exception = GpException(
        product=product,
        legal_basis="L.5122-6",
        reason="vaccin de la liste",
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by=system,
        recorded_at=now,
    )
    return keep(exception, by=system, now=now)  # type: ignore[no-any-return]


def make_jurisdiction(
    code: str, *, field_use: bool = True, visas: dict[tuple[str, str], str] | None = None
) -> Jurisdiction:
    """Create a jurisdiction; ``visas`` maps (nature, audience) to a category of visa."""
    system = system_actor()
    jurisdiction = Jurisdiction(code=code, name_fr=code, name_en=code, field_use=field_use)
    keep(jurisdiction, by=system)
    for (nature, audience), category in (visas or {}).items():
        rule = VisaRule(
            jurisdiction=jurisdiction, nature=nature, audience=audience, category=category
        )
        keep(rule, by=system)
    return jurisdiction
