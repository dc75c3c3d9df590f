"""Read the public medicines database's five files (FORMATS.md). Writes nothing, asks no database.

A line that cannot be read is reported by file and number and skipped; nothing else is lost. Because
a skipped line may have been the one that bars something, a product touched by one is
``incomplete``: what was known of it before is not taken away.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from content.catalogue.enums import AuthorisationStatus

PRODUCTS = "CIS_bdpm.txt"
PRESENTATIONS = "CIS_CIP_bdpm.txt"
SUBSTANCES = "CIS_COMPO_bdpm.txt"
CONDITIONS = "CIS_CPD_bdpm.txt"
ATC_CODES = "CIS_MITM.txt"
FILES = (PRODUCTS, PRESENTATIONS, SUBSTANCES, CONDITIONS, ATC_CODES)
COLUMNS = {PRODUCTS: 12, PRESENTATIONS: 13, SUBSTANCES: 8, CONDITIONS: 2, ATC_CODES: 4}

STATUSES = {
    "Autorisation active": AuthorisationStatus.ACTIVE,
    "Autorisation abrogée": AuthorisationStatus.ABROGATED,
    "Autorisation archivée": AuthorisationStatus.ARCHIVED,
    "Autorisation retirée": AuthorisationStatus.WITHDRAWN,
    "Autorisation suspendue": AuthorisationStatus.SUSPENDED,
}
ACTIVE_PRESENTATION = "Présentation active"
LISTS = {"liste i": "liste I", "liste ii": "liste II", "stupéfiants": "stupéfiants"}

_CIS = re.compile(r"[0-9]{8}")
# 1,466,29 is 1466.29: the last comma is the decimal one, the others part the thousands.
_PRICE = re.compile(r"[0-9]{1,3}(?:,?[0-9]{3})*,[0-9]{2}")
_RATE = re.compile(r"([0-9]{1,3}) ?%")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class LineFault:
    """A line that was skipped, and why; ``line`` counts from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


class BadLine(Exception):
    """What is wrong with the line in hand."""


class ExtractMissing(Exception):
    """A file of the extraction is absent or holds no line: nothing can be imported."""


@dataclass(frozen=True)
class PresentationFacts:
    """A pack, as the public database describes it."""

    cip13: str
    cip7: str
    label: str
    status: str
    marketing_status: str
    reimbursement_rate: str
    price: Decimal | None


@dataclass
class ProductFacts:
    """A product, with what the five files say of it."""

    cis: str
    name: str
    form: str
    routes: str
    authorisation_status: AuthorisationStatus
    procedure: str
    marketing_status: str
    authorised_on: date | None
    holder: str
    additional_monitoring: bool
    atc: str = ""
    presentations: dict[str, PresentationFacts] = field(default_factory=dict)
    conditions: list[str] = field(default_factory=list)
    # By link number: the therapeutic fraction (FT) where one is given, else the substance (SA).
    ingredients: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    incomplete: bool = False

    @property
    def substances(self) -> str:
        """The active substances, each once, therapeutic fractions before salts."""
        names: dict[str, None] = {}
        for natures in self.ingredients.values():
            names |= dict.fromkeys(natures.get("FT") or natures.get("SA") or ())
        return "; ".join(names)


@dataclass
class Extract:
    """One extraction, read."""

    products: dict[str, ProductFacts] = field(default_factory=dict)
    faults: list[LineFault] = field(default_factory=list)
    # Products whose own line was skipped: they have not vanished.
    unread: set[str] = field(default_factory=set)
    # A skipped line does not even say of which product it speaks: then nothing is taken away.
    anonymous_fault: bool = False
    _packs: set[str] = field(default_factory=set)


def read_extract(folder: Path) -> Extract:
    """Read the five files of a folder.

    :raises ExtractMissing: when one of them is absent, unreadable or without a line.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ExtractMissing(f"{folder} lacks {', '.join(missing)}.")
    extract = Extract()
    for name, take in _READERS.items():
        _read_file(extract, folder / name, take)
    return extract


def _read_file(extract: Extract, path: Path, take: Callable[[Extract, list[str]], None]) -> None:
    content = path.read_bytes()
    if not content.strip():
        raise ExtractMissing(f"{path} is empty.")
    encoding = encoding_of(content)
    for number, raw in _lines(content.removeprefix(BOM_UTF8)):
        try:
            columns = _columns(raw, encoding, COLUMNS[path.name])
            take(extract, columns)
        except BadLine as bad:
            extract.faults.append(LineFault(path.name, number, str(bad)))
            _keep_what_was_known(extract, path.name, raw)


def _keep_what_was_known(extract: Extract, file: str, raw: bytes) -> None:
    cis = raw.split(b"\t", 1)[0].strip().decode("ascii", "replace")
    if not _CIS.fullmatch(cis):
        extract.anonymous_fault = True
    elif cis in extract.products:
        extract.products[cis].incomplete = True
    elif file == PRODUCTS:
        extract.unread.add(cis)


def encoding_of(content: bytes) -> str:
    """Return ``utf-8`` or ``cp1252``, whichever most lines with accents agree with.

    By line, so that one broken line does not change how all others are read.
    """
    as_utf8 = others = 0
    for line in content.split(b"\n"):
        if not line.isascii():
            try:
                line.decode("utf-8")
                as_utf8 += 1
            except UnicodeDecodeError:
                others += 1
    return "utf-8" if as_utf8 >= others else "cp1252"


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip(b"\r \t"):
            yield number, line.rstrip(b"\r")


def _columns(raw: bytes, encoding: str, count: int) -> list[str]:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadLine(f"it is not {encoding}: byte {error.start + 1} has no meaning") from None
    if _CONTROL.search(text):
        raise BadLine("it holds a control character")
    columns = [_clean(column) for column in text.split("\t")]
    if len(columns) != count:
        raise BadLine(f"it has {len(columns)} columns, not {count}")
    if not _CIS.fullmatch(columns[0]):
        raise BadLine(f"{columns[0]!r} is not a CIS code")
    return columns


def _clean(text: str) -> str:
    """Drop blanks around and doubled; put an apostrophe back where the source lost one (¿)."""
    text = re.sub(r"(?<=\w)¿(?=\w)", "'", text).replace("¿", " ")
    return " ".join(text.split())


def _bounded(text: str, limit: int, what: str, *, required: bool = False) -> str:
    if required and not text:
        raise BadLine(f"the {what} is missing")
    if len(text) > limit:
        raise BadLine(f"the {what} has more than {limit} characters")
    return text


def _day(text: str, what: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007
    except ValueError:
        raise BadLine(f"the {what} {text!r} is not a date DD/MM/YYYY") from None


def _yes(text: str, what: str) -> bool:
    if text not in {"Oui", "Non"}:
        raise BadLine(f"the {what} is {text!r}, neither Oui nor Non")
    return text == "Oui"


def _price(text: str) -> Decimal | None:
    if not text:
        return None
    if not _PRICE.fullmatch(text) or len(text) > 12:
        raise BadLine(f"the price {text!r} cannot be read")
    euros, cents = text.rsplit(",", 1)
    return Decimal(f"{euros.replace(',', '')}.{cents}")


def _rate(text: str) -> str:
    if not text:
        return ""
    match = _RATE.fullmatch(text)
    if match is None or int(match[1]) > 100:
        raise BadLine(f"the reimbursement rate {text!r} cannot be read")
    return f"{int(match[1])} %"


def _take_product(extract: Extract, columns: list[str]) -> None:
    cis, name, form, routes, status, procedure, marketed, granted, _, _, holder, watched = columns
    if cis in extract.products:
        raise BadLine(f"CIS {cis} appears twice; the first line counts")
    if status not in STATUSES:
        raise BadLine(f"the authorisation status {status!r} is unknown")
    extract.products[cis] = ProductFacts(
        cis=cis,
        name=_bounded(name, 500, "name", required=True),
        form=_bounded(form, 500, "form"),
        routes=_bounded(routes, 500, "routes"),
        authorisation_status=STATUSES[status],
        procedure=_bounded(procedure, 200, "procedure"),
        marketing_status=_bounded(marketed, 200, "marketing status"),
        authorised_on=_day(granted, "date of authorisation"),
        holder=_bounded(holder, 500, "holder"),
        additional_monitoring=_yes(watched, "additional monitoring"),
    )


def _parent(extract: Extract, cis: str) -> ProductFacts:
    if cis in extract.unread:
        raise BadLine(f"the line of its product {cis} was skipped")
    if cis not in extract.products:
        raise BadLine(f"no product has CIS {cis}")
    return extract.products[cis]


def _take_presentation(extract: Extract, columns: list[str]) -> None:
    cis, cip7, label, status, marketed, _, cip13, _, rate, price, _, _, _ = columns
    parent = _parent(extract, cis)
    if not re.fullmatch(r"[0-9]{13}", cip13):
        raise BadLine(f"{cip13!r} is not a CIP13 code")
    if cip13 in extract._packs:
        raise BadLine(f"CIP13 {cip13} appears twice; the first line counts")
    parent.presentations[cip13] = PresentationFacts(
        cip13=cip13,
        cip7=_bounded(cip7, 7, "CIP7"),
        label=_bounded(label, 1000, "label"),
        status=_bounded(status, 100, "status"),
        marketing_status=_bounded(marketed, 200, "marketing status"),
        reimbursement_rate=_rate(rate),
        price=_price(price),
    )
    extract._packs.add(cip13)


def _take_substance(extract: Extract, columns: list[str]) -> None:
    cis, _, _, name, _, _, nature, link = columns
    parent = _parent(extract, cis)
    # FT in the files is what the official text calls ST.
    nature = "FT" if nature == "ST" else nature
    if nature not in {"SA", "FT"}:
        raise BadLine(f"the nature {nature!r} is neither SA nor FT")
    natures = parent.ingredients.setdefault(link, {})
    natures.setdefault(nature, []).append(_bounded(name, 500, "substance", required=True))


def _take_condition(extract: Extract, columns: list[str]) -> None:
    cis, label = columns
    parent = _parent(extract, cis)
    label = _bounded(label, 500, "condition", required=True)
    label = LISTS.get(label.casefold(), label)
    if label not in parent.conditions:
        parent.conditions.append(label)


def _take_atc(extract: Extract, columns: list[str]) -> None:
    cis, code, _, _ = columns
    parent = _parent(extract, cis)
    parent.atc = parent.atc or _bounded(code, 20, "ATC code")


_READERS: dict[str, Callable[[Extract, list[str]], None]] = {
    PRODUCTS: _take_product,
    PRESENTATIONS: _take_presentation,
    SUBSTANCES: _take_substance,
    CONDITIONS: _take_condition,
    ATC_CODES: _take_atc,
}
