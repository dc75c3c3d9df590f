"""The words of what a check found, in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.calendar import day_in_words

SENTENCES: dict[str, Any] = {
    "all_open": gettext_lazy("Every file opens."),
    "altered": gettext_lazy("The stored bytes are missing or altered: %(files)s."),
    "does_not_open": gettext_lazy("Does not open: %(files)s."),
    "beyond_limits": gettext_lazy(
        "Cannot be opened within the limits of time and memory: %(files)s."
    ),
    "password": gettext_lazy("Protected by a password: %(files)s."),
    "no_password": gettext_lazy("No PDF is protected by a password."),
    "script": gettext_lazy("Holds a script or starts a program: %(files)s."),
    "no_script": gettext_lazy("No PDF holds a script."),
    "embedded": gettext_lazy("Holds another file inside: %(files)s."),
    "no_embedded": gettext_lazy("No PDF holds another file."),
    "not_looked_at": gettext_lazy("Could not be looked at, for another fault: %(files)s."),
    "text_read": gettext_lazy("The text can be read: %(files)s."),
    "text_beyond_limits": gettext_lazy(
        "The text cannot be read within the limits of time and memory: %(files)s."
    ),
    "no_text": gettext_lazy("No text can be extracted (a scan, or outlines): %(files)s."),
    "too_long": gettext_lazy("Too long to be read to the end: %(files)s."),
    "no_words_in_format": gettext_lazy(
        "Images, sound and film hold no text that can be read: %(files)s."
    ),
    "found": gettext_lazy("Found: %(found)s."),
    "missing": gettext_lazy("Not found: %(missing)s."),
    "missing_perhaps": gettext_lazy(
        "Not found in what can be read: %(missing)s. Look by eye at: %(files)s."
    ),
    "names_product": gettext_lazy(
        "An environment document names no product; this one shows: %(found)s."
    ),
    "names_none": gettext_lazy("No product of the team is named."),
    "names_none_perhaps": gettext_lazy(
        "No product of the team is named in what can be read. Look by eye at: %(files)s."
    ),
    "no_reference_yet": gettext_lazy("No reference is reserved yet: plan the deposit first."),
    "date_missing": gettext_lazy("The date of preparation, %(day)s, is not printed."),
    "date_missing_perhaps": gettext_lazy(
        "The date of preparation, %(day)s, is not in what can be read. Look by eye at: %(files)s."
    ),
    "other_dates": gettext_lazy(
        "The date of preparation, %(day)s, is not printed; the document shows: %(found)s."
    ),
    "behind_link": gettext_lazy(
        "A link leads to the public database for what is not on the document: %(missing)s."
    ),
    "no_link": gettext_lazy(
        "Not found: %(missing)s; nor a link to the public database. A QR code cannot be read here:"
        " look by eye."
    ),
}
# What is looked for, where it is not a name.
LABELS: dict[str, Any] = {
    "indications": gettext_lazy("the indications"),
    "strategy": gettext_lazy("the place in the therapeutic strategy"),
    "adverse_effects": gettext_lazy("the adverse effects"),
    "contraindications": gettext_lazy("the contraindications"),
    "warnings": gettext_lazy("the warnings and precautions"),
    "prescription": gettext_lazy("the conditions of prescription and dispensing"),
    "reimbursement": gettext_lazy("the reimbursement"),
    "composition": gettext_lazy("the composition"),
    "holder": gettext_lazy("the holder of the authorisation"),
    "pharmacology": gettext_lazy("the pharmacology"),
    "posology": gettext_lazy("the posology"),
    "interactions": gettext_lazy("the interactions"),
    "price": gettext_lazy("the price"),
    "advertising": gettext_lazy("the word “publicité”"),
    "medicine": gettext_lazy("the word “médicament”"),
    "good_use": gettext_lazy("the information on good use"),
    "leaflet": gettext_lazy("“lire attentivement la notice”"),
    "pharmacist": gettext_lazy("“demandez conseil à votre pharmacien”"),
    "doctor": gettext_lazy("to see a doctor if the symptoms persist"),
}


def sentence_of(code: str, values: Mapping[str, Sequence[str]]) -> str:
    """Return what a check found as a sentence; an unknown code (an older tool's) stands as is."""
    sentence = SENTENCES.get(code)
    if sentence is None:
        return code
    return str(sentence) % {name: _listed(name, said) for name, said in values.items()}


def _listed(name: str, said: Sequence[str]) -> str:
    if name == "day":
        return day_in_words(date.fromisoformat(said[0]))
    if name == "files":
        return ", ".join(_("“%(name)s”") % {"name": one} for one in said)
    return ", ".join(str(LABELS.get(one, one)) for one in said)
