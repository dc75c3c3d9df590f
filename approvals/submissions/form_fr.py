"""The French form as seen on the forms of 2016-2026 (FORMATS.md); an administrator completes it."""

from typing import Any

from approvals.submissions.enums import AnswerKind as K
from approvals.submissions.enums import AnswerSource as S

PRODUCT_KINDS = (
    "chimique",
    "biologique",
    "biosimilaire",
    "générique",
    "hybride",
    "à base de plantes",
    "homéopathique",
    "radiopharmaceutique",
    "autre",
)
SUPPORT_KINDS = (
    "affiche",
    "annonce presse / publi-rédactionnel",
    "audiovisuel",
    "bloc d'ordonnance / aide à la délivrance",
    "brochure",
    "carte T",
    "courrier / fax / e-mailing",
    "diaporama",
    "document léger",
    "écran de veille",
    "film TV",
    "internet",
    "numéro spécial",
    "objet",
    "panneau de stand",
    "poster",
    "présentoir",
    "spot radio",
    "tiré à part",
)
BOTH = ("PM", "GP")


def question(
    key: str,
    label_fr: str,
    label_en: str,
    kind: str = K.TEXT,
    source: str = "",
    *,
    required: bool = False,
    choices: tuple[str, ...] = (),
    categories: tuple[str, ...] = BOTH,
) -> dict[str, Any]:
    return {
        "key": key,
        "label_fr": label_fr,
        "label_en": label_en,
        "kind": kind,
        "source": source,
        "required": required,
        "choices": list(choices),
        "categories": categories,
    }


QUESTIONS: tuple[dict[str, Any], ...] = (
    question("applicant", "Laboratoire demandeur", "Applicant laboratory", source=S.HOLDER),
    question(
        "filer",
        "Déposant, s'il n'est pas le laboratoire",
        "Filer, where it is not the laboratory",
        source=S.LAST_DOSSIER,
    ),
    question("address", "Adresse", "Address", source=S.LAST_DOSSIER),
    question("contact_name", "Personne à contacter", "Contact", source=S.CONTACT_NAME),
    question("contact_function", "Fonction", "Function", source=S.LAST_DOSSIER),
    question("contact_phone", "Téléphone", "Phone", source=S.LAST_DOSSIER),
    question("contact_email", "Adresse électronique", "E-mail", source=S.CONTACT_EMAIL),
    question("shared_mailbox", "Boîte générique", "Shared mailbox", source=S.LAST_DOSSIER),
    question(
        "receipt_number",
        "Numéro de quittance",
        "Receipt number",
        source=S.RECEIPT_NUMBER,
        required=True,
    ),
    question(
        "product_kind",
        "Nature du produit",
        "Kind of product",
        K.CHOICE,
        S.LAST_OF_PRODUCT,
        choices=PRODUCT_KINDS,
    ),
    question("lead_cis", "Code CIS principal", "Lead CIS code", source=S.LEAD_CIS, required=True),
    question("atc", "Code ATC", "ATC code", source=S.ATC),
    question(
        "therapeutic_area",
        "Aire thérapeutique faisant l'objet de la promotion",
        "Therapeutic area promoted",
        source=S.LAST_OF_PRODUCT,
    ),
    question(
        "support_kind",
        "Type de support",
        "Kind of support",
        K.CHOICE,
        S.SUPPORT_KIND,
        required=True,
        choices=SUPPORT_KINDS,
    ),
    question("title", "Titre du support", "Title of the material", source=S.TITLE, required=True),
    question(
        "context",
        "Contexte de la demande",
        "Context of the application",
        K.CHOICE,
        S.CONTEXT,
        required=True,
        choices=("lancement", "autre lancement", "campagne", "mise à jour", "renouvellement"),
    ),
    question(
        "reference", "Référence interne", "Internal reference", source=S.REFERENCE, required=True
    ),
    question(
        "former_reference",
        "Ancienne référence",
        "Former reference",
        source=S.FORMER_REFERENCE,
    ),
    question(
        "modified_elements", "Éléments modifiés", "Elements modified", source=S.MODIFIED_ELEMENTS
    ),
    question(
        "study_used_before",
        "Une étude citée a-t-elle déjà été utilisée dans une demande antérieure ?",
        "Was a study that is cited already used in an earlier application?",
        K.YES_NO,
    ),
    question(
        "free_access",
        "Médicament en accès direct dans les pharmacies",
        "Free access in pharmacies",
        K.YES_NO,
        S.LAST_OF_PRODUCT,
        categories=("GP",),
    ),
    question("diffusion", "Mode de diffusion", "Mode of diffusion", categories=("GP",)),
    question(
        "mentions_size",
        "Taille des mentions",
        "Size of the mentions",
        categories=("GP",),
    ),
)
