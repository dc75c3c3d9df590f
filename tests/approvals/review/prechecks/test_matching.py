"""Words are found whatever the printer did to them; dates in every French form."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.review.prechecks.matching import (
    Searched,
    dates_in,
    normal,
    phrase,
    reference_pattern,
)

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre"),
)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
WHOLE = (
    lambda d: f"{d:%d/%m/%Y}",
    lambda d: f"{d.day}/{d.month}/{d.year}",
    lambda d: f"{d:%d.%m.%Y}",
    lambda d: f"{d:%d-%m-%Y}",
    lambda d: f"{d:%Y-%m-%d}",
    lambda d: f"{d:%d/%m/%y}",
    lambda d: f"{'1er' if d.day == 1 else d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d.day}\u00a0{MONTHS[d.month - 1].upper()}\n{d.year}",
)
MONTH_ONLY = (
    lambda d: f"{d:%m/%Y}",
    lambda d: f"{d.month}-{d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1].capitalize()}\u202f{d.year}",
)


def only_date(text: str) -> tuple[int, int, int | None]:
    (found,) = dates_in(normal(text, hyphens=True))
    assert text[found.first : found.first + found.count] in text
    return found.year, found.month, found.day


@given(day=DAYS, form=st.sampled_from(WHOLE))
def test_a_day_is_read_in_every_form(day: date, form: object) -> None:
    text = f"Date de préparation : {form(day)}. Réf. 26/04/69999999/PM/001"  # type: ignore[operator]
    assert only_date(text) == (day.year, day.month, day.day)


@given(day=DAYS, form=st.sampled_from(MONTH_ONLY))
def test_a_month_alone_is_read_in_every_form(day: date, form: object) -> None:
    text = f"Dernière révision : {form(day)} - Paris"  # type: ignore[operator]
    assert only_date(text) == (day.year, day.month, None)


@pytest.mark.parametrize(
    "text",
    ["Réf. 26/04/60069123/PM/001", "13/2026", "45/03/2026", "tél. 01/02/03/04/05", "prix 2026"],
)
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert not list(dates_in(normal(text, hyphens=True)))


def test_a_month_tells_each_of_its_days_and_a_day_itself() -> None:
    month, day = dates_in(normal("mars 2026 puis 12/03/2026", hyphens=True))
    assert month.tells(date(2026, 3, 31))
    assert day.tells(date(2026, 3, 12))
    assert not day.tells(date(2026, 3, 13))


# What a printer does between two words, and inside one.
BETWEEN = st.sampled_from([" ", "\n", "\r\n", "\u00a0", "\u202f", "  ", " \u200b ", "\t"])
INSIDE = st.sampled_from(["", "", "", "-\n", "\u00ad", "-\r\n", "\u2011", "\u200b"])


@given(data=st.data())
def test_a_phrase_is_found_through_layout_case_and_accents(data: st.DataObject) -> None:
    words = ["Lire", "attentivement", "la", "notice"]
    printed = []
    for word in words:
        cut = data.draw(st.integers(1, len(word) - 1))
        broken = word[:cut] + data.draw(INSIDE) + word[cut:]
        printed.append(data.draw(st.sampled_from([broken, broken.upper()])))
    text = printed[0]
    for word in printed[1:]:
        text += data.draw(BETWEEN) + word
    before = data.draw(st.text(alphabet="abc é\n.", max_size=20)) + ". "
    found = Searched(f"{before}{text} !").find(phrase("lire attentivement la notice"))
    assert found == (len(before), len(text))


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_every_character_of_a_normal_text_comes_from_one_that_was_read(text: str) -> None:
    for hyphens in (False, True):
        found = normal(text, hyphens=hyphens)
        assert len(found.text) == len(found.origin)
        assert list(found.origin) == sorted(found.origin)
        assert all(0 <= at < len(text) for at in found.origin)
        assert not re.search(r"\s\s", found.text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("e\ufb03cacité de l’œuvre", "efficacite de l'oeuvre"),
        ("ZYPADHERA® 300 mg", "Zypadhera"),
        ("E\u0301TUDE", "étude"),
        ("sous-cutanée", "sous\u2011cutanée"),
    ],
)
def test_ligatures_marks_and_composed_accents(text: str, words: str) -> None:
    assert Searched(text).find(phrase(words)) is not None


def test_a_name_is_a_whole_word() -> None:
    assert Searched("ZYPADHERATION").find(phrase("zypadhera")) is None
    assert Searched("indications – place").find(phrase("indications place")) is not None


def test_a_reference_is_found_over_two_lines_and_not_inside_another() -> None:
    pattern = reference_pattern("26/04/69999999/PM/001")
    assert Searched("Réf. 26/04/6999\n9999/pm/ 001.").find_as_read(pattern) is not None
    assert Searched("26/04/69999999/PM/0012").find_as_read(pattern) is None
    assert Searched("126/04/69999999/PM/001").find_as_read(pattern) is None
