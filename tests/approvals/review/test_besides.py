"""What counts as nothing but the reference: words wherever a layout put them, dates as printed."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.review.besides import Masked
from content.assets.comparison.child import words_that_differ

OLD, NEW = "26/04/60000001/PM/001", "26/07/60000001/PM/002"
MASKED = Masked((OLD, NEW), (date(2026, 4, 1), date(2026, 6, 30)))


def besides(before: str, after: str) -> list[str]:
    return [
        text
        for kind, text in words_that_differ(MASKED.mask(before), MASKED.mask(after))
        if kind != "="
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"Ref. {OLD} fin", f"Ref. {NEW} fin"),
        (f"Ref.:{OLD}. Fin", f"Ref.:{NEW}. Fin"),
        (f"Ref. {OLD}", "Ref. 26/07/6000\n0001/PM/002"),
        (f"{OLD} prépa 01/04/2026", f"{NEW} prépa 30/06/2026"),
        (f"{OLD} avril 2026", f"{NEW} juin 2026"),
        (f"a  b\n{OLD}", f"a b {NEW}"),
    ],
)
def test_nothing_else(before: str, after: str) -> None:
    assert besides(before, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"10 mg {OLD}", f"20 mg {NEW}"),
        (f"{OLD} étude du 02/03/2020", f"{NEW} étude du 02/03/2021"),
        (f"{OLD} 26/04/60000002/PM/001", f"{NEW} 26/04/60000002/PM/003"),
        (f"{OLD} un", f"{NEW} un deux"),
        (OLD, "rien"),
    ],
)
def test_something_else(before: str, after: str) -> None:
    assert besides(before, after)


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_what_is_the_same_never_differs(text: str) -> None:
    assert besides(f"{text} {OLD}", f"{text} {NEW}") == []
