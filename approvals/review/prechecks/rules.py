"""The checks: each looks at what the files say, and answers pass, warn or fail.

A failure is what is certain: every file was read, and something is missing, or must not be there.
Where a file cannot be read, what is not found is for a person's eye: a warning. A check that does
not apply (no reference is owed, the audience is another) says nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from approvals.review.enums import PrecheckOutcome as Outcome
from approvals.review.prechecks.matching import phrase, reference_pattern
from approvals.review.prechecks.reading import (
    ALTERED,
    Place,
    Reading,
    boxes_of,
    read_revision,
)
from approvals.review.prechecks.subject import Subject, subject_of, words_for
from content.assets.document_text import WITH_TEXT
from content.assets.enums import FileFormat
from content.assets.models import Revision

PUBLIC_DATABASE = "base-donnees-publique.medicaments.gouv.fr"
# A domain name broken over two lines is still read.
DATABASE_PRINTED = re.compile(
    r"base ?donnees ?publique ?\. ?medicaments ?\. ?gouv ?\. ?fr", re.IGNORECASE
)
SHOWN_DATES = 5


@dataclass(frozen=True)
class Finding:
    """What a check found: a sentence by its code and values, and the places it speaks of."""

    outcome: Outcome
    code: str
    values: dict[str, list[str]] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class Examined:
    """Everything that one run found; ``findings`` by the code of the check."""

    basis: str
    files: list[dict[str, Any]]
    findings: dict[str, Finding]
    boxes: dict[int, Any]

    def places(self, finding: Finding) -> list[dict[str, Any]]:
        return [place.told(self.boxes.get(id(place))) for place in finding.places]


Check = Callable[[Subject, Reading], Finding | None]


def examine(revision: Revision) -> Examined:
    """Read a revision's files and check them. Takes seconds: never inside an act."""
    subject = subject_of(revision)
    reading = read_revision(revision)
    findings = {
        code: finding
        for code, check in CHECKS.items()
        if (finding := check(subject, reading)) is not None
    }
    places = [place for finding in findings.values() for place in finding.places]
    files = [file.told() for file in reading.files]
    return Examined(subject.basis, files, findings, boxes_of(places))


# The file itself.


def _opens(subject: Subject, reading: Reading) -> Finding:
    for fault, code in (
        (ALTERED, "altered"),
        ("broken", "does_not_open"),
        ("too_complex", "beyond_limits"),
    ):
        bad = [file.name for file in reading.files if file.fault == fault]
        if bad:
            return Finding(Outcome.FAIL, code, {"files": bad})
    return Finding(Outcome.PASS, "all_open")


def _free_of(faults: Iterable[str], present: str, absent: str) -> Check:
    """Return the check that no PDF has one of some faults of ``pdf_probe``."""
    wrong = frozenset(faults)

    def check(subject: Subject, reading: Reading) -> Finding | None:
        papers = [file for file in reading.files if file.format == FileFormat.PDF]
        if not papers:
            return None
        bad = [file.name for file in papers if file.fault in wrong]
        if bad:
            return Finding(Outcome.FAIL, present, {"files": bad})
        # The look ends at the first fault: of another one it says nothing.
        unseen = [file.name for file in papers if file.fault]
        if unseen:
            return Finding(Outcome.WARN, "not_looked_at", {"files": unseen})
        return Finding(Outcome.PASS, absent)

    return check


def _text(subject: Subject, reading: Reading) -> Finding:
    wordy = [file for file in reading.files if file.format in WITH_TEXT]
    unread = [file.name for file in wordy if file.text is None]
    blank = [file.name for file in wordy if file.text is not None and file.text.is_blank]
    cut = [file.name for file in wordy if file.text is not None and not file.text.whole]
    if unread:
        return Finding(Outcome.FAIL, "text_beyond_limits", {"files": unread})
    if blank:
        return Finding(Outcome.FAIL, "no_text", {"files": blank})
    if cut:
        return Finding(Outcome.WARN, "too_long", {"files": cut})
    if not wordy:
        return Finding(Outcome.WARN, "no_words_in_format", {"files": reading.unread})
    return Finding(Outcome.PASS, "text_read", {"files": [file.name for file in wordy]})


# Names, reference, date.


def _all_found(reading: Reading, wanted: Mapping[str, Iterable["re.Pattern[str]"]]) -> Finding:
    """Look for each wanted thing, shown by one of its patterns."""
    found: dict[str, Place] = {}
    for label, patterns in wanted.items():
        place = next(filter(None, map(reading.find, patterns)), None)
        if place is not None:
            found[label] = place
    missing = [label for label in wanted if label not in found]
    return _judged(reading, list(found), missing, list(found.values()))


def _judged(reading: Reading, found: list[str], missing: list[str], places: list[Place]) -> Finding:
    if not missing:
        return Finding(Outcome.PASS, "found", {"found": found}, places)
    unread = reading.unread
    if unread:
        values = {"missing": missing, "files": unread}
        return Finding(Outcome.WARN, "missing_perhaps", values, places)
    return Finding(Outcome.FAIL, "missing", {"missing": missing}, places)


def _product_named(subject: Subject, reading: Reading) -> Finding | None:
    wanted: dict[str, list[re.Pattern[str]]] = {}
    for product in subject.products:
        wanted[product.name] = [phrase(product.name)]
        for substance in product.substances:
            words = [phrase(word) for word in words_for(substance)]
            # A generic is named by its substance: one line, not two.
            wanted.setdefault(substance, words)
    return _all_found(reading, wanted) if wanted else None


def _no_product_named(subject: Subject, reading: Reading) -> Finding | None:
    if not subject.environment:
        return None
    found = {name: reading.find(phrase(name)) for name in subject.forbidden}
    shown = {name: place for name, place in found.items() if place is not None}
    if shown:
        values = {"found": list(shown)}
        return Finding(Outcome.FAIL, "names_product", values, list(shown.values()))
    if reading.unread:
        return Finding(Outcome.WARN, "names_none_perhaps", {"files": reading.unread})
    return Finding(Outcome.PASS, "names_none")


def _reference(subject: Subject, reading: Reading) -> Finding | None:
    if not subject.reference:
        return Finding(Outcome.WARN, "no_reference_yet") if subject.owes_reference else None
    place = reading.find(reference_pattern(subject.reference), as_read=True)
    names = [subject.reference]
    return _judged(reading, names, [], [place]) if place else _judged(reading, [], names, [])


def _dated(subject: Subject, reading: Reading) -> Finding:
    printed = list(reading.dates())
    telling = [(dated, place) for dated, place in printed if dated.tells(subject.prepared_on)]
    # A whole day says more than its month.
    telling.sort(key=lambda pair: pair[0].day is None)
    if telling:
        place = telling[0][1]
        return Finding(Outcome.PASS, "found", {"found": [place.printed]}, [place])
    day = {"day": [subject.prepared_on.isoformat()]}
    if reading.unread:
        return Finding(Outcome.WARN, "date_missing_perhaps", day | {"files": reading.unread})
    others = list({place.printed: place for _dated, place in printed}.values())[:SHOWN_DATES]
    if others:
        found = {"found": [place.printed for place in others]}
        return Finding(Outcome.FAIL, "other_dates", day | found, others)
    return Finding(Outcome.FAIL, "date_missing", day)


# Mandatory mentions. The patterns are of normal text: no accents, no case, hyphens joined.


def _mention(audience: str, **wanted: str) -> Check:
    """Return the check that each of some mentions is on the document for an audience."""
    patterns = {label: [re.compile(pattern)] for label, pattern in wanted.items()}

    def check(subject: Subject, reading: Reading) -> Finding | None:
        return _all_found(reading, patterns) if subject.mentions == audience else None

    return check


REST: dict[str, list["re.Pattern[str]"]] = {
    "composition": [re.compile(r"\bcomposition\b")],
    "holder": [re.compile(r"\b(?:titulaire|exploitant)")],
    "pharmacology": [
        re.compile(r"\bpharmaco(?:log|dynam|cinet)\w*|\bclasse pharmaco ?therapeutique")
    ],
    "posology": [re.compile(r"\bposologie|\bmodes? d'administration")],
    "interactions": [re.compile(r"\binteractions?\b")],
    "price": [re.compile(r"\bprix\b|\bppttc\b|\bcout (?:de|du) traitement|\d ?(?:€|euros?\b)")],
}


def _rest(subject: Subject, reading: Reading) -> Finding | None:
    """What may stand behind a link to the public database, or a QR code nobody can read here."""
    if subject.mentions != "hcp":
        return None
    found = _all_found(reading, REST)
    if found.outcome == Outcome.PASS:
        return found
    link = reading.find(DATABASE_PRINTED)
    if link is not None or any(PUBLIC_DATABASE in address.lower() for address in reading.links):
        return Finding(Outcome.PASS, "behind_link", found.values, [link] if link else [])
    return Finding(Outcome.WARN, "no_link", {"missing": found.values["missing"]}, found.places)


CHECKS: dict[str, Check] = {
    "opens": _opens,
    "no_password": _free_of({"encrypted"}, "password", "no_password"),
    "no_script": _free_of({"script", "launch"}, "script", "no_script"),
    "no_embedded_file": _free_of({"embedded"}, "embedded", "no_embedded"),
    "text": _text,
    "product_named": _product_named,
    "no_product_named": _no_product_named,
    "reference": _reference,
    "dated": _dated,
    "hcp_indications": _mention(
        "hcp",
        indications=r"(?<!contre )\bindications?\b|\bindiquee?s? (?:dans|chez|pour|en)\b",
        strategy=(
            r"\bstrategies? (?:therapeutique|de prise en charge|vaccinale|diagnostique)"
            r"|\b(?:premiere|deuxieme|seconde|troisieme|1re|2e|3e) (?:ligne|intention)\b"
        ),
    ),
    "hcp_safety": _mention(
        "hcp",
        adverse_effects=r"\b(?:effets?|evenements?|reactions?) indesirables?",
        contraindications=r"\bcontre ?indi(?:cations?|quee?s?)",
        warnings=r"\bmises? en garde|\bprecautions? (?:d'emploi|particulieres)",
    ),
    "hcp_prescription": _mention(
        "hcp",
        prescription=(
            r"\bconditions? (?:de|et) (?:prescription|delivrance)|\bliste (?:i{1,2}|1|2)\b"
            r"|\bsoumis a prescription|\bprescription (?:medicale|hospitaliere|restreinte|initiale)"
            r"|\breserve a l'usage hospitalier|\bstupefiant"
        ),
    ),
    "hcp_reimbursement": _mention(
        "hcp",
        reimbursement=(
            r"rembours(?:e|able|ement)|\bprise? en charge (?:a|par)\b|\bprise en charge ?:"
            r"|\bagree\w* (?:aux? )?coll|\bsecurite sociale|\bsec\.? ?soc"
        ),
    ),
    "hcp_rest": _rest,
    "public_advertising": _mention(
        "public", advertising=r"\bpublicit(?:e|aire)", medicine=r"\bmedicament"
    ),
    "public_good_use": _mention(
        "public",
        good_use=(
            r"\bbon usage|\bposologie|\bne pas (?:depasser|utiliser|prendre|laisser|administrer)"
            r"|\bprecautions? d'emploi|\bcontre ?indications?|\brespecte\w* la (?:dose|posologie)"
        ),
    ),
    "public_leaflet": _mention(
        "public",
        leaflet=r"\bli(?:re|sez) attentivement la notice|\bli(?:re|sez) la notice attentivement",
    ),
    "public_pharmacist": _mention(
        "public",
        pharmacist=(
            r"\bdemande[rz] (?:conseil|(?:l')?avis) (?:a|de|aupres de)"
            r" (?:(?:votre|un|son) medecin,? (?:ou|et) (?:a )?)?(?:votre|un|son) pharmacien"
        ),
    ),
    "public_doctor": _mention(
        "public",
        doctor=(
            r"\bsi (?:les|vos|des) symptomes? [^.]{0,40}(?:persist|aggrav)[^.]{0,60}\bmedecin"
            r"|\bmedecin\b[^.]{0,60}\bsi (?:les|vos|des) symptomes? [^.]{0,40}persist"
            r"|\ben cas de persistance des symptomes?[^.]{0,60}\bmedecin"
        ),
    ),
}
# Asked at every upload too, which refuses what fails them: a submission needs no run to know.
ASKED_AT_UPLOAD = ("opens", "no_password", "no_script", "no_embedded_file")
