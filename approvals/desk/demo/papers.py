"""Real small PDFs, written with content streams and Helvetica: what the demonstration uploads."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Array, Dictionary, Name, Page, Pdf, Stream

from content.catalogue.models import Product

WIDTH, HEIGHT, MARGIN = 595, 842, 56
CHARACTERS = 88
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre"),
)


@dataclass(frozen=True)
class Paper:
    """What is printed on a document."""

    title: str
    products: Sequence[Product]
    prepared_on: date
    reference: str = ""
    public: bool = False
    promotional: bool = True
    note: str = ""


def pdf(paper: Paper) -> bytes:
    """Return the document as PDF: two pages, text that can be extracted."""
    document = Pdf.new()
    fonts = {
        "F1": _font(document, "Helvetica"),
        "F2": _font(document, "Helvetica-Bold"),
    }
    for number, lines in enumerate((_front(paper), _back(paper)), start=1):
        _add_page(document, fonts, paper, lines, number)
    document.docinfo["/Title"] = paper.title
    stream = BytesIO()
    document.save(stream, deterministic_id=True)
    return stream.getvalue()


def upload(paper: Paper, name: str = "document.pdf") -> SimpleUploadedFile:
    """Return the document as a browser would send it."""
    return SimpleUploadedFile(name, pdf(paper), content_type="application/pdf")


def letter(title: str, *sentences: str) -> bytes:
    """Return a one-page PDF: a receipt, an acknowledgement, a letter of the authority."""
    document = Pdf.new()
    fonts = {"F1": _font(document, "Helvetica"), "F2": _font(document, "Helvetica-Bold")}
    lines = [("F2", 14, title), ("F1", 11, ""), *(("F1", 11, text) for text in sentences)]
    content = _text(lines, top=HEIGHT - MARGIN)
    _page(document, fonts, content)
    stream = BytesIO()
    document.save(stream, deterministic_id=True)
    return stream.getvalue()


def printed_day(day: date) -> str:
    """Return a day as it is printed on materials."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year} ({day:%d/%m/%Y})"


Line = tuple[str, int, str]


def _front(paper: Paper) -> list[Line]:
    lines: list[Line] = [("F2", 22, paper.title), ("F1", 11, "")]
    for product in paper.products:
        lines.append(("F2", 14, product.name))
        substances = product.substances or "Substance active : voir le RCP."
        lines.append(("F1", 11, f"DCI : {substances}"))
    lines.append(("F1", 11, ""))
    if paper.public:
        lines += [
            ("F2", 12, "Publicité pour un médicament destinée au public."),
            ("F1", 11, "Ceci est un médicament. Lire attentivement la notice."),
            ("F1", 11, "Demandez conseil à votre pharmacien."),
            ("F1", 11, "Si les symptômes persistent, consultez votre médecin."),
            ("F1", 11, "Bon usage : respectez la dose et la durée indiquées sur la notice."),
        ]
    elif paper.promotional:
        lines += [
            ("F2", 12, "Ce qu'il faut retenir"),
            ("F1", 11, "Indications thérapeutiques : traitement de fond chez l'adulte, selon RCP."),
            ("F1", 11, "Place dans la stratégie thérapeutique : seconde intention."),
            ("F1", 11, "Efficacité démontrée dans une étude randomisée, en double aveugle."),
        ]
    else:
        lines += [
            ("F2", 12, "Information sans promotion"),
            ("F1", 11, "La maladie, son dépistage et son suivi, d'après les recommandations."),
        ]
    if paper.note:
        lines += [("F1", 11, ""), ("F1", 11, paper.note)]
    return lines


def _back(paper: Paper) -> list[Line]:
    lines: list[Line] = [("F2", 14, "Mentions obligatoires"), ("F1", 10, "")]
    for product in paper.products if paper.promotional else ():
        lines += [
            ("F2", 11, f"{product.name} - CIS {product.cis}"),
            ("F1", 10, f"Composition : {product.substances or 'voir le RCP'}."),
            ("F1", 10, f"Forme pharmaceutique : {product.form or 'voir le RCP'}."),
            ("F1", 10, "Posologie et mode d'administration : voir le RCP."),
            ("F1", 10, "Contre-indications : hypersensibilité à l'un des composants."),
            ("F1", 10, "Mises en garde et précautions d'emploi : voir le RCP."),
            ("F1", 10, "Effets indésirables : céphalées, nausées. Déclarez tout effet indésirable"),
            ("F1", 10, "suspecté : signalement.social-sante.gouv.fr"),
            ("F1", 10, f"Conditions de prescription et de délivrance : {_conditions(product)}."),
            ("F1", 10, f"Prise en charge : {_reimbursement(product)}."),
            ("F1", 10, f"Titulaire de l'AMM : {product.holder.strip() or 'voir le RCP'}."),
            ("F1", 10, ""),
        ]
    lines += [
        ("F1", 10, "Pour une information complète, consultez la base de données publique des"),
        ("F1", 10, "médicaments : base-donnees-publique.medicaments.gouv.fr"),
    ]
    return lines


def _conditions(product: Product) -> str:
    return product.prescription_class or "médicament non soumis à prescription médicale"


def _reimbursement(product: Product) -> str:
    if product.reimbursed:
        return f"remboursé Séc. soc. {product.reimbursement_rates}".strip()
    return "non remboursé, non agréé aux collectivités"


def _footer(paper: Paper, number: int) -> str:
    reference = f"Réf. {paper.reference} - " if paper.reference else ""
    return f"{reference}Date de préparation : {printed_day(paper.prepared_on)} - page {number}/2"


def _font(document: Pdf, base: str) -> Dictionary:
    return document.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name("/" + base),
            Encoding=Name.WinAnsiEncoding,
        )
    )


def _add_page(
    document: Pdf, fonts: dict[str, Dictionary], paper: Paper, lines: list[Line], number: int
) -> None:
    band = f"0.09 0.36 0.47 rg 0 {HEIGHT - 24} {WIDTH} 24 re f 0 0 0 rg\n".encode()
    footer = _text([("F1", 9, _footer(paper, number))], top=MARGIN)
    _page(document, fonts, band + _text(lines, top=HEIGHT - MARGIN - 24) + footer)


def _page(document: Pdf, fonts: dict[str, Dictionary], content: bytes) -> None:
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, WIDTH, HEIGHT]),
        Contents=Stream(document, content),
        Resources=Dictionary(Font=Dictionary({f"/{name}": font for name, font in fonts.items()})),
    )
    document.pages.append(Page(document.make_indirect(page)))


def _text(lines: Sequence[Line], *, top: int) -> bytes:
    content, height = [b"BT"], top
    for font, size, text in lines:
        for part in textwrap.wrap(text, CHARACTERS * 11 // max(size, 11)) or [""]:
            content.append(f"/{font} {size} Tf 1 0 0 1 {MARGIN} {height} Tm".encode())
            content.append(b"(" + _escaped(part) + b") Tj")
            height -= round(size * 1.5)
    content.append(b"ET\n")
    return b"\n".join(content)


def _escaped(text: str) -> bytes:
    plain = text.encode("cp1252", errors="replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
