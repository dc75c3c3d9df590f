"""The demonstration's documents are real PDFs whose text can be read."""

from datetime import date

import pypdfium2

from approvals.desk.demo.papers import Paper, letter, pdf
from content.catalogue.models import Product

PRODUCT = Product(
    cis="61234567",
    name="CARDIOVAL 10 mg (boîte), comprimé",
    substances="cardiovaline",
    prescription_class="liste I",
)


def text_of(document: bytes) -> list[str]:
    pages = pypdfium2.PdfDocument(document)
    return [page.get_textpage().get_text_range() for page in pages]


def test_it_prints_reference_product_date_and_mentions() -> None:
    paper = Paper(
        title="Protéger le cœur, jour après jour",
        products=[PRODUCT],
        prepared_on=date(2026, 8, 3),
        reference="26/10/61234567/PM/001",
    )
    front, back = text_of(pdf(paper))
    for page in (front, back):
        assert "26/10/61234567/PM/001" in page
        assert "3 août 2026" in page
    assert "Protéger le cœur, jour après jour" in front
    assert "CARDIOVAL 10 mg (boîte), comprimé" in front
    assert "cardiovaline" in front
    assert "Indications thérapeutiques" in front
    assert "liste I" in back
    assert "non remboursé" in back


def test_for_the_public_it_says_what_the_law_asks() -> None:
    front = text_of(pdf(Paper("Soulager", [PRODUCT], date(2026, 8, 3), public=True)))[0]
    assert "Lire attentivement la notice" in front
    assert "conseil à votre pharmacien" in front


def test_the_same_paper_is_the_same_bytes() -> None:
    paper = Paper("Une fois", [PRODUCT], date(2026, 8, 3))
    assert pdf(paper) == pdf(paper)
    assert pdf(paper) != pdf(Paper("Une autre", [PRODUCT], date(2026, 8, 3)))


def test_a_letter_is_one_page() -> None:
    (page,) = text_of(letter("Quittance", "Numéro 12345678901"))
    assert "12345678901" in page
