"""Names inside a package, whatever they were called."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.submissions.package.names import LONGEST, Names, safe_name

PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("brochure.pdf", "brochure.pdf"),
        ("Étude – cœur d'enfant (v2).PDF", "Etude_coeur_d_enfant_v2.PDF"),
        ("../../etc/passwd", "etc_passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        (".htaccess", "fichier.htaccess"),
        ("日本.pdf", "fichier.pdf"),
        ("...", "fichier"),
        ("", "fichier"),
        ("-rf", "rf"),
        ("a\nb\x00c\u202ed.pdf", "a_b_c_d.pdf"),
        ("nul.txt", "_nul.txt"),
        ("COM1", "_COM1"),
        ("a" * 200 + ".pdf", "a" * 76 + ".pdf"),
    ],
)
def test_a_name_is_plain(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_the_same_name_again_gets_a_number_large_and_small_letters_alike() -> None:
    names = Names()
    assert [names.give(name) for name in ("a.pdf", "A.PDF", "a.pdf", "a-2.pdf")] == [
        *("a.pdf", "A-2.PDF", "a-3.pdf", "a-2-2.pdf"),
    ]
    long = "b" * 200 + ".pdf"
    names.give(long)
    assert names.give(long) == "b" * 74 + "-2.pdf"


@settings(max_examples=40)
@given(st.lists(st.text(max_size=100), max_size=8))
def test_whatever_the_names_none_is_a_path_none_comes_twice(given_names: list[str]) -> None:
    names = Names()
    told = [names.give(name) for name in given_names]
    assert len({name.casefold() for name in told}) == len(told)
    for name in told:
        assert name
        assert set(name) <= PLAIN
        assert len(name) <= LONGEST
        assert ".." not in name
        assert not name.startswith((".", "-"))
