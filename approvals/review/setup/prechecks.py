"""The pre-checks of the house as data (DOMAIN.md §6): installed after migrate, once each.

Only what every upload refuses anyway stops a submission by default: what is on the paper is for
people to judge, unless an administrator says otherwise.
"""

from typing import Any

from django.utils import timezone

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from approvals.review.enums import PrecheckSeverity
from approvals.review.models import PrecheckKind

BLOCKING, WARNING = PrecheckSeverity.BLOCKING, PrecheckSeverity.WARNING
# (code, severity, French, English)
KINDS: tuple[tuple[str, PrecheckSeverity, str, str], ...] = (
    ("opens", BLOCKING, "Le fichier s’ouvre", "The file opens"),
    ("no_password", BLOCKING, "PDF sans mot de passe", "PDF without a password"),
    ("no_script", BLOCKING, "PDF sans script", "PDF without a script"),
    ("no_embedded_file", BLOCKING, "PDF sans fichier joint", "PDF without an embedded file"),
    ("text", WARNING, "Texte extractible", "Text can be extracted"),
    (
        "product_named",
        WARNING,
        "Nom de la spécialité et DCI",
        "Name of the product and INN",
    ),
    (
        "no_product_named",
        WARNING,
        "Environnement : aucune spécialité citée",
        "Environment: no product is named",
    ),
    ("reference", WARNING, "Numéro interne imprimé", "Reference printed"),
    (
        "dated",
        WARNING,
        "Date d’établissement ou de dernière révision imprimée",
        "Preparation or last-revision date printed",
    ),
    (
        "hcp_indications",
        WARNING,
        "Mentions : indications et place dans la stratégie thérapeutique",
        "Mentions: indications and place in the therapeutic strategy",
    ),
    ("hcp_safety", WARNING, "Mentions : données de sécurité", "Mentions: safety data"),
    (
        "hcp_prescription",
        WARNING,
        "Mentions : conditions de prescription et de délivrance",
        "Mentions: prescription and dispensing conditions",
    ),
    ("hcp_reimbursement", WARNING, "Mentions : prise en charge", "Mentions: reimbursement"),
    (
        "hcp_rest",
        WARNING,
        "Autres mentions, sur le document ou par lien vers la base publique",
        "Other mentions, on the document or by a link to the public database",
    ),
    (
        "public_advertising",
        WARNING,
        "Grand public : publicité pour un médicament, reconnaissable",
        "Public: recognisable as advertising for a medicine",
    ),
    ("public_good_use", WARNING, "Grand public : bon usage", "Public: good use"),
    (
        "public_leaflet",
        WARNING,
        "Grand public : « lire attentivement la notice »",
        "Public: “lire attentivement la notice”",
    ),
    (
        "public_pharmacist",
        WARNING,
        "Grand public : « demandez conseil à votre pharmacien »",
        "Public: “demandez conseil à votre pharmacien”",
    ),
    (
        "public_doctor",
        WARNING,
        "Grand public : consulter un médecin si les symptômes persistent",
        "Public: see a doctor if symptoms persist",
    ),
)


def install(**kwargs: Any) -> None:
    """Install the kinds that are missing; a severity that an administrator chose stays."""
    present = set(PrecheckKind.objects.values_list("code", flat=True))
    if present < {kind[0] for kind in KINDS} or not present:
        _install(by=system_actor(), now=timezone.now())


@act("install_prechecks")
def _install(*, by: User, now: Any) -> None:
    present = set(PrecheckKind.objects.values_list("code", flat=True))
    for position, (code, severity, label_fr, label_en) in enumerate(KINDS, start=1):
        if code not in present:
            PrecheckKind(
                code=code,
                severity=severity,
                label_fr=label_fr,
                label_en=label_en,
                position=position,
            ).save()
