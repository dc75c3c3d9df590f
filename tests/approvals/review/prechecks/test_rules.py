"""Each check: what passes, what fails, what is for a person's eye, what does not apply."""

from datetime import date
from typing import Any

import pytest

from approvals.review.prechecks.reading import FileReading, Reading
from approvals.review.prechecks.rules import ASKED_AT_UPLOAD, CHECKS, Finding
from approvals.review.prechecks.sentences import LABELS, SENTENCES, sentence_of
from approvals.review.prechecks.subject import Named, Subject, brand_of, words_for
from approvals.review.setup.prechecks import KINDS
from content.assets.document_text import DocumentText, Part

MARCH = date(2026, 3, 12)
SUBJECT = Subject(
    prepared_on=MARCH,
    products=(Named("ZYPADHERA", ("PAMOATE D'OLANZAPINE MONOHYDRATÉ",)),),
    reference="26/04/69999999/PM/001",
    owes_reference=True,
    mentions="hcp",
)
HCP = """ZYPADHERA 300 mg (olanzapine). Réf. 26/04/69999999/PM/001. Établi le 12 mars 2026.
Indications : schizophrénie. Place dans la stratégie thérapeutique : seconde intention.
Contre-indications. Mises en garde et précautions d’em-
ploi. Effets indésirables : somnolence. Liste I. Non remboursé, non agréé aux collectivités."""
PUBLIC = """Publicité. Ceci est un médicament. Bon usage : ne pas dépasser la dose. LIRE
ATTENTIVEMENT LA NOTICE. Demandez conseil à votre pharmacien. Si les symptômes persistent,
consultez votre médecin."""


def paper(
    *pages: str, fault: str = "", kind: str = "pdf", whole: bool = True, links: Any = ()
) -> FileReading:
    text = DocumentText(tuple(Part(page) for page in pages), tuple(links), whole) if pages else None
    return FileReading(1, f"document.{kind}", kind, "0" * 64, fault, text)


def found(check: str, *files: FileReading, subject: Subject = SUBJECT) -> Finding | None:
    return CHECKS[check](subject, Reading(files))


def outcome(check: str, *files: FileReading, subject: Subject = SUBJECT) -> tuple[str, str] | None:
    finding = found(check, *files, subject=subject)
    if finding is None:
        return None
    # Whatever is found has its sentence, and every label its words.
    assert "%(" not in sentence_of(finding.code, finding.values)
    return str(finding.outcome), finding.code


def test_each_check_is_a_kind_and_each_kind_a_check() -> None:
    assert [kind[0] for kind in KINDS] == list(CHECKS)
    blocking = {code for code, severity, _fr, _en in KINDS if severity == "blocking"}
    assert blocking == set(ASKED_AT_UPLOAD)


def test_a_good_document_passes_every_check_that_applies() -> None:
    page = "Voir base-donnees-publique.medicaments.gouv.fr"
    results = {code: outcome(code, paper(HCP, page)) for code in CHECKS}
    assert {code for code, result in results.items() if result is None} == {
        "no_product_named",
        *(code for code in CHECKS if code.startswith("public_")),
    }
    assert {result[0] for result in results.values() if result} == {"pass"}


def test_a_bare_document_fails_what_is_owed() -> None:
    failed = {code for code in CHECKS if (outcome(code, paper("Rien.")) or ("",))[0] == "fail"}
    assert failed == {
        *("product_named", "reference", "dated", "hcp_indications", "hcp_safety"),
        *("hcp_prescription", "hcp_reimbursement"),
    }


@pytest.mark.parametrize(
    ("fault", "failed", "code"),
    [
        ("broken", "opens", "does_not_open"),
        ("too_complex", "opens", "beyond_limits"),
        ("altered", "opens", "altered"),
        ("encrypted", "no_password", "password"),
        ("script", "no_script", "script"),
        ("launch", "no_script", "script"),
        ("embedded", "no_embedded_file", "embedded"),
    ],
)
def test_a_fault_of_the_file_fails_its_check_alone(fault: str, failed: str, code: str) -> None:
    bad = paper(fault=fault)
    assert outcome(failed, bad) == ("fail", code)
    others = {check for check in ASKED_AT_UPLOAD if check != failed}
    assert all((outcome(check, bad) or ("",))[0] != "fail" for check in others)


def test_what_a_pdf_must_not_hold_is_asked_of_pdfs_alone() -> None:
    page = paper("Bonjour", kind="html")
    assert outcome("no_script", page) is None
    assert outcome("opens", page) == ("pass", "all_open")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (paper(), ("fail", "text_beyond_limits")),
        (paper("  \n", ""), ("fail", "no_text")),
        (paper("Texte", whole=False), ("warn", "too_long")),
        (paper(kind="mp3"), ("warn", "no_words_in_format")),
        (paper("Texte"), ("pass", "text_read")),
    ],
)
def test_text_can_be_extracted(file: FileReading, expected: tuple[str, str]) -> None:
    assert outcome("text", file) == expected


def test_what_cannot_be_read_is_for_a_person_to_look_at() -> None:
    image = paper(kind="png")
    assert outcome("reference", image) == ("warn", "missing_perhaps")
    assert outcome("dated", image) == ("warn", "date_missing_perhaps")
    assert outcome("reference", image, paper(HCP)) == ("pass", "found")


def test_the_product_and_its_substance_are_both_named() -> None:
    finding = found("product_named", paper("ZYPADHERA"))
    assert finding is not None
    assert finding.values["missing"] == ["PAMOATE D'OLANZAPINE MONOHYDRATÉ"]
    assert outcome("product_named", paper("Olanzapine (Zypadhera)")) == ("pass", "found")


def test_an_environment_document_names_no_product_of_its_team() -> None:
    subject = Subject(MARCH, forbidden=("KARDEGIC", "ZYPADHERA"), environment=True)
    clean = paper("La schizophrénie, mars 2026")
    assert outcome("no_product_named", clean, subject=subject) == ("pass", "names_none")
    finding = found("no_product_named", paper("p. 1", "Zypad-\nhera"), subject=subject)
    assert finding is not None
    assert (finding.outcome, finding.values) == ("fail", {"found": ["ZYPADHERA"]})
    assert (finding.places[0].page, finding.places[0].printed) == (2, "Zypad- hera")
    assert outcome("product_named", clean, subject=subject) is None


def test_a_reference_that_is_owed_and_not_reserved_is_told() -> None:
    unplanned = Subject(MARCH, owes_reference=True)
    assert outcome("reference", paper("x"), subject=unplanned) == ("warn", "no_reference_yet")
    assert outcome("reference", paper("x"), subject=Subject(MARCH)) is None


def test_another_date_than_that_of_preparation_is_shown() -> None:
    finding = found("dated", paper("Établi le 3 mai 2024"))
    assert finding is not None
    assert (finding.outcome, finding.code) == ("fail", "other_dates")
    assert finding.values == {"day": ["2026-03-12"], "found": ["3 mai 2024"]}


@pytest.mark.parametrize("missing", ["indications", "strategy"])
def test_a_half_mention_says_which_half_is_missing(missing: str) -> None:
    kept = {"indications": "Indications :", "strategy": "Place dans la stratégie thérapeutique"}
    finding = found("hcp_indications", paper(" ".join(set(kept.values()) - {kept[missing]})))
    assert finding is not None
    assert finding.values == {"missing": [missing]}


def test_contraindications_are_no_indications() -> None:
    finding = found("hcp_indications", paper("Contre-indications : stratégie thérapeutique"))
    assert finding is not None
    assert finding.values == {"missing": ["indications"]}


def test_the_rest_may_stand_behind_a_link_or_a_qr_code() -> None:
    address = "https://base-donnees-publique.medicaments.gouv.fr/extrait.php?specid=1"
    assert outcome("hcp_rest", paper("Composition")) == ("warn", "no_link")
    assert outcome("hcp_rest", paper("Composition", links=[address])) == ("pass", "behind_link")
    broken = paper("base-donnees-publique.\nmedicaments.gouv.fr")
    assert outcome("hcp_rest", broken) == ("pass", "behind_link")
    whole = "Composition Titulaire Pharmacodynamie Posologie Interactions Prix : 10 €"
    assert outcome("hcp_rest", paper(whole)) == ("pass", "found")


def test_the_mentions_for_the_public() -> None:
    subject = Subject(MARCH, mentions="public")
    checks = [code for code in CHECKS if code.startswith("public_")]
    assert {outcome(code, paper(PUBLIC), subject=subject) for code in checks} == {("pass", "found")}
    assert {outcome(code, paper("Bonjour"), subject=subject) for code in checks} == {
        ("fail", "missing")
    }
    assert outcome("hcp_safety", paper(PUBLIC), subject=subject) is None


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("KARDEGIC 75 mg, poudre pour solution buvable en sachet", "KARDEGIC"),
        ("PARACETAMOL BIOGARAN 500 mg, comprimé", "PARACETAMOL BIOGARAN"),
        ("5-FLUOROURACILE X 50 mg/ml", "5-FLUOROURACILE X"),
        ("DOLIPRANE, sirop", "DOLIPRANE"),
    ],
)
def test_a_brand_is_a_name_without_its_strength(name: str, brand: str) -> None:
    assert brand_of(name) == brand


def test_a_substance_is_shown_by_its_name_without_its_salt() -> None:
    assert words_for("CHLORHYDRATE DE METFORMINE")[-1] == "metformine"
    assert words_for("FER (SULFATE DE) DESSÉCHÉ")[0] == "FER DESSÉCHÉ"
    assert words_for("") == []


def test_a_sentence_of_an_older_tool_stands_as_it_was() -> None:
    assert sentence_of("of_another_time", {}) == "of_another_time"
    assert set(LABELS).isdisjoint(SENTENCES)
