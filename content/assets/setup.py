"""The asset types of DOMAIN.md §2, installed after every migrate, idempotently.

What is present stays as the administrator left it; only what is absent is added.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from approvals.audit import act
from approvals.people.actions import system_actor
from approvals.people.models import User
from content.assets.enums import FileFormat as F
from content.assets.models import AssetType

DOCUMENT = (F.PDF, F.PNG, F.JPEG)
PRINT = "print"
TABLET = "tablet"
EMAIL = "email"
WEB = "web"
EVENT = "event"
MAIL = "courrier / fax / e-mailing"

# code, French name, English name, formats, channels, the authority's kind of support
TYPES: tuple[tuple[str, str, str, tuple[F, ...], tuple[str, ...], str], ...] = (
    ("brochure", "Brochure", "Brochure", DOCUMENT, (PRINT, TABLET), "brochure"),
    ("dosing_card", "Fiche posologique", "Dosing card", DOCUMENT, (PRINT, TABLET), "carte T"),
    (
        "reprint",
        "Tiré à part / porte-TAP",
        "Reprint",
        DOCUMENT,
        (PRINT,),
        "tiré à part",
    ),
    ("special_issue", "Numéro spécial", "Special issue", DOCUMENT, (PRINT,), "numéro spécial"),
    ("eadv", "e-ADV", "e-ADV presentation", (F.ZIP, F.PDF), (TABLET,), "diaporama"),
    ("slide", "Diapositive", "Slide", (F.ZIP, F.PDF, F.PNG, F.JPEG), (TABLET,), ""),
    (
        "web_content",
        "Contenu internet",
        "Web content",
        (F.HTML, F.ZIP, *DOCUMENT),
        (WEB,),
        "internet",
    ),
    (
        "head_office_email",
        "E-mail siège",
        "Head office e-mail",
        (F.HTML, F.ZIP, F.PDF),
        (EMAIL,),
        MAIL,
    ),
    (
        "email_template",
        "Modèle d'e-mail terrain",
        "E-mail template",
        (F.HTML, F.ZIP, F.PDF),
        (EMAIL,),
        MAIL,
    ),
    ("email_fragment", "Fragment d'e-mail", "E-mail fragment", (F.HTML, F.ZIP), (EMAIL,), ""),
    (
        "template_fragment",
        "Fragment de modèle",
        "Template fragment",
        (F.HTML, F.ZIP),
        (EMAIL,),
        "",
    ),
    ("invitation", "Invitation", "Invitation", (F.HTML, *DOCUMENT), (EMAIL, PRINT, EVENT), MAIL),
    (
        "banner",
        "Bannière",
        "Banner",
        (F.PNG, F.JPEG, F.PDF, F.HTML, F.ZIP, F.MP4),
        (WEB,),
        "internet",
    ),
    ("newsletter", "Lettre d'information", "Newsletter", (F.HTML, F.ZIP, F.PDF), (EMAIL,), MAIL),
    (
        "patient_leaflet",
        "Remis patient",
        "Patient leaflet",
        DOCUMENT,
        (PRINT,),
        "document léger",
    ),
    ("poster", "Poster", "Poster", DOCUMENT, (PRINT, EVENT), "poster"),
    ("stand_panel", "Panneau de stand", "Stand panel", DOCUMENT, (EVENT,), "panneau de stand"),
    (
        "press_insertion",
        "Annonce presse",
        "Press insertion",
        DOCUMENT,
        (PRINT,),
        "annonce presse / publi-rédactionnel",
    ),
    ("video", "Vidéo", "Video", (F.MP4, F.PDF), (WEB, TABLET, EVENT), "audiovisuel"),
    ("audio", "Audio", "Audio", (F.MP3, F.PDF), (WEB,), "spot radio"),
    ("speaker_brief", "Brief orateur", "Speaker brief", (F.PDF,), (EVENT,), ""),
    (
        "event_programme",
        "Programme de manifestation",
        "Event programme",
        (F.HTML, *DOCUMENT),
        (EVENT, EMAIL),
        "document léger",
    ),
    ("questionnaire", "Questionnaire", "Questionnaire", (F.PDF, F.HTML), (WEB, PRINT), ""),
    (
        "social_post",
        "Publication sur un réseau social",
        "Social post",
        (F.PNG, F.JPEG, F.PDF, F.MP4, F.HTML),
        (WEB,),
        "internet",
    ),
)
COMPONENTS = frozenset({"slide", "email_fragment", "template_fragment"})
# E-mails have a regulated subject (DOMAIN.md §2).
WITH_A_SUBJECT = frozenset({"head_office_email", "email_template", "invitation", "newsletter"})


def install(**kwargs: Any) -> None:
    """Put the missing asset types in place; safe to run again."""
    present = set(AssetType.objects.values_list("code", flat=True))
    missing = [row for row in TYPES if row[0] not in present]
    if missing:
        _install_types(missing, by=system_actor(), now=timezone.now())


@act("install_asset_types")
def _install_types(rows: list[Any], *, by: User, now: datetime) -> None:
    """Add asset types with what each accepts."""
    for code, name_fr, name_en, formats, channels, support in rows:
        AssetType(
            code=code,
            name_fr=name_fr,
            name_en=name_en,
            formats=[str(accepted) for accepted in formats],
            channels=list(channels),
            is_component=code in COMPONENTS,
            is_email=code in WITH_A_SUBJECT,
            support_kind=support,
        ).save()
