"""Read the public database's files: every trap of FORMATS.md, and whatever else comes."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from content.catalogue import bdpm
from content.catalogue.bdpm import Extract, ExtractMissing, read_extract
from content.catalogue.enums import AuthorisationStatus

CIS = "69990099"
PRODUCT = [CIS, "NAME", "form", "orale", "Autorisation active", "proc", "Commercialisée"]
PRODUCT += ["12/03/2012", "", "", " HOLDER", "Non"]
PACK = [CIS, "9009901", "30 tablets", "Présentation active", "Déclaration", "16/03/2012"]
PACK += ["3400990099001", "oui", "65%", "8,42", "9,44", "1,02", ""]
SUBSTANCE = [CIS, "comprimé", "99001", "SUBSTANCE", "10 mg", "un comprimé", "SA", "1"]
CONDITION = [CIS, "liste I"]
ATC = [CIS, "C09AA99", "NAME", "http://example.test"]
GOOD = {
    bdpm.PRODUCTS: PRODUCT,
    bdpm.PRESENTATIONS: PACK,
    bdpm.SUBSTANCES: SUBSTANCE,
    bdpm.CONDITIONS: CONDITION,
    bdpm.ATC_CODES: ATC,
}


def read(folder: Path, **more: list[list[str]]) -> Extract:
    """Read one good product, with ``more`` lines in a file given by its key's last word."""
    names = dict(zip(("products", "packs", "substances", "conditions", "atc"), GOOD, strict=True))
    for key, name in names.items():
        lines = [GOOD[name], *more.get(key, [])]
        text = "".join("\t".join(line) + "\r\n" for line in lines)
        (folder / name).write_bytes(text.encode("cp1252"))
    return read_extract(folder)


def faults(extract: Extract) -> list[str]:
    return [str(fault) for fault in extract.faults]


@pytest.fixture(scope="module")
def shipped() -> Extract:
    return read_extract(settings.DEMO_DATA_DIR)


def test_the_shipped_extract_reads_without_a_fault(shipped: Extract) -> None:
    assert faults(shipped) == []
    assert len(shipped.products) == 16


def test_the_holder_loses_its_leading_space_and_may_be_missing(shipped: Extract) -> None:
    assert shipped.products["69990011"].holder == "LABORATOIRES IMAGINAIRES"
    assert shipped.products["69990061"].holder == ""


def test_names_may_repeat_and_hold_quotation_marks(shipped: Extract) -> None:
    assert shipped.products["69990012"].name == shipped.products["69990013"].name
    assert shipped.products["69990014"].name.startswith('CARDIOVAL "NOURRISSONS" 1')


def test_both_encodings_read_and_accents_are_right(shipped: Extract) -> None:
    assert shipped.products["69990041"].form == "gélule"
    labels = [pack.label for pack in shipped.products["69990011"].presentations.values()]
    assert labels[0] == "plaquette(s) PVC PVDC aluminium de 30 comprimé(s)"
    assert shipped.products["69990061"].conditions[2].endswith("l’accord de soins du patient")


def test_a_mirror_in_utf8_with_a_mark_and_unix_lines_reads_the_same(
    shipped: Extract, tmp_path: Path
) -> None:
    for name in bdpm.FILES:
        content = (settings.DEMO_DATA_DIR / name).read_bytes()
        text = content.decode(bdpm.encoding_of(content)).replace("\r\n", "\n")
        (tmp_path / name).write_bytes(text.encode("utf-8-sig"))
    assert read_extract(tmp_path) == shipped


def test_prices_rates_and_lost_apostrophes_are_put_right(shipped: Extract) -> None:
    packs = [p for x in shipped.products.values() for p in x.presentations.values()]
    assert Decimal("1466.29") in {pack.price for pack in packs}
    assert {pack.reimbursement_rate for pack in packs} == {"", "15 %", "30 %", "65 %", "100 %"}
    (syrup,) = shipped.products["69990014"].presentations.values()
    assert "pour l'administration orale" in syrup.label


@pytest.mark.parametrize(
    ("text", "price"),
    [("8,42", "8.42"), ("24,34", "24.34"), ("1,466,29", "1466.29"), ("1466,29", "1466.29")],
)
def test_the_last_comma_of_a_price_is_the_decimal_one(
    tmp_path: Path, text: str, price: str
) -> None:
    pack = [*PACK[:6], "3400990099002", *PACK[7:9], text, *PACK[10:]]
    extract = read(tmp_path, packs=[pack])
    assert extract.products[CIS].presentations["3400990099002"].price == Decimal(price)


def test_the_therapeutic_fraction_wins_over_its_salt(shipped: Extract) -> None:
    assert shipped.products["69990042"].substances == "ACIDE OSTÉOLINIQUE"
    both = "VIRUS FICTIF A, SOUCHE INACTIVÉE; VIRUS FICTIF B, SOUCHE INACTIVÉE"
    assert shipped.products["69990031"].substances == both


def test_statuses_and_dates_are_read(shipped: Extract) -> None:
    status = {cis: product.authorisation_status for cis, product in shipped.products.items()}
    assert status["69990041"] == AuthorisationStatus.SUSPENDED
    assert status["69990042"] == AuthorisationStatus.ABROGATED
    assert status["69990043"] == AuthorisationStatus.ARCHIVED
    assert status["69990044"] == AuthorisationStatus.WITHDRAWN
    assert shipped.products["69990011"].authorised_on == date(2012, 3, 12)


def test_blank_lines_are_no_fault(shipped: Extract) -> None:
    assert b"\r\n\r\n" in (settings.DEMO_DATA_DIR / bdpm.CONDITIONS).read_bytes()
    assert shipped.products["69990061"].conditions[0] == "stupéfiants"


BAD = [
    ("products", PRODUCT[:-1], "11 columns, not 12"),
    ("products", ["6999", *PRODUCT[1:]], "'6999' is not a CIS code"),
    ("products", ["69990098", "", *PRODUCT[2:]], "the name is missing"),
    ("products", ["69990098", "N" * 501, *PRODUCT[2:]], "more than 500 characters"),
    ("products", ["69990098", *PRODUCT[1:4], "Autorisée", *PRODUCT[5:]], "'Autorisée' is unknown"),
    ("products", ["69990098", *PRODUCT[1:7], "2012-03-12", *PRODUCT[8:]], "not a date"),
    ("products", ["69990098", *PRODUCT[1:11], "Peut-être"], "neither Oui nor Non"),
    ("products", ["69990098", "A\x00B", *PRODUCT[2:]], "control character"),
    ("products", PRODUCT, "appears twice"),
    ("packs", ["69990098", *PACK[1:]], "no product has CIS 69990098"),
    ("packs", PACK, "CIP13 3400990099001 appears twice"),
    ("packs", [*PACK[:6], "34009", *PACK[7:]], "'34009' is not a CIP13 code"),
    ("packs", [*PACK[:6], "3400990099002", "oui", "beaucoup", *PACK[9:]], "rate 'beaucoup'"),
    ("packs", [*PACK[:6], "3400990099002", "oui", "165%", *PACK[9:]], "rate '165%'"),
    ("packs", [*PACK[:6], "3400990099002", "oui", "65%", "gratuit", *PACK[10:]], "'gratuit'"),
    ("substances", [*SUBSTANCE[:6], "XX", "1"], "neither SA nor FT"),
    ("conditions", [CIS, ""], "the condition is missing"),
    ("atc", ["69990098", *ATC[1:]], "no product has CIS 69990098"),
]


@pytest.mark.parametrize(("key", "line", "reason"), BAD)
def test_a_bad_line_is_named_and_skipped_and_nothing_else_is_lost(
    tmp_path: Path, key: str, line: list[str], reason: str
) -> None:
    extract = read(tmp_path, **{key: [line, ["69990097", *GOOD_OF[key][1:]]]})
    assert faults(extract)[0].startswith(f"{FILE_OF[key]}, line 2: ")
    assert reason in faults(extract)[0]
    product = extract.products[CIS]
    assert (product.name, product.conditions, product.atc) == ("NAME", ["liste I"], "C09AA99")
    assert list(product.presentations) == ["3400990099001"]


FILE_OF = dict(zip(("products", "packs", "substances", "conditions", "atc"), GOOD, strict=True))
GOOD_OF = {key: GOOD[name] for key, name in FILE_OF.items()}


def test_a_product_touched_by_a_bad_line_keeps_what_was_known(tmp_path: Path) -> None:
    extract = read(tmp_path, conditions=[[CIS, ""]])
    assert extract.products[CIS].incomplete
    assert not extract.anonymous_fault


def test_a_product_whose_own_line_is_bad_has_not_vanished(tmp_path: Path) -> None:
    bad = ["69990098", "", *PRODUCT[2:]]
    extract = read(tmp_path, products=[bad], conditions=[["69990098", "liste I"]])
    assert extract.unread == {"69990098"}
    assert "the line of its product 69990098 was skipped" in faults(extract)[1]


def test_a_line_that_names_no_product_keeps_everything_known(tmp_path: Path) -> None:
    assert read(tmp_path, conditions=[["?", "liste I"]]).anonymous_fault


def test_one_broken_line_does_not_change_how_the_others_are_read(tmp_path: Path) -> None:
    read(tmp_path)
    path = tmp_path / bdpm.PRESENTATIONS
    other = "\t".join([*PACK[:6], "3400990099002", *PACK[7:]]).encode()
    path.write_bytes("\t".join(PACK).encode() + b"\n" + other + b"\xe9\n")
    extract = read_extract(tmp_path)
    assert "line 2: it is not utf-8" in faults(extract)[0]
    (pack,) = extract.products[CIS].presentations.values()
    assert pack.status == "Présentation active"


@pytest.mark.parametrize("name", bdpm.FILES)
def test_an_absent_or_empty_file_stops_before_anything(tmp_path: Path, name: str) -> None:
    shutil.copytree(settings.DEMO_DATA_DIR, tmp_path, dirs_exist_ok=True)
    (tmp_path / name).write_bytes(b"\r\n")
    with pytest.raises(ExtractMissing, match=name):
        read_extract(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ExtractMissing, match=name):
        read_extract(tmp_path)


CELLS = st.one_of(
    st.text(max_size=12), st.sampled_from([cell for line in GOOD.values() for cell in line])
)
LINES = st.one_of(
    st.binary(max_size=60),
    st.lists(CELLS, max_size=14).map(lambda cells: "\t".join(cells).encode(errors="replace")),
    st.sampled_from(["\t".join(line).encode("cp1252") for line in GOOD.values()]),
)


@given(st.lists(st.lists(LINES, min_size=1, max_size=6), min_size=5, max_size=5))
@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
def test_no_file_makes_the_reader_fail(tmp_path: Path, contents: list[list[bytes]]) -> None:
    for name, lines in zip(bdpm.FILES, contents, strict=True):
        (tmp_path / name).write_bytes(b"\n".join(lines))
    try:
        extract = read_extract(tmp_path)
    except ExtractMissing:
        return
    for fault in extract.faults:
        assert fault.file in bdpm.FILES
        assert fault.line >= 1
    for cis, product in extract.products.items():
        assert len(cis) == 8
        assert product.name
