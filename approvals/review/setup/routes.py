"""The French default routes and checklists (DOMAIN.md §6): installed after migrate, once."""

from typing import Any

from django.utils import timezone

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.enums import Role
from approvals.people.models import User
from approvals.review.enums import Condition
from approvals.review.models import (
    ChecklistItem,
    MinorModificationCategory,
    Route,
    RouteStage,
    RouteTask,
)
from content.assets.enums import Nature
from content.catalogue.models import Jurisdiction

DUE_DAYS = {
    Role.MEDICAL_REVIEWER: 5,
    Role.REGULATORY_REVIEWER: 5,
    Role.COMPLIANCE_REVIEWER: 3,
    Role.LEGAL_REVIEWER: 5,
    Role.DPO: 5,
    Role.THERAPEUTIC_AREA_DIRECTOR: 5,
    Role.RESPONSIBLE_PHARMACIST: 2,
}
CONDITIONAL = (
    (Role.DPO, Condition.PERSONAL_DATA),
    (Role.LEGAL_REVIEWER, Condition.THIRD_PARTY),
    (Role.THERAPEUTIC_AREA_DIRECTOR, Condition.EVENT_PROGRAMME),
)
BOTH = (Role.MEDICAL_REVIEWER, Role.REGULATORY_REVIEWER)
PHARMACIST = (Role.RESPONSIBLE_PHARMACIST,)
# (name, nature, for components, stages)
ROUTES: tuple[tuple[str, str, bool, tuple[tuple[Role, ...], ...]], ...] = (
    (
        "Promotionnel",
        Nature.PROMOTIONAL,
        False,
        ((*BOTH, Role.COMPLIANCE_REVIEWER), PHARMACIST),
    ),
    ("Non promotionnel", "", False, (BOTH, PHARMACIST)),
    ("Composants", "", True, (BOTH,)),
)
# role: (key, French, English)
CHECKLISTS: dict[Role, tuple[tuple[str, str, str], ...]] = {
    Role.MEDICAL_REVIEWER: (
        (
            "smpc_consistency",
            "Les allégations sont conformes au RCP en vigueur.",
            "The claims are consistent with the SmPC in force.",
        ),
        (
            "references",
            "Chaque citation renvoie à une source publiée, exacte et à jour.",
            "Each quotation refers to a published source, exact and up to date.",
        ),
        (
            "benefit_risk",
            "La présentation du rapport bénéfice/risque est équilibrée.",
            "The benefit/risk balance is presented fairly.",
        ),
    ),
    Role.REGULATORY_REVIEWER: (
        (
            "nature_confirmed",
            "La nature déclarée est exacte : pas de risque de requalification en publicité.",
            "The stated nature is right: no risk of requalification as advertising.",
        ),
        (
            "mandatory_mentions",
            "Les mentions obligatoires sont présentes et lisibles.",
            "The mandatory mentions are present and legible.",
        ),
        (
            "dates_and_reference",
            "La date d’établissement et, s’il y a lieu, le numéro interne sont imprimés.",
            "The preparation date and, where there is one, the reference are printed.",
        ),
    ),
    Role.COMPLIANCE_REVIEWER: (
        (
            "charter",
            "Le support respecte la charte de l’information promotionnelle.",
            "The support complies with the charter of promotional information.",
        ),
        (
            "anti_gift",
            "Aucun avantage au sens du dispositif anti-cadeaux n’est proposé.",
            "No benefit within the meaning of the anti-gift law is offered.",
        ),
    ),
    Role.LEGAL_REVIEWER: (
        (
            "third_party_rights",
            "Les droits du tiers cité (nom, image, œuvre) sont acquis.",
            "The rights of the third party named (name, image, work) are cleared.",
        ),
        (
            "contracts",
            "Les contrats nécessaires sont signés.",
            "The necessary contracts are signed.",
        ),
    ),
    Role.DPO: (
        (
            "information_notice",
            "L’information des personnes et leurs droits figurent sur le support.",
            "The information of the persons and their rights are on the support.",
        ),
        (
            "minimisation",
            "Seules les données nécessaires sont recueillies.",
            "Only the data that are needed are collected.",
        ),
    ),
    Role.THERAPEUTIC_AREA_DIRECTOR: (
        (
            "scientific_interest",
            "Le programme présente un intérêt scientifique pour l’aire thérapeutique.",
            "The programme is of scientific interest to the therapeutic area.",
        ),
        (
            "speakers",
            "Les orateurs et leurs liens d’intérêts sont vérifiés.",
            "The speakers and their interests are checked.",
        ),
    ),
    Role.RESPONSIBLE_PHARMACIST: (
        (
            "verdicts_read",
            "Les avis des relecteurs ont été lus et pris en compte.",
            "The reviewers’ verdicts have been read and taken into account.",
        ),
        (
            "proper_use",
            "Le support favorise le bon usage du médicament.",
            "The support favours the proper use of the medicine.",
        ),
    ),
}
# Not confirmed by the authority, hence data (DOMAIN.md §11).
MINOR_MODIFICATIONS = (
    ("contact_details", "Coordonnées du laboratoire", "Contact details of the company"),
    ("layout", "Mise en page sans changement de contenu", "Layout without change of content"),
    ("price", "Prix ou taux de remboursement", "Price or reimbursement rate"),
)


def install(**kwargs: Any) -> None:
    """Install what is missing; what an administrator changed stays."""
    jurisdictions = Jurisdiction.objects.filter(routes__isnull=True, code__in=("FR", "GLOBAL"))
    missing = jurisdictions.exists() or not ChecklistItem.objects.exists()
    if missing or not MinorModificationCategory.objects.exists():
        _install_reference_data(by=system_actor(), now=timezone.now())


@act("install_review_routes")
def _install_reference_data(*, by: User, now: Any) -> None:
    for jurisdiction in Jurisdiction.objects.filter(
        routes__isnull=True, code__in=("FR", "GLOBAL")
    ).order_by("code"):
        for name, nature, for_components, stages in ROUTES:
            route = Route(
                name=f"{name} ({jurisdiction.code})",
                jurisdiction=jurisdiction,
                nature=nature,
                for_components=for_components,
            )
            route.save()
            _install_stages(route, stages)
    if not ChecklistItem.objects.exists():
        _install_checklists()
    if not MinorModificationCategory.objects.exists():
        for code, label_fr, label_en in MINOR_MODIFICATIONS:
            MinorModificationCategory(code=code, label_fr=label_fr, label_en=label_en).save()


def _install_stages(route: Route, stages: tuple[tuple[Role, ...], ...]) -> None:
    for position, roles in enumerate(stages, start=1):
        stage = RouteStage(route=route, position=position)
        stage.save()
        asked = [(role, Condition.ALWAYS) for role in roles]
        if position == 1:
            asked.extend(CONDITIONAL)
        for role, condition in asked:
            RouteTask(stage=stage, role=role, due_days=DUE_DAYS[role], condition=condition).save()


def _install_checklists() -> None:
    for role, items in CHECKLISTS.items():
        for position, (key, label_fr, label_en) in enumerate(items, start=1):
            ChecklistItem(
                role=role, key=key, label_fr=label_fr, label_en=label_en, position=position
            ).save()
